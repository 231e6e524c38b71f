"""The reports as frozen values, and the arithmetic that fills them. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)
# Days overdue at which a debt moves to the next band, with the name of the band before it.
OVERDUE_BANDS = ((30, "days_1_to_30"), (60, "days_31_to_60"), (90, "days_61_to_90"))


@dataclass(frozen=True, slots=True)
class TrialBalanceRow:
    account_id: int
    code: str
    name: str
    category: str
    role: str | None
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Every account with a balance, on the side where it stands."""

    date: dt.date
    rows: tuple[TrialBalanceRow, ...]

    @property
    def debit_total(self) -> Decimal:
        return sum((row.debit for row in self.rows), ZERO)

    @property
    def credit_total(self) -> Decimal:
        return sum((row.credit for row in self.rows), ZERO)


@dataclass(frozen=True, slots=True)
class AccountAmount:
    """An account's amount on its natural side: income and capital up, costs and assets up."""

    account_id: int
    code: str
    name: str
    category: str
    amount: Decimal


def total_of(rows: tuple[AccountAmount, ...], *categories: str) -> Decimal:
    """The sum of the rows of some categories."""
    return sum((row.amount for row in rows if row.category in categories), ZERO)


@dataclass(frozen=True, slots=True)
class ProfitAndLoss:
    """Income less costs over some days, both included."""

    start: dt.date
    end: dt.date
    rows: tuple[AccountAmount, ...]

    @property
    def sales_total(self) -> Decimal:
        return total_of(self.rows, "SALES")

    @property
    def direct_costs_total(self) -> Decimal:
        return total_of(self.rows, "DIRECT_COST")

    @property
    def gross_profit(self) -> Decimal:
        return self.sales_total - self.direct_costs_total

    @property
    def expenses_total(self) -> Decimal:
        """Overheads alone: neither direct costs nor other expenses."""
        return total_of(self.rows, "OVERHEAD")

    @property
    def other_income_total(self) -> Decimal:
        return total_of(self.rows, "OTHER_INCOME")

    @property
    def other_expenses_total(self) -> Decimal:
        return total_of(self.rows, "OTHER_EXPENSE")

    @property
    def net_profit(self) -> Decimal:
        return (
            self.gross_profit
            - self.expenses_total
            + self.other_income_total
            - self.other_expenses_total
        )


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """What is owned and owed at the close of a day, and whose the difference is.

    `rows` are assets, liabilities and capital; earlier years' profits are in retained earnings,
    this year's in `current_year_earnings` alone.
    """

    date: dt.date
    assets: tuple[AccountAmount, ...]
    liabilities: tuple[AccountAmount, ...]
    capital: tuple[AccountAmount, ...]
    current_year_earnings: Decimal

    @property
    def rows(self) -> tuple[AccountAmount, ...]:
        return self.assets + self.liabilities + self.capital

    @property
    def assets_total(self) -> Decimal:
        return sum((row.amount for row in self.assets), ZERO)

    @property
    def liabilities_total(self) -> Decimal:
        return sum((row.amount for row in self.liabilities), ZERO)

    @property
    def net_assets(self) -> Decimal:
        return self.assets_total - self.liabilities_total

    @property
    def capital_total(self) -> Decimal:
        """Capital and reserves with this year's earnings: always the net assets."""
        return sum((row.amount for row in self.capital), ZERO) + self.current_year_earnings


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What is left of one document, or of money on account, at a day; credits are negative."""

    contact_id: int
    currency: str
    amount: Decimal
    base_amount: Decimal
    due_date: dt.date | None


@dataclass(frozen=True, slots=True)
class AgedRow:
    """What one contact owes, or is owed, in one currency, by how long it is overdue."""

    contact_id: int
    name: str
    currency: str
    base_amount: Decimal
    within_terms: Decimal = ZERO
    days_1_to_30: Decimal = ZERO
    days_31_to_60: Decimal = ZERO
    days_61_to_90: Decimal = ZERO
    over_90_days: Decimal = ZERO
    on_account: Decimal = ZERO

    @property
    def total_amount(self) -> Decimal:
        return (
            self.within_terms
            + self.days_1_to_30
            + self.days_31_to_60
            + self.days_61_to_90
            + self.over_90_days
            + self.on_account
        )


@dataclass(frozen=True, slots=True)
class AgedBalances:
    """Aged debtors or creditors at the close of a day."""

    date: dt.date
    rows: tuple[AgedRow, ...]

    @property
    def base_total(self) -> Decimal:
        return sum((row.base_amount for row in self.rows), ZERO)


def band_of(item: OpenItem, as_of: dt.date) -> str:
    """Credits stand on account; the rest by days overdue."""
    if item.due_date is None:
        return "on_account"
    overdue = (as_of - item.due_date).days
    if overdue <= 0:
        return "within_terms"
    for days, band in OVERDUE_BANDS:
        if overdue <= days:
            return band
    return "over_90_days"


@dataclass(frozen=True, slots=True)
class CashFlowRow:
    """Money that came in from, and went out to, one other side of the books."""

    account_id: int
    code: str
    name: str
    category: str
    receipts: Decimal
    payments: Decimal


@dataclass(frozen=True, slots=True)
class CashFlow:
    """Money in and out over some days, by what it was for (direct method).

    `operating` is trade, costs and VAT; `other` is capital, loans and fixed assets. Transfers
    between the business's own accounts are in neither.
    """

    start: dt.date
    end: dt.date
    operating: tuple[CashFlowRow, ...]
    other: tuple[CashFlowRow, ...]

    @property
    def receipts_total(self) -> Decimal:
        return sum((row.receipts for row in self.operating), ZERO)

    @property
    def payments_total(self) -> Decimal:
        return sum((row.payments for row in self.operating), ZERO)

    @property
    def other_total(self) -> Decimal:
        return sum((row.receipts - row.payments for row in self.other), ZERO)

    @property
    def net_total(self) -> Decimal:
        """By how much the bank balances changed."""
        return self.receipts_total - self.payments_total + self.other_total


@dataclass(frozen=True, slots=True)
class MonthAmount:
    month: dt.date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class TaxAndDividend:
    """What a company could still pay its shareholders; an estimate."""

    profit_for_period: Decimal
    profit_carried_forward: Decimal
    estimated_corporation_tax: Decimal
    dividends_paid: Decimal

    @property
    def available_amount(self) -> Decimal:
        left = (
            self.profit_for_period
            + self.profit_carried_forward
            - self.estimated_corporation_tax
            - self.dividends_paid
        )
        return max(left, ZERO)
