"""The source's own figures for reconciliation; None wherever the source does not give them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TypeVar

import msgspec

from bookbridge.bridge.connectors.contract import (
    ContactBalance,
    RawRecord,
    ReportRow,
    SourceReports,
    SourceRequest,
)
from bookbridge.bridge.connectors.errors import NotSupportedError, SourceShapeError
from bookbridge.bridge.connectors.pandle import client, wire
from bookbridge.bridge.connectors.pandle.mapping.values import ZERO, business_date, word

A = TypeVar("A", bound=msgspec.Struct)

PAGE_SIZE = 100
ACCOUNT_PAGES_MAX = 20
ROLES = frozenset({"trade_debtors", "trade_creditors", "vat", "exchange", "retained_earnings"})


class _Accounts(msgspec.Struct):
    data: list[msgspec.Raw]


class _Identity(msgspec.Struct):
    id: wire.Id


def read_reports(request: SourceRequest, as_of: dt.date) -> SourceReports:
    """Trial balance, profit and loss of the year so far, and aged balances, at one date."""
    date = {"date": as_of.isoformat()}
    year_start = _year_start(request, as_of)
    balance = _report(request, "trial_balance", wire.TrialBalance, date)
    debtors = _report(request, "aged_debtors", wire.AgedReport, date)
    creditors = _report(request, "aged_creditors", wire.AgedReport, date)
    period = {"date_start": year_start.isoformat(), "date_end": as_of.isoformat()}
    profit = _report(request, "profit_and_loss", wire.ProfitAndLoss, period)
    return SourceReports(
        as_of=as_of,
        year_start=year_start,
        trial_balance=None if balance is None else [_row(row) for row in balance.rows],
        profit_and_loss=None if profit is None else _figures(profit),
        aged_debtors=None if debtors is None else _balances(debtors),
        aged_creditors=None if creditors is None else _balances(creditors),
        accounts_by_role=_accounts_by_role(request, balance),
    )


def _report(
    request: SourceRequest, name: str, attributes: type[A], params: Mapping[str, str]
) -> A | None:
    """None where the source lacks the report, or shows it in a form that we cannot compare."""
    path = f"/companies/{request.company_id}/reports/{name}"
    try:
        reply = client.get(request, path, params=params, optional=True)
        body = msgspec.json.decode(reply.body, type=dict[str, msgspec.Raw]).get("data")
        if body is None:
            return None
        return wire.read(attributes, RawRecord(name, bytes(body)), path)[1]
    except (NotSupportedError, SourceShapeError, msgspec.ValidationError):
        return None


def _year_start(request: SourceRequest, as_of: dt.date) -> dt.date:
    """The first day of the financial year that holds the date; 1 January where unknown."""
    path = f"/companies/{request.company_id}/financial_year"
    try:
        reply = client.get(request, path, optional=True)
        body = msgspec.json.decode(reply.body, type=dict[str, msgspec.Raw])["data"]
        year = wire.read(wire.FinancialYear, RawRecord("", bytes(body)), path)[1]
        start = business_date(year.start_date, "start-date")[1]
    except (NotSupportedError, SourceShapeError, msgspec.ValidationError, KeyError):
        return as_of.replace(month=1, day=1)
    while start > as_of:
        start = _year_later(start, -1)
    while _year_later(start, 1) <= as_of:
        start = _year_later(start, 1)
    return start


def _year_later(date: dt.date, years: int) -> dt.date:
    try:
        return date.replace(year=date.year + years)
    except ValueError:  # 29 February
        return date.replace(year=date.year + years, day=28)


def _row(row: wire.ReportRow) -> ReportRow:
    amount = (row.debit or ZERO) - (row.credit or ZERO)
    return ReportRow(account_id=str(row.account_id), name=row.name or "", amount=amount)


def _figures(profit: wire.ProfitAndLoss) -> dict[str, Decimal]:
    return {
        "sales-total": profit.sales_total,
        "direct-costs-total": profit.direct_costs_total,
        "gross-profit": profit.gross_profit,
        "expenses-total": profit.expenses_total,
        "net-profit": profit.net_profit,
    }


def _balances(report: wire.AgedReport) -> list[ContactBalance] | None:
    """None where a row names no contact or no amount in base currency."""
    found: list[ContactBalance] = []
    for row in report.rows:
        contact = row.customer_id if row.customer_id is not None else row.supplier_id
        if contact is None or row.base_amount is None:
            return None
        found.append(ContactBalance(str(contact), row.name or "", row.base_amount))
    return found


def _accounts_by_role(request: SourceRequest, balance: wire.TrialBalance | None) -> dict[str, str]:
    """From the trial balance; from the accounts where one of them stands at nothing there."""
    rows = [] if balance is None else balance.rows
    found = {word(row.role): str(row.account_id) for row in rows if word(row.role) in ROLES}
    if found.keys() >= ROLES:
        return found
    path = f"/companies/{request.company_id}/nominal_accounts"
    try:
        for page in range(1, ACCOUNT_PAGES_MAX + 1):
            params = {"page": str(page), "size": str(PAGE_SIZE)}
            reply = client.get(request, path, params=params, optional=True)
            accounts = msgspec.json.decode(reply.body, type=_Accounts).data
            for raw in accounts:
                record_id = str(msgspec.json.decode(raw, type=_Identity).id)
                record = RawRecord(record_id, bytes(raw))
                account = wire.read(wire.NominalAccount, record, path)[1]
                if word(account.role) in ROLES:
                    found.setdefault(word(account.role), record_id)
            if not accounts or found.keys() >= ROLES:
                break
    except (NotSupportedError, SourceShapeError, msgspec.ValidationError):
        return found
    return found
