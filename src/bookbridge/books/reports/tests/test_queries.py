"""Reports over small journals, with the sums that must tie."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from bookbridge.books.ledger.tests.journals import post_journal
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.reports.queries import (
    aged_creditors,
    aged_debtors,
    balance_sheet,
    biggest_expenses,
    cash_by_month,
    cash_flow,
    profit_and_loss,
    profit_by_month,
    sales_by_month,
    tax_and_dividend,
    trial_balance,
)

JANUARY = (dt.date(2026, 1, 1), dt.date(2026, 1, 31))

# The double entry of the worked example that the bridge's golden test uses too.
WORKED_EXAMPLE = """
2026-01-01 Share capital
    210 Current                 10000.00
    290 Share capital          -10000.00
2026-01-01 Workbench
    000 Equipment                1800.00
    260 VAT                       360.00
    250 Trade creditors         -2160.00
2026-01-04 Call-out
    200 Trade debtors             240.00
    300 Sales                    -200.00
    260 VAT                       -40.00
2026-01-06 Consulting
    200 Trade debtors            1400.00
    300 Sales                   -1195.45
    260 VAT                      -204.55
2026-01-08 Site survey
    200 Trade debtors             600.00
    300 Sales                    -500.00
    260 VAT                      -100.00
2026-01-10 Sensor modules
    500 Materials                 860.00
    250 Trade creditors          -860.00
2026-01-15 Acme pays
    210 Current                   900.00
    200 Trade debtors            -900.00
2026-01-18 Credit note
    300 Sales                      91.00
    260 VAT                         4.55
    200 Trade debtors             -95.55
2026-01-19 Birch pays
    210 Current                   650.00
    200 Trade debtors            -650.00
2026-01-20 Card payment, depot
    500 Materials                 100.00
    260 VAT                        20.00
    645 Rent                      150.00
    680 Utilities                  28.57
    260 VAT                         1.43
    210 Current                  -300.00
2026-01-22 To savings
    211 Savings                  2000.00
    210 Current                 -2000.00
2026-01-25 Rhein paid
    250 Trade creditors           516.00
    750 Exchange gain or loss       9.00
    210 Current                  -525.00
2026-01-30 Cedar written off
    745 Bad debts                 240.00
    200 Trade debtors            -240.00
2026-01-31 Depreciation January
    740 Depreciation               50.00
    005 Equipment depreciation    -50.00
"""


def test_the_trial_balance_of_the_worked_example(books: Organisation, owner: Actor) -> None:
    post_journal(books, owner, WORKED_EXAMPLE)
    report = trial_balance(books.pk, JANUARY[1])
    assert [(row.code, row.debit - row.credit) for row in report.rows] == [
        ("000", Decimal("1800.00")),
        ("005", Decimal("-50.00")),
        ("200", Decimal("354.45")),
        ("210", Decimal("8725.00")),
        ("211", Decimal("2000.00")),
        ("250", Decimal("-2504.00")),
        ("260", Decimal("41.43")),
        ("290", Decimal("-10000.00")),
        ("300", Decimal("-1804.45")),
        ("500", Decimal("960.00")),
        ("645", Decimal("150.00")),
        ("680", Decimal("28.57")),
        ("740", Decimal("50.00")),
        ("745", Decimal("240.00")),
        ("750", Decimal("9.00")),
    ]
    assert report.debit_total == report.credit_total == Decimal("14358.45")


def test_profit_and_loss_of_the_worked_example(books: Organisation, owner: Actor) -> None:
    post_journal(books, owner, WORKED_EXAMPLE)
    report = profit_and_loss(books.pk, *JANUARY)
    assert report.sales_total == Decimal("1804.45")
    assert report.direct_costs_total == Decimal("960.00")
    assert report.gross_profit == Decimal("844.45")
    assert report.expenses_total == Decimal("477.57")
    assert report.net_profit == Decimal("366.88")


def test_the_balance_sheet_of_the_worked_example(books: Organisation, owner: Actor) -> None:
    post_journal(books, owner, WORKED_EXAMPLE)
    report = balance_sheet(books.pk, JANUARY[1])
    assert report.assets_total == Decimal("12829.45")
    assert report.liabilities_total == Decimal("2462.57")
    assert report.net_assets == report.capital_total == Decimal("10366.88")
    assert report.current_year_earnings == Decimal("366.88")
    assert [(row.code, row.amount) for row in report.liabilities] == [
        ("250", Decimal("2504.00")),
        ("260", Decimal("-41.43")),
    ]


def test_cash_flow_of_the_worked_example(books: Organisation, owner: Actor) -> None:
    post_journal(books, owner, WORKED_EXAMPLE)
    report = cash_flow(books.pk, *JANUARY)
    assert report.receipts_total == Decimal("1550.00")
    assert report.payments_total == Decimal("825.00")
    assert [(row.code, row.receipts) for row in report.other] == [("290", Decimal("10000.00"))]
    assert report.net_total == Decimal("10725.00")


def test_a_part_month_shows_only_its_own_days(books: Organisation, owner: Actor) -> None:
    post_journal(books, owner, WORKED_EXAMPLE)
    report = profit_and_loss(books.pk, dt.date(2026, 1, 8), dt.date(2026, 1, 19))
    assert report.sales_total == Decimal("409.00")
    assert report.direct_costs_total == Decimal("860.00")


def test_last_years_profit_becomes_retained_earnings_without_any_posting(
    books: Organisation, owner: Actor
) -> None:
    post_journal(books, owner, WORKED_EXAMPLE)
    later = dt.date(2027, 2, 1)
    rows = {row.code: row.debit - row.credit for row in trial_balance(books.pk, later).rows}
    assert rows["295"] == Decimal("-366.88")
    assert "300" not in rows
    report = balance_sheet(books.pk, later)
    assert report.current_year_earnings == 0
    assert report.net_assets == report.capital_total == Decimal("10366.88")


def test_the_dashboard_follows_the_months(books: Organisation, owner: Actor) -> None:
    post_journal(books, owner, WORKED_EXAMPLE)
    months = (dt.date(2025, 12, 1), dt.date(2026, 2, 15))
    assert [(m.month.month, m.amount) for m in sales_by_month(books.pk, *months)] == [
        (12, Decimal(0)),
        (1, Decimal("1804.45")),
        (2, Decimal(0)),
    ]
    assert profit_by_month(books.pk, *months)[1].amount == Decimal("366.88")
    assert cash_by_month(books.pk, *months)[1].amount == Decimal("10725.00")
    largest, others = biggest_expenses(books.pk, *JANUARY, limit=2)
    assert [row.code for row in largest] == ["500", "745"]
    assert others == Decimal("237.57")


def test_a_company_may_distribute_profit_after_tax(books: Organisation, owner: Actor) -> None:
    post_journal(books, owner, WORKED_EXAMPLE)
    estimate = tax_and_dividend(books.pk, JANUARY[1])
    assert estimate.profit_for_period == Decimal("366.88")
    assert estimate.estimated_corporation_tax == Decimal("69.71")
    assert estimate.available_amount == Decimal("297.17")


def test_nobody_owes_anything_in_new_books(books: Organisation) -> None:
    assert aged_debtors(books.pk, JANUARY[1]).rows == ()
    assert aged_creditors(books.pk, JANUARY[1]).rows == ()
