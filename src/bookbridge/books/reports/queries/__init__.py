"""The reports: each a question about one organisation, answered with a frozen value.

All of them are asked inside the organisation's scope.
"""

from bookbridge.books.reports.queries.ageing import aged_creditors, aged_debtors
from bookbridge.books.reports.queries.cash import cash_flow
from bookbridge.books.reports.queries.dashboard import (
    biggest_expenses,
    cash_by_month,
    profit_by_month,
    sales_by_month,
    tax_and_dividend,
)
from bookbridge.books.reports.queries.statements import (
    balance_sheet,
    profit_and_loss,
    trial_balance,
)

__all__ = [
    "aged_creditors",
    "aged_debtors",
    "balance_sheet",
    "biggest_expenses",
    "cash_by_month",
    "cash_flow",
    "profit_and_loss",
    "profit_by_month",
    "sales_by_month",
    "tax_and_dividend",
    "trial_balance",
]
