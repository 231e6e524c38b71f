"""Published ledgers entered as journals, with the results their sources print or imply."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from bookbridge.books.ledger.errors import UnbalancedEntryError
from bookbridge.books.ledger.tests.journals import post_journal
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.reports.queries import balance_sheet, profit_and_loss, trial_balance

YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))

TEXTBOOK_OF_1909 = """
2026-12-31 Trial balance
    210 Bank                    764.20
    200 Debtors               1,127.30
    120 Bills receivable        475.00
    020 Furniture               325.00
    212 Cash                     68.50
    500 Purchases             9,571.40
    735 Expense                 675.00
    736 Discount on sales        96.75
    737 Interest                 72.10
    290 Capital              -2,500.00
    251 Bills payable        -2,000.00
    250 Creditors            -1,761.60
    300 Sales                -6,913.65
2026-12-31 Closing stock
    190 Stock                 4,962.30
    505 Change in stock      -4,962.30
"""


def test_a_trading_account_of_1909(books: Organisation, owner: Actor) -> None:
    opening, closing = TEXTBOOK_OF_1909.split("2026-12-31 Closing stock")
    post_journal(books, owner, opening)
    report = trial_balance(books.pk, YEAR[1])
    assert report.debit_total == report.credit_total == Decimal("13175.25")
    post_journal(books, owner, "2026-12-31 Closing stock" + closing)
    result = profit_and_loss(books.pk, *YEAR)
    assert result.direct_costs_total == Decimal("4609.10")
    assert result.gross_profit == Decimal("2304.55")
    assert result.net_profit == Decimal("1460.70")
    position = balance_sheet(books.pk, YEAR[1])
    assert position.assets_total == Decimal("7722.30")
    assert position.liabilities_total == Decimal("3761.60")
    assert position.capital_total == Decimal("3960.70")


def test_the_sides_of_a_trial_balance(books: Organisation, owner: Actor) -> None:
    post_journal(
        books,
        owner,
        """
2026-12-31 Trial balance
    030 Premises           40,000
    020 Fixtures           10,000
    500 Purchases          40,950
    200 Debtors             3,400
    010 Vehicles           21,000
    301 Returns in            200
    736 Commission paid     2,700
    515 Carriage in         1,750
    190 Opening stock       8,000
    685 Carriage out        3,260
    520 Wages               5,900
    655 Insurance             350
    212 Cash                  840
    292 Drawings              700
    280 Mortgage          -15,000
    300 Sales             -78,500
    250 Creditors          -9,000
    501 Returns out          -300
    380 Commission received -1,040
    386 Rent received      -3,000
    210 Bank               -3,650
    290 Capital           -28,560
""",
    )
    report = trial_balance(books.pk, YEAR[1])
    assert report.debit_total == report.credit_total == Decimal("139050.00")


def test_a_published_trial_balance_that_does_not_add_up_is_refused(
    books: Organisation, owner: Actor
) -> None:
    with pytest.raises(UnbalancedEntryError, match=r"differ by 88\.40"):
        post_journal(
            books,
            owner,
            """
2026-12-31 As transcribed
    210 Bank       24,144.10
    290 Capital   -24,055.70
""",
        )


def test_insurance_across_a_year_end(books: Organisation, owner: Actor) -> None:
    """Premiums to 31 March for each of two years; the year ends on 30 June."""
    post_journal(
        books,
        owner,
        """
2026-07-01 Nine months of last year's premium, brought forward
    655 Insurance      8,100
    195 Prepayments   -8,100
2026-07-01 Last year's premium had been paid
    195 Prepayments    8,100
    210 Bank          -8,100
2026-04-01 Premium to 31 March
    655 Insurance     12,000
    210 Bank         -12,000
2026-06-30 Nine months of it belong to next year
    195 Prepayments    9,000
    655 Insurance     -9,000
""",
    )
    rows = {row.code: row.debit - row.credit for row in trial_balance(books.pk, YEAR[1]).rows}
    assert (rows["655"], rows["195"]) == (Decimal(11_100), Decimal(9_000))


def test_a_wages_journal(books: Organisation, owner: Actor) -> None:
    post_journal(
        books,
        owner,
        """
2026-01-31 Gross pay and what is kept from it
    520 Staff                      30,000
    262 PAYE and NI                -6,500
    264 Pensions payable           -2,200
    268 Fees payable                 -200
    266 Wages payable             -21,100
2026-01-31 The employer's own
    525 Employer's NI               3,300
    530 Employer's pensions         3,750
    262 PAYE and NI                -3,300
    264 Pensions payable           -3,750
2026-01-31 Net pay
    266 Wages payable              21,100
    210 Bank                      -21,100
""",
    )
    rows = {row.code: row.debit - row.credit for row in trial_balance(books.pk, YEAR[1]).rows}
    assert rows["520"] + rows["525"] + rows["530"] == Decimal(37_050)
    assert (rows["262"], rows["264"], rows["268"]) == (
        Decimal(-9_800),
        Decimal(-5_950),
        Decimal(-200),
    )
    assert "266" not in rows


def test_straight_line_depreciation_over_three_years(books: Organisation, owner: Actor) -> None:
    post_journal(
        books,
        owner,
        """
2026-01-01 Machine
    000 Equipment      20,000
    210 Bank          -20,000
2026-12-31 A quarter of cost less residual value
    740 Depreciation    4,000
    005 Depreciation   -4,000
2027-12-31 The second year
    740 Depreciation    4,000
    005 Depreciation   -4,000
2028-12-31 The third year
    740 Depreciation    4,000
    005 Depreciation   -4,000
""",
    )
    for year, carrying_amount in ((2026, 16_000), (2027, 12_000), (2028, 8_000)):
        end = dt.date(year, 12, 31)
        rows = {row.code: row.debit - row.credit for row in trial_balance(books.pk, end).rows}
        assert rows["000"] + rows["005"] == carrying_amount
        assert rows["740"] == 4_000
