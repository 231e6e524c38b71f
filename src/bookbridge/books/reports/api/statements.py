"""API: the reports; each is one object."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils import timezone

from bookbridge.books.api.endpoint import Call, endpoint
from bookbridge.books.api.fields import query_of
from bookbridge.books.api.rendering import money, resource_object, tagged
from bookbridge.books.organisations.queries import year_of
from bookbridge.books.reports.queries.ageing import aged_creditors, aged_debtors
from bookbridge.books.reports.queries.cash import cash_flow
from bookbridge.books.reports.queries.statements import (
    balance_sheet,
    profit_and_loss,
    trial_balance,
)
from bookbridge.books.reports.rules import AccountAmount, AgedBalances


def report(call: Call, kind: str, attributes: Mapping[str, Any]) -> HttpResponseBase:
    """The report as a single object, tagged by its own content."""
    body = {"data": resource_object(kind, call.company_id, attributes)}
    return tagged(call.request, msgspec.json.encode(body))


def period_of(call: Call, start_name: str, end_name: str) -> tuple[dt.date, dt.date]:
    """The days asked for; else the financial year to date."""
    query = query_of(call.request)
    start, end = query.date(start_name), query.date(end_name)
    query.check()
    end = end or timezone.localdate()
    return start or year_of(call.company, end).start, end


def day_of(call: Call) -> dt.date:
    query = query_of(call.request)
    day = query.date("date") or query.date("date_end")
    query.check()
    return day or timezone.localdate()


def account_rows(rows: Iterable[AccountAmount]) -> list[dict[str, Any]]:
    return [
        {
            "account-id": str(row.account_id),
            "nominal-code": row.code,
            "name": row.name,
            "category-type": row.category.lower(),
            "amount": money(row.amount),
        }
        for row in rows
    ]


def show_profit_and_loss(call: Call) -> HttpResponseBase:
    start, end = period_of(call, "date_start", "date_end")
    found = profit_and_loss(call.company_id, start, end)
    return report(
        call,
        "profit-and-loss",
        {
            "date-start": start.isoformat(),
            "date-end": end.isoformat(),
            "basis": "accrual",
            "sales-total": money(found.sales_total),
            "other-income-total": money(found.other_income_total),
            "direct-costs-total": money(found.direct_costs_total),
            "gross-profit": money(found.gross_profit),
            "expenses-total": money(found.expenses_total),
            "other-expenses-total": money(found.other_expenses_total),
            "net-profit": money(found.net_profit),
            "rows": account_rows(found.rows),
        },
    )


def show_balance_sheet(call: Call) -> HttpResponseBase:
    day = day_of(call)
    found = balance_sheet(call.company_id, day)
    return report(
        call,
        "balance-sheet",
        {
            "date": day.isoformat(),
            "assets-total": money(found.assets_total),
            "liabilities-total": money(found.liabilities_total),
            "net-assets": money(found.net_assets),
            "capital-total": money(found.capital_total),
            "current-year-earnings": money(found.current_year_earnings),
            "rows": account_rows(found.rows),
        },
    )


def show_trial_balance(call: Call) -> HttpResponseBase:
    day = day_of(call)
    found = trial_balance(call.company_id, day)
    return report(
        call,
        "trial-balance",
        {
            "date": day.isoformat(),
            "rows": [
                {
                    "account-id": str(row.account_id),
                    "nominal-code": row.code,
                    "name": row.name,
                    "category-type": row.category.lower(),
                    "role": row.role.lower() if row.role else None,
                    "debit": money(row.debit),
                    "credit": money(row.credit),
                }
                for row in found.rows
            ],
            "debit-total": money(found.debit_total),
            "credit-total": money(found.credit_total),
        },
    )


def aged_report(call: Call, kind: str, key: str, found: AgedBalances) -> HttpResponseBase:
    rows = [
        {
            key: str(row.contact_id),
            "name": row.name,
            "currency-code": row.currency,
            "total-amount": money(row.total_amount),
            "base-amount": money(row.base_amount),
            "within-terms": money(row.within_terms),
            "days-1-to-30": money(row.days_1_to_30),
            "days-31-to-60": money(row.days_31_to_60),
            "days-61-to-90": money(row.days_61_to_90),
            "over-90-days": money(row.over_90_days),
            "on-account": money(row.on_account),
        }
        for row in found.rows
    ]
    attributes = {"date": found.date.isoformat(), "rows": rows, "total": money(found.base_total)}
    return report(call, kind, attributes)


def show_aged_debtors(call: Call) -> HttpResponseBase:
    found = aged_debtors(call.company_id, day_of(call))
    return aged_report(call, "aged-debtors", "customer-id", found)


def show_aged_creditors(call: Call) -> HttpResponseBase:
    found = aged_creditors(call.company_id, day_of(call))
    return aged_report(call, "aged-creditors", "supplier-id", found)


def show_cash_flow(call: Call) -> HttpResponseBase:
    start, end = period_of(call, "start", "end")
    found = cash_flow(call.company_id, start, end)
    rows = [
        {
            "account-id": str(row.account_id),
            "nominal-code": row.code,
            "name": row.name,
            "category-type": row.category.lower(),
            "is-operating": is_operating,
            "receipts": money(row.receipts),
            "payments": money(row.payments),
        }
        for is_operating, some in ((True, found.operating), (False, found.other))
        for row in some
    ]
    return report(
        call,
        "cash-flow",
        {
            "start": start.isoformat(),
            "end": end.isoformat(),
            "net-cash-flow-balances": {"total": money(found.net_total)},
            "receipts-total": money(found.receipts_total),
            "payments-total": money(found.payments_total),
            "rows": rows,
        },
    )


R = "companies/<int:company_id>/reports/"
urlpatterns = [
    path(R + "profit_and_loss", endpoint(get=show_profit_and_loss)),
    path(R + "balance_sheet", endpoint(get=show_balance_sheet)),
    path(R + "trial_balance", endpoint(get=show_trial_balance)),
    path(R + "aged_debtors", endpoint(get=show_aged_debtors)),
    path(R + "aged_creditors", endpoint(get=show_aged_creditors)),
    path(R + "cash_flow", endpoint(get=show_cash_flow)),
]
