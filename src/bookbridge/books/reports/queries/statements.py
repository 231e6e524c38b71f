"""Trial balance, profit and loss, balance sheet: from balances by month, not from history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal

from bookbridge.books.ledger.models import (
    ASSET_CATEGORIES,
    LIABILITY_CATEGORIES,
    PROFIT_AND_LOSS_CATEGORIES,
    Category,
    NominalAccount,
)
from bookbridge.books.ledger.queries import accounts, closing_balances, movements
from bookbridge.books.organisations.queries import organisation
from bookbridge.books.reports.rules import (
    AccountAmount,
    BalanceSheet,
    ProfitAndLoss,
    TrialBalance,
    TrialBalanceRow,
)

ZERO = Decimal(0)


def trial_balance(organisation_id: int, as_of: dt.date) -> TrialBalance:
    """Every balance at the close of a day; income and costs are the financial year's to date."""
    balances = closing_balances(organisation(organisation_id), as_of)
    return TrialBalance(
        date=as_of,
        rows=tuple(
            TrialBalanceRow(
                account_id=account.pk,
                code=account.code,
                name=account.name,
                category=account.category,
                role=account.role,
                debit=max(balances[account.pk], ZERO),
                credit=max(-balances[account.pk], ZERO),
            )
            for account in accounts(organisation_id)
            if balances.get(account.pk)
        ),
    )


def profit_and_loss(organisation_id: int, start: dt.date, end: dt.date) -> ProfitAndLoss:
    """Income and costs from `start` to `end`, both included."""
    moved = {
        account_id: debit - credit
        for account_id, (debit, credit) in movements(organisation_id, start, end).items()
    }
    rows = _amounts(accounts(organisation_id), moved, PROFIT_AND_LOSS_CATEGORIES)
    return ProfitAndLoss(start=start, end=end, rows=rows)


def balance_sheet(organisation_id: int, date: dt.date) -> BalanceSheet:
    """Assets, liabilities and capital at the close of a day."""
    balances = closing_balances(organisation(organisation_id), date)
    chart = list(accounts(organisation_id))
    earnings = -sum(
        (balances.get(account.pk, ZERO) for account in chart if account.is_profit_and_loss), ZERO
    )
    return BalanceSheet(
        date=date,
        assets=_amounts(chart, balances, ASSET_CATEGORIES),
        liabilities=_amounts(chart, balances, LIABILITY_CATEGORIES),
        capital=_amounts(chart, balances, {Category.CAPITAL}),
        current_year_earnings=earnings,
    )


def _amounts(
    chart: Collection[NominalAccount],
    balances: Mapping[int, Decimal],
    categories: Collection[str],
) -> tuple[AccountAmount, ...]:
    """The accounts of some categories that have an amount, on their natural side."""
    return tuple(
        AccountAmount(
            account_id=account.pk,
            code=account.code,
            name=account.name,
            category=account.category,
            amount=balances[account.pk] if account.has_debit_side else -balances[account.pk],
        )
        for account in chart
        if account.category in categories and balances.get(account.pk)
    )
