"""VAT arithmetic on published examples, and the properties that printed VAT must have."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookbridge.books.tax.rules import (
    BY_LINE,
    BY_TOTAL,
    DOWN,
    document_taxes,
    line_net,
    line_tax,
    split_gross,
    to_pennies,
)

AMOUNTS = st.decimals(min_value=-10_000, max_value=10_000, places=2)
RATES = st.sampled_from([Decimal(0), Decimal(5), Decimal("17.5"), Decimal(20)])
LINES = st.lists(st.tuples(AMOUNTS, RATES), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("gross", "rate", "net", "tax"),
    [
        ("144.00", "20", "120.00", "24.00"),
        ("21.00", "5", "20.00", "1.00"),
        ("30.00", "5", "28.57", "1.43"),
        ("6.00", "20", "5.00", "1.00"),
        ("587.50", "17.5", "500.00", "87.50"),
        ("-144.00", "20", "-120.00", "-24.00"),
        ("10.00", "0", "10.00", "0.00"),
    ],
)
def test_the_vat_in_a_gross_amount(gross: str, rate: str, net: str, tax: str) -> None:
    parts = split_gross(Decimal(gross), Decimal(rate))
    assert (parts.net, parts.tax) == (Decimal(net), Decimal(tax))


def test_a_months_sales_carry_a_fifth_of_vat() -> None:
    assert line_tax(Decimal("570.00"), Decimal(20)) == Decimal("114.00")


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        ("0.00494", "0.00"),
        ("0.00500", "0.01"),
        ("2.0398", "2.04"),
        ("-0.005", "-0.01"),
        ("1.005", "1.01"),
    ],
)
def test_half_a_penny_goes_up_and_less_goes_down(exact: str, rounded: str) -> None:
    assert to_pennies(Decimal(exact)) == Decimal(rounded)


def test_the_total_may_be_rounded_down_where_the_policy_says_so() -> None:
    lines = [(Decimal("10.199"), Decimal(20))]
    assert sum(document_taxes(lines, DOWN)) == Decimal("2.03")
    assert sum(document_taxes(lines, BY_LINE)) == Decimal("2.04")


def test_three_small_lines_differ_by_policy() -> None:
    lines = [(Decimal("0.13"), Decimal(20))] * 3
    assert sum(document_taxes(lines, BY_LINE)) == Decimal("0.09")
    assert sum(document_taxes(lines, BY_TOTAL)) == Decimal("0.08")
    assert sum(document_taxes(lines, DOWN)) == Decimal("0.07")


def test_pennies_moved_by_a_policy_stand_on_a_taxed_line() -> None:
    lines = [(Decimal("0.13"), Decimal(20))] * 3 + [(Decimal("5.00"), Decimal(0))]
    assert document_taxes(lines, BY_TOTAL) == [
        Decimal("0.03"),
        Decimal("0.03"),
        Decimal("0.02"),
        Decimal("0.00"),
    ]


def test_an_unknown_policy_is_a_bug() -> None:
    with pytest.raises(ValueError, match="no rounding policy"):
        document_taxes([], "up")


def test_quantity_price_and_discount_make_a_line() -> None:
    assert line_net(Decimal(3), Decimal("333.33")) == Decimal("999.99")
    assert line_net(Decimal(1), Decimal("2.555")) == Decimal("2.56")
    assert line_net(Decimal(-1), Decimal("2.555")) == Decimal("-2.56")
    assert line_net(Decimal(2), Decimal("50"), Decimal("12.5")) == Decimal("87.50")


@given(gross=AMOUNTS, rate=RATES)
def test_net_and_vat_always_add_up_to_the_gross(gross: Decimal, rate: Decimal) -> None:
    parts = split_gross(gross, rate)
    assert parts.total == gross
    assert abs(line_tax(parts.net, rate) - parts.tax) <= Decimal("0.01")


@given(lines=LINES)
def test_by_total_is_the_nearest_penny_of_each_rates_exact_vat(
    lines: list[tuple[Decimal, Decimal]],
) -> None:
    expected = sum(
        to_pennies(sum((net * own / 100 for net, own in lines if own == rate), Decimal(0)))
        for rate in {rate for _net, rate in lines}
    )
    assert sum(document_taxes(lines, BY_TOTAL)) == expected


@given(lines=LINES)
def test_down_is_never_more_than_the_exact_vat(lines: list[tuple[Decimal, Decimal]]) -> None:
    exact = sum((net * rate / 100 for net, rate in lines), Decimal(0))
    total = sum(document_taxes(lines, DOWN), Decimal(0))
    assert abs(total) <= abs(exact) < abs(total) + Decimal("0.01")
