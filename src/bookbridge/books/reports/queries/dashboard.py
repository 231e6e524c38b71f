"""The figures of the dashboard, from balances by month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from django.db.models import F, Sum

from bookbridge.books.ledger.models import (
    EXPENSE_CATEGORIES,
    PROFIT_AND_LOSS_CATEGORIES,
    Category,
    MonthlyBalance,
)
from bookbridge.books.ledger.queries import accounts, closing_balances
from bookbridge.books.organisations.queries import organisation, year_of
from bookbridge.books.reports.corporation_tax import corporation_tax
from bookbridge.books.reports.queries.cash import CASH_CATEGORIES
from bookbridge.books.reports.queries.statements import profit_and_loss
from bookbridge.books.reports.rules import AccountAmount, MonthAmount, TaxAndDividend

ZERO = Decimal(0)
DIVIDENDS_CODE = "292"


def sales_by_month(organisation_id: int, first: dt.date, last: dt.date) -> list[MonthAmount]:
    """Sales of each month from that of `first` to that of `last`."""
    return _by_month(organisation_id, {Category.SALES}, first, last, sign=-1)


def profit_by_month(organisation_id: int, first: dt.date, last: dt.date) -> list[MonthAmount]:
    """Net profit of each month from that of `first` to that of `last`."""
    return _by_month(organisation_id, PROFIT_AND_LOSS_CATEGORIES, first, last, sign=-1)


def cash_by_month(organisation_id: int, first: dt.date, last: dt.date) -> list[MonthAmount]:
    """By how much the bank balances changed in each month."""
    return _by_month(organisation_id, set(CASH_CATEGORIES), first, last, sign=1)


def biggest_expenses(
    organisation_id: int, start: dt.date, end: dt.date, limit: int = 7
) -> tuple[list[AccountAmount], Decimal]:
    """The largest costs over some days, and what all the others come to."""
    rows = [
        row
        for row in profit_and_loss(organisation_id, start, end).rows
        if row.category in EXPENSE_CATEGORIES and row.amount > 0
    ]
    rows.sort(key=lambda row: (-row.amount, row.code))
    return rows[:limit], sum((row.amount for row in rows[limit:]), ZERO)


def tax_and_dividend(organisation_id: int, as_of: dt.date) -> TaxAndDividend:
    """An estimate of what a company may still distribute; tax already posted is not added again."""
    business = organisation(organisation_id)
    year = year_of(business, as_of)
    result = profit_and_loss(organisation_id, year.start, as_of)
    balances = closing_balances(business, as_of)
    tax_posted, carried, dividends = ZERO, ZERO, ZERO
    for account in accounts(organisation_id):
        balance = balances.get(account.pk, ZERO)
        if account.role == "RETAINED_EARNINGS":
            carried = -balance
        elif account.category == Category.CAPITAL and account.code == DIVIDENDS_CODE:
            dividends = balance
        elif account.category == Category.OTHER_EXPENSE and account.code == "790":
            tax_posted = balance
    before_tax = result.net_profit + tax_posted
    return TaxAndDividend(
        profit_for_period=before_tax,
        profit_carried_forward=carried,
        estimated_corporation_tax=corporation_tax(before_tax, year.end),
        dividends_paid=dividends,
    )


def _by_month(
    organisation_id: int,
    categories: Collection[str],
    first: dt.date,
    last: dt.date,
    *,
    sign: int,
) -> list[MonthAmount]:
    """One amount a month, months without postings too."""
    found = dict(
        MonthlyBalance.objects.filter(
            organisation_id=organisation_id,
            account__organisation_id=F("organisation_id"),
            account__category__in=categories,
            month__range=(first.replace(day=1), last),
        )
        .values_list("month")
        .annotate(amount=Sum(F("debit") - F("credit")))
    )
    amounts = []
    month = first.replace(day=1)
    while month <= last:
        amounts.append(MonthAmount(month, sign * found.get(month, ZERO)))
        month = (month + dt.timedelta(days=31)).replace(day=1)
    return amounts
