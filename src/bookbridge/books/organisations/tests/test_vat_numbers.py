"""UK VAT numbers, valid and not, from public examples."""

from __future__ import annotations

import pytest

from bookbridge.books.organisations.vat_numbers import VatNumberError, compact_vat_number

VALID = [
    "980780684", "339072747", "888800181", "100190874", "102675046", "242338087388",
    "GD100", "HA599", "002425728", "003232345", "100195075", "232177091",
    "311405025", "362586629", "417228071",
]  # fmt: skip


@pytest.mark.parametrize("number", VALID)
def test_valid_numbers_pass(number: str) -> None:
    assert compact_vat_number(number) == number


def test_prefix_and_spaces_are_taken_off() -> None:
    assert compact_vat_number(" gb 980 7806 84 ") == "980780684"
    assert compact_vat_number("XI980780684") == "980780684"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("GD600", "GD000 to GD499"),
        ("HA499", "HA500 to HA999"),
        ("802311781", "check digits"),
        ("123456783", "check digits"),
        # The library lets remainder 55 pass; no published rule does.
        ("100190887", "check digits"),
        ("12345678", "9 digits"),
        ("98078068A", "letters"),
        ("", "9 digits"),
    ],
)
def test_invalid_numbers_are_refused_with_the_reason(number: str, reason: str) -> None:
    with pytest.raises(VatNumberError, match=reason):
        compact_vat_number(number)
