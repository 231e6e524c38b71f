"""API: the six dashboard charts. Months come newest page first, oldest month first within it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from bookbridge.books.api.endpoint import Call, endpoint
from bookbridge.books.api.paging import page_of
from bookbridge.books.api.rendering import money, one, resource_object
from bookbridge.books.ledger.models import Category
from bookbridge.books.ledger.queries import accounts, movements
from bookbridge.books.ledger.rules import ZERO, month_of
from bookbridge.books.organisations.queries import year_of
from bookbridge.books.reports.periods import add_months
from bookbridge.books.reports.queries import dashboard
from bookbridge.books.reports.rules import MonthAmount

MONTHS_SHOWN = 24
MONTHS_MAX = 120
BANK_CATEGORIES = frozenset({Category.BANK, Category.CREDIT_CARD, Category.DIRECTORS_LOAN})
MonthQuery = Callable[[int, dt.date, dt.date], Sequence[MonthAmount]]


def chart(call: Call, kind: str, values: object) -> HttpResponseBase:
    return one(resource_object(kind, call.company_id, {"chart-values": values}))


def months_of(call: Call) -> tuple[dt.date, dt.date]:
    """Page 1 ends this month; page 2 ends just before page 1 begins."""
    page = page_of(call.request)
    size = min(page.size or MONTHS_SHOWN, MONTHS_MAX)
    last = add_months(month_of(timezone.localdate()), -size * (min(page.number, 100) - 1))
    return add_months(last, 1 - size), last


def month_chart(call: Call, kind: str, query: MonthQuery) -> HttpResponseBase:
    first, last = months_of(call)
    values: list[dict[str, Any]] = [
        {"month": row.month.strftime("%b %Y"), "amount": money(row.amount)}
        for row in query(call.company_id, first, last)
    ]
    return chart(call, kind, values)


def sales_chart(call: Call) -> HttpResponseBase:
    return month_chart(call, "sales-chart", dashboard.sales_by_month)


def profit_and_loss_chart(call: Call) -> HttpResponseBase:
    return month_chart(call, "profit-and-loss-chart", dashboard.profit_by_month)


def cash_flow_chart(call: Call) -> HttpResponseBase:
    return month_chart(call, "cash-flow-chart", dashboard.cash_by_month)


def expense_chart(call: Call) -> HttpResponseBase:
    """The biggest costs of the financial year; names are escaped, as the known client expects."""
    today = timezone.localdate()
    start = year_of(call.company, today).start
    rows, others = dashboard.biggest_expenses(call.company_id, start, today)
    values = [{"name": escape(row.name), "amount": money(row.amount)} for row in rows]
    if others:
        values.append({"name": escape(_("Others")), "amount": money(others)})
    return chart(call, "expense-chart", values)


def bank_account_chart(call: Call) -> HttpResponseBase:
    moved = movements(call.company_id, None, timezone.localdate())
    values = []
    for account in accounts(call.company_id):
        if account.category in BANK_CATEGORIES:
            debit, credit = moved.get(account.pk, (ZERO, ZERO))
            values.append({"name": account.name, "balance": money(debit - credit)})
    return chart(call, "bank-account-chart", values)


def tax_and_dividend(call: Call) -> HttpResponseBase:
    found = dashboard.tax_and_dividend(call.company_id, timezone.localdate())
    return chart(
        call,
        "tax-and-dividend",
        {
            "profit-for-period": money(found.profit_for_period),
            "profit-carried-forward": money(found.profit_carried_forward),
            "estimated-corp-tax-to-pay": money(found.estimated_corporation_tax),
            "dividends-paid": money(found.dividends_paid),
            "available-amount": money(found.available_amount),
        },
    )


D = "companies/<int:company_id>/dashboard/"
urlpatterns = [
    path(D + "sales_chart", endpoint(get=sales_chart)),
    path(D + "profit_and_loss_chart", endpoint(get=profit_and_loss_chart)),
    path(D + "cash_flow_chart", endpoint(get=cash_flow_chart)),
    path(D + "expense_chart", endpoint(get=expense_chart)),
    path(D + "bank_account_chart", endpoint(get=bank_account_chart)),
    path(D + "tax_and_dividend", endpoint(get=tax_and_dividend)),
]
