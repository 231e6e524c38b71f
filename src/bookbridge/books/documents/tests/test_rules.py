from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookbridge.books.documents.rules import (
    DocumentTerms,
    NewLine,
    PricedLine,
    document_postings,
    price_lines,
    released,
    totals,
)

D = Decimal
MONEY = st.decimals(min_value=-99999, max_value=99999, places=2)
RATES = st.sampled_from([D(0), D(5), D(20)])


def terms(*, debits_control: bool = True, rate: str = "1") -> DocumentTerms:
    return DocumentTerms(
        control_account_id=1,
        vat_account_id=2,
        debits_control=debits_control,
        date=dt.date(2026, 1, 1),
        currency="EUR" if rate != "1" else "GBP",
        rate=D(rate),
    )


def priced(net: str, tax: str, *, account: int = 3, code: str = "ST", project: int | None = None):
    return PricedLine(
        account_id=account,
        tax_code_id=9,
        tax_code=code,
        tax_rate=D(20),
        net_amount=D(net),
        tax_amount=D(tax),
        project_id=project,
    )


@pytest.mark.parametrize(
    ("policy", "taxes"),
    [
        ("by_line", ["0.07", "0.07", "0.07"]),
        ("by_total", ["0.07", "0.07", "0.06"]),
        ("down", ["0.07", "0.07", "0.05"]),
    ],
)
def test_lines_add_up_to_what_is_printed_under_every_rounding_policy(
    policy: str, taxes: list[str]
) -> None:
    lines = [NewLine(price=D("0.33"))] * 3

    amounts = price_lines(lines, [D(20)] * 3, policy)

    assert [tax for _net, tax in amounts] == [D(tax) for tax in taxes]


def test_half_a_penny_goes_away_from_zero_on_both_sides() -> None:
    lines = [NewLine(price=D("0.125")), NewLine(price=D("-0.125"))]

    assert [net for net, _tax in price_lines(lines, [D(0)] * 2, "by_line")] == [
        D("0.13"),
        D("-0.13"),
    ]


def test_figures_that_were_printed_elsewhere_are_kept() -> None:
    line = NewLine(price=D("10"), net_amount=D("9.99"), tax_amount=D("2.01"))

    assert price_lines([line], [D(20)], "by_total") == [(D("9.99"), D("2.01"))]


def test_postings_are_grouped_by_account_code_and_project() -> None:
    lines = [
        priced("10.00", "2.00"),
        priced("5.00", "0.25", code="RR"),
        priced("7.00", "1.40", account=4),
        priced("3.00", "0.60"),
        priced("1.00", "0.20", project=8),
    ]

    postings = document_postings(lines, terms())

    assert [(p.account_id, p.amount, p.tax_code, p.project_id) for p in postings] == [
        (1, D("30.45"), "", None),
        (3, D("-13.00"), "ST", None),
        (3, D("-5.00"), "RR", None),
        (3, D("-1.00"), "ST", 8),
        (4, D("-7.00"), "ST", None),
        (2, D("-4.20"), "ST", None),
        (2, D("-0.25"), "RR", None),
    ]


def test_a_document_of_zeros_posts_nothing() -> None:
    assert document_postings([priced("0.00", "0.00")], terms()) == []


def test_the_last_allocation_takes_what_conversion_has_left() -> None:
    first = released(D("600.00"), D("1000.00"), D("860.00"), D("0.86"))
    last = released(D("400.00"), D("400.00"), D("860.00") - first, D("0.86"))

    assert (first, last) == (D("516.00"), D("344.00"))


@given(
    lines=st.lists(st.tuples(MONEY, MONEY, st.integers(3, 6)), min_size=1, max_size=30),
    rate=st.decimals(min_value=D("0.0001"), max_value=D(200), places=6),
    debits_control=st.booleans(),
)
def test_every_foreign_document_balances_without_a_rounding_line(
    lines: list[tuple[Decimal, Decimal, int]], rate: Decimal, debits_control: bool
) -> None:
    documents = [priced(str(net), str(tax), account=account) for net, tax, account in lines]

    postings = document_postings(documents, terms(debits_control=debits_control, rate=str(rate)))

    assert sum(p.amount for p in postings) == 0
    assert all(p.amount == p.amount.quantize(D("0.01")) for p in postings)


@given(
    nets=st.lists(st.tuples(MONEY, RATES), min_size=1, max_size=30),
    policy=st.sampled_from(["by_line", "by_total", "down"]),
)
def test_a_line_is_never_more_than_its_share_away_from_the_exact_vat(
    nets: list[tuple[Decimal, Decimal]], policy: str
) -> None:
    lines = [NewLine(price=net) for net, _rate in nets]
    rates = [rate for _net, rate in nets]

    amounts = price_lines(lines, rates, policy)

    exact = sum(net * rate / 100 for net, rate in nets)
    printed = sum(tax for _net, tax in amounts)
    allowed = D("0.005") * (len(nets) if policy == "by_line" else 3)
    assert abs(printed - exact) <= (D("0.01") if policy == "down" else allowed)
    assert totals([priced(str(net), str(tax)) for net, tax in amounts]).tax == printed
