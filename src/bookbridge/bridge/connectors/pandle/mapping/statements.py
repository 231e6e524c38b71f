"""Profit and loss and balance sheet, month by month, from the source's own reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from bookbridge.bridge.connectors.contract import (
    MappedRecord,
    RawRecord,
    RejectedRecord,
    SourceRecords,
)
from bookbridge.bridge.connectors.errors import NotSupportedError, RecordRejectedError
from bookbridge.bridge.connectors.pandle import wire
from bookbridge.bridge.connectors.pandle.mapping.documents import Mapped
from bookbridge.bridge.connectors.pandle.mapping.lookups import Lookups
from bookbridge.bridge.connectors.pandle.mapping.values import ZERO, plain_text, word
from bookbridge.bridge.datatypes.statements import with_profit_lines

PROFIT_AND_LOSS = "report_profit_and_loss"
BALANCE_SHEET = "report_balance_sheet"
EARNINGS = "Current year earnings"

Node = dict[str, Any]

FIXED = frozenset({"fixed_asset"})
CURRENT = frozenset({"current_asset", "bank", "cash"})
CURRENT_DEBTS = frozenset({"credit_card", "directors_loan", "current_liability", "vat"})
LONG_TERM = frozenset({"long_term_liability", "long_term"})
CAPITAL = frozenset({"capital", "drawings", "dividends", "reserves"})
ASSET_HEADINGS = (("Fixed assets", FIXED), ("Current assets", CURRENT))
LIABILITY_HEADINGS = (
    ("Current liabilities", CURRENT_DEBTS),
    ("Long-term liabilities", LONG_TERM),
)
PROFIT_HEADINGS = (
    ("income", "Income", "sales_total", frozenset({"sales"})),
    ("costOfSales", "Cost of sales", "direct_costs_total", frozenset({"direct_cost"})),
    ("expenses", "Expenses", "expenses_total", frozenset({"overhead"})),
    ("otherExpenses", "Other expenses", "other_expenses_total",
     frozenset({"other_expense", "other"})),
    ("otherIncome", "Other income", "other_income_total", frozenset({"other_income"})),
)  # fmt: skip


def map_profit_and_loss(records: SourceRecords, lookups: Lookups) -> Mapped:
    return _months(records, lookups, PROFIT_AND_LOSS, _profit_and_loss)


def map_balance_sheet(records: SourceRecords, lookups: Lookups) -> Mapped:
    return _months(records, lookups, BALANCE_SHEET, _balance_sheet)


def _months(
    records: SourceRecords,
    lookups: Lookups,
    resource: str,
    build: Callable[[RawRecord], tuple[str, Node]],
) -> Mapped:
    """Months from the first in which the books show anything, oldest first."""
    if not records.supported(resource):
        raise NotSupportedError(f"The source has no {resource.replace('_', ' ')}.")
    first = _first_month(records)
    for record in records.all(resource):
        if first is None or record.id < first:
            continue
        try:
            basis, report = build(record)
        except RecordRejectedError as refusal:
            yield RejectedRecord(resource, record.id, str(refusal))
            continue
        yield MappedRecord(
            id=record.id,
            body={"currency": lookups.base_currency, "reportBasis": basis, "report": report},
            order_date=_last_day(record.id),
            source_modified_at=None,
            sources=[(resource, record.id)],
        )


def _first_month(records: SourceRecords) -> str | None:
    """The first month with a figure in either report: before it there was no company."""
    found: list[str] = []
    for resource in (PROFIT_AND_LOSS, BALANCE_SHEET):
        if records.supported(resource):
            months = [one.id for one in records.all(resource) if not _is_empty(one, resource)]
            found += [min(months)] if months else []
    return min(found, default=None)


def _is_empty(record: RawRecord, resource: str) -> bool:
    rows: Sequence[wire.ReportRow] | None
    if resource == PROFIT_AND_LOSS:
        profit = wire.read(wire.ProfitAndLoss, record, resource)[1]
        rows = profit.rows
        figures = [profit.sales_total, profit.direct_costs_total, profit.expenses_total]
    else:
        sheet = wire.read(wire.BalanceSheet, record, resource)[1]
        rows = sheet.rows
        figures = [sheet.assets_total, sheet.liabilities_total]
    return not any(figures) and not any(row.amount for row in rows or ())


def _profit_and_loss(record: RawRecord) -> tuple[str, Node]:
    found = wire.read(wire.ProfitAndLoss, record, PROFIT_AND_LOSS)[1]
    totals = {
        "sales_total": found.sales_total,
        "direct_costs_total": found.direct_costs_total,
        "expenses_total": found.expenses_total,
        "other_income_total": found.other_income_total or ZERO,
        "other_expenses_total": found.other_expenses_total or ZERO,
    }
    other = totals["other_income_total"] - totals["other_expenses_total"]
    apart = found.gross_profit - found.expenses_total + other
    together = found.sales_total - found.expenses_total + other
    if apart != found.net_profit and together == found.net_profit:
        # This source counts direct costs among its expenses as well.
        totals["expenses_total"] -= found.direct_costs_total
    first = dt.date.fromisoformat(f"{record.id}-01")
    report: Node = {"fromDate": _midnight(first), "toDate": _midnight(_last_day(record.id))}
    for field, name, total_name, categories in PROFIT_HEADINGS:
        report[field] = _heading(name, totals[total_name], total_name, found.rows, categories)
    with_profit_lines(report)
    if report["netProfit"] != found.net_profit:
        raise RecordRejectedError(
            f"the headings come to {report['netProfit']}",
            field="net-profit",
            value=str(found.net_profit),
        )
    return ("Cash" if word(found.basis) == "cash" else "Accrual"), report


def _balance_sheet(record: RawRecord) -> tuple[str, Node]:
    found = wire.read(wire.BalanceSheet, record, BALANCE_SHEET)[1]
    net_assets = found.assets_total - found.liabilities_total
    equity = net_assets if found.capital_total is None else _equity(found)
    if equity != net_assets:
        raise RecordRejectedError(
            f"assets less liabilities come to {net_assets}", field="capital-total",
            value=str(found.capital_total),
        )  # fmt: skip
    report: Node = {
        "date": _midnight(_last_day(record.id)),
        "assets": _grouped("Assets", found.assets_total, found.rows, ASSET_HEADINGS),
        "liabilities": _grouped(
            "Liabilities", found.liabilities_total, found.rows, LIABILITY_HEADINGS
        ),
        "netAssets": net_assets,
        "equity": _equity_node(found, net_assets),
    }
    return "Accrual", report


def _equity(sheet: wire.BalanceSheet) -> Decimal:
    """Capital, with the year's earnings where the source's total leaves them out."""
    capital, earnings = sheet.capital_total or ZERO, sheet.current_year_earnings or ZERO
    net_assets = sheet.assets_total - sheet.liabilities_total
    return capital if capital == net_assets else capital + earnings


def _equity_node(sheet: wire.BalanceSheet, total: Decimal) -> Node:
    items = _items(sheet.rows, CAPITAL)
    earnings = sheet.current_year_earnings
    if earnings and sheet.rows is not None:
        items.append({"name": EARNINGS, "value": earnings, "items": []})
    _must_add_up("capital-total", total, items, sheet.rows)
    return {"name": "Equity", "value": total, "items": items}


def _heading(
    name: str,
    total: Decimal,
    field: str,
    rows: Sequence[wire.ReportRow] | None,
    categories: frozenset[str],
) -> Node:
    items = _items(rows, categories)
    _must_add_up(field.replace("_", "-"), total, items, rows)
    return {"name": name, "value": total, "items": items}


def _grouped(
    name: str,
    total: Decimal,
    rows: Sequence[wire.ReportRow] | None,
    headings: Iterable[tuple[str, frozenset[str]]],
) -> Node:
    groups: list[Node] = []
    for heading, categories in headings:
        items = _items(rows, categories)
        if items:
            value = sum((item["value"] for item in items), ZERO)
            groups.append({"name": heading, "value": value, "items": items})
    _must_add_up(f"{name.lower()}-total", total, groups, rows)
    return {"name": name, "value": total, "items": groups}


def _items(rows: Sequence[wire.ReportRow] | None, categories: frozenset[str]) -> list[Node]:
    items: list[Node] = []
    for row in rows or ():
        if row.amount and word(row.category_type) in categories:
            name = plain_text(row.name) or row.nominal_code
            item: Node = {"accountId": str(row.account_id), "value": row.amount, "items": []}
            items.append({**item, "name": name} if name else item)
    return items


def _must_add_up(
    field: str, total: Decimal, items: list[Node], rows: Sequence[wire.ReportRow] | None
) -> None:
    """A source that gives rows must give all of them; one that gives none has headings only."""
    if rows is None:
        return
    summed = sum((item["value"] for item in items), ZERO)
    if summed != total:
        raise RecordRejectedError(f"its accounts come to {summed}", field=field, value=str(total))


def _last_day(month: str) -> dt.date:
    first = dt.date.fromisoformat(f"{month}-01")
    return (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


def _midnight(date: dt.date) -> str:
    return f"{date.isoformat()}T00:00:00"
