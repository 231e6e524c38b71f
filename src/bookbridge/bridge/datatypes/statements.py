"""Financial statements of any period length, made from the stored months.

A stored month's body is `{"currency", "reportBasis", "report"}` (the last as in the public model);
its record id is the month, `2026-01`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

PROFIT_AND_LOSS_NODES = ("income", "costOfSales", "expenses", "otherExpenses", "otherIncome")
CASH_FLOW_NODES = ("cashReceipts", "cashPayments")

Month = Mapping[str, Any]


def balance_sheet(
    months: Mapping[str, Month], *, start: str, period_length: int, periods: int
) -> dict[str, Any]:
    """Balance sheets of `periods` periods of `period_length` months that end with month `start`
    (`2026-01`) and before: the last month of each period is its balance sheet."""
    reports = [
        months[group[-1]]["report"] for group in _groups(months, start, period_length, periods)
    ]
    return {**_currency(months), "reports": reports, **_available(months)}


def profit_and_loss(
    months: Mapping[str, Month], *, start: str, period_length: int, periods: int
) -> dict[str, Any]:
    """Profit and loss of such periods: the months of each are added up, account by account."""
    reports = [
        _sum_profit_and_loss([months[month]["report"] for month in group])
        for group in _groups(months, start, period_length, periods)
    ]
    return {
        "reports": reports,
        "reportBasis": _basis(months),
        **_currency(months),
        **_available(months),
    }


def cash_flow_statement(
    months: Mapping[str, Month], *, start: str, period_length: int, periods: int
) -> dict[str, Any]:
    """Cash received and paid in such periods, by the direct method."""
    reports = []
    for group in _groups(months, start, period_length, periods):
        parts = [months[month]["report"] for month in group]
        report: dict[str, Any] = {"fromDate": parts[0]["fromDate"], "toDate": parts[-1]["toDate"]}
        for node in CASH_FLOW_NODES:
            report[node] = _sum_nodes([part[node] for part in parts])
        reports.append(report)
    return {
        "reports": reports,
        "reportBasis": "Cash",
        "reportInput": "Direct",
        **_currency(months),
        **_available(months),
    }


def latest_month(months: Mapping[str, Month]) -> str | None:
    return max(months, default=None)


def _groups(
    months: Mapping[str, Month], start: str, period_length: int, periods: int
) -> list[list[str]]:
    """Month keys of each period, newest period first; a period that is not whole is left out."""
    groups = []
    end = _index(start)
    for _ in range(periods):
        keys = [_key(number) for number in range(end - period_length + 1, end + 1)]
        if all(key in months for key in keys):
            groups.append(keys)
        end -= period_length
    return groups


def _sum_profit_and_loss(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    if len(parts) == 1:
        return dict(parts[0])
    report: dict[str, Any] = {"fromDate": parts[0]["fromDate"], "toDate": parts[-1]["toDate"]}
    for node in PROFIT_AND_LOSS_NODES:
        report[node] = _sum_nodes([part[node] for part in parts])
    return with_profit_lines(report)


def with_profit_lines(report: dict[str, Any]) -> dict[str, Any]:
    """The report with its four profit figures worked out from its headings."""
    # Through a sum, which keeps what a figure knows of its origins.
    value = {node: Decimal(0) + report[node]["value"] for node in PROFIT_AND_LOSS_NODES}
    gross = value["income"] - value["costOfSales"]
    operating = gross - value["expenses"]
    other = value["otherIncome"] - value["otherExpenses"]
    report["grossProfit"] = gross
    report["netOperatingProfit"] = operating
    report["netOtherIncome"] = other
    report["netProfit"] = operating + other
    return report


def _sum_nodes(nodes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Nodes of one heading added up; accounts keep the order in which they first appear."""
    items: dict[tuple[str | None, str | None], dict[str, Any]] = {}
    total = Decimal(0)
    for node in nodes:
        total += node["value"]
        for item in node.get("items", ()):
            key = (item.get("accountId"), item.get("name"))
            if key in items:
                items[key]["value"] += item["value"]
            else:
                items[key] = dict(item)
    return {"name": nodes[0]["name"], "value": total, "items": list(items.values())}


def _currency(months: Mapping[str, Month]) -> dict[str, Any]:
    newest = latest_month(months)
    return {} if newest is None else {"currency": months[newest]["currency"]}


def _basis(months: Mapping[str, Month]) -> str:
    newest = latest_month(months)
    return "Unknown" if newest is None else str(months[newest].get("reportBasis", "Accrual"))


def _available(months: Mapping[str, Month]) -> dict[str, str]:
    if not months:
        return {}
    return {
        "mostRecentAvailableMonth": f"{max(months)}-01T00:00:00",
        "earliestAvailableMonth": f"{min(months)}-01T00:00:00",
    }


def _index(month: str) -> int:
    first = dt.date.fromisoformat(f"{month}-01")
    return first.year * 12 + first.month - 1


def _key(index: int) -> str:
    return f"{index // 12:04d}-{index % 12 + 1:02d}"
