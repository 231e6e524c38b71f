"""Corporation tax with marginal relief, on figures that HMRC publishes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from bookbridge.books.reports.corporation_tax import corporation_tax


@pytest.mark.parametrize(
    ("profit", "distributions", "year_end", "tax"),
    [
        ("90000", "8000", dt.date(2026, 9, 30), "20406.12"),
        ("50000", "0", dt.date(2026, 9, 30), "9500.00"),
        ("250000", "0", dt.date(2026, 9, 30), "62500.00"),
        ("300000", "0", dt.date(2023, 3, 31), "57000.00"),
        ("-1", "0", dt.date(2026, 9, 30), "0"),
    ],
)
def test_the_tax_on_a_years_profit(
    profit: str, distributions: str, year_end: dt.date, tax: str
) -> None:
    assert corporation_tax(Decimal(profit), year_end, Decimal(distributions)) == Decimal(tax)
