"""Cash received and paid for operations, by the direct method, from the bank transactions.

Only what meets income, expenses, debtors, creditors or VAT counts (the public model is operating
only): capital, loans, fixed assets and transfers are left out.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from bookbridge.bridge.connectors.contract import MappedRecord, RejectedRecord, SourceRecords
from bookbridge.bridge.connectors.errors import NotSupportedError, RecordRejectedError
from bookbridge.bridge.connectors.pandle import wire
from bookbridge.bridge.connectors.pandle.mapping.direct import line_amounts
from bookbridge.bridge.connectors.pandle.mapping.documents import Mapped
from bookbridge.bridge.connectors.pandle.mapping.lookups import Lookups, Ref, account_resource
from bookbridge.bridge.connectors.pandle.mapping.movements import Movement, Part, movements
from bookbridge.bridge.connectors.pandle.mapping.parties import Kind, target_of
from bookbridge.bridge.connectors.pandle.mapping.values import ONE, ZERO, pennies, word

OPERATING = frozenset(
    {"sales", "other_income", "direct_cost", "overhead", "other_expense", "other", "vat"}
)
UNNAMED = {"debtors": "Trade debtors", "creditors": "Trade creditors", "vat": "VAT"}


def map_cash_flow(records: SourceRecords, lookups: Lookups) -> Mapped:
    if not records.supported("bank_transactions"):
        raise NotSupportedError("The source has no bank transactions.")
    flows = _Flows(records, lookups)
    refusals: list[RejectedRecord] = []
    for movement in movements(records, lookups):
        if isinstance(movement, RejectedRecord):
            refusals.append(movement)
        elif not movement.is_void:
            try:
                flows.add(movement)
            except RecordRejectedError as refusal:
                refusals.append(RejectedRecord(*movement.source, str(refusal)))
    yield from refusals
    for month in flows.months():
        yield flows.record(month)


class _Flows:
    """Amounts by month, direction and account, in base currency."""

    def __init__(self, records: SourceRecords, lookups: Lookups) -> None:
        self._lookups = lookups
        self._amounts: dict[tuple[str, int], dict[str, Decimal]] = defaultdict(dict)
        self._names: dict[str, Ref] = {}
        self._months: set[str] = set()
        self._roles = _control_accounts(records, lookups)

    def add(self, movement: Movement) -> None:
        self._months.add(f"{movement.date:%Y-%m}")
        rate = _base_rate(movement)
        for part in movement.parts:
            if part.kind is Kind.CUSTOMER:
                self._put(movement, self._roles["debtors"], part.total * rate)
            elif part.kind is Kind.SUPPLIER:
                self._put(movement, self._roles["creditors"], part.total * rate)
            elif part.kind is Kind.NOMINAL:
                self._lines(movement, part, rate)

    def _lines(self, movement: Movement, part: Part, rate: Decimal) -> None:
        for line in part.lines:
            net, tax, _ = line_amounts(line)
            account = self._lookups.accounts[target_of(line.account_class_and_id, None).id]
            if account.category in OPERATING:
                self._put(movement, account.ref, net * rate)
                if tax:
                    self._put(movement, self._roles["vat"], tax * rate)

    def _put(self, movement: Movement, account: Ref, amount: Decimal) -> None:
        key = str(account.get("id") or account["name"])
        self._names[key] = account
        flows = self._amounts[f"{movement.date:%Y-%m}", movement.direction]
        flows[key] = flows.get(key, ZERO) + pennies(amount)

    def months(self) -> list[str]:
        """Every month from the first to the last, quiet ones too: no gap may be left."""
        if not self._months:
            return []
        month, last, found = min(self._months), max(self._months), []
        while month <= last:
            found.append(month)
            month = f"{_next_month(month):%Y-%m}"
        return found

    def record(self, month: str) -> MappedRecord:
        first = dt.date.fromisoformat(f"{month}-01")
        last = _next_month(month) - dt.timedelta(days=1)
        report: dict[str, Any] = {
            "fromDate": f"{first.isoformat()}T00:00:00",
            "toDate": f"{last.isoformat()}T00:00:00",
            "cashReceipts": self._node("Cash receipts", month, 1),
            "cashPayments": self._node("Cash payments", month, -1),
        }
        body = {
            "currency": self._lookups.base_currency,
            "reportBasis": "Cash",
            "report": report,
        }
        return MappedRecord(
            id=month, body=body, order_date=last, source_modified_at=None, sources=[]
        )

    def _node(self, name: str, month: str, direction: int) -> dict[str, Any]:
        flows = self._amounts.get((month, direction), {})
        items: list[dict[str, Any]] = []
        for key, amount in flows.items():
            account = self._names[key]
            item: dict[str, Any] = {"value": amount, "items": []}
            if "id" in account:
                item["accountId"] = account["id"]
            items.append({**item, "name": account.get("name", key)})
        return {"name": name, "value": sum(flows.values(), ZERO), "items": items}


def _control_accounts(records: SourceRecords, lookups: Lookups) -> dict[str, Ref]:
    """Trade debtors, creditors and VAT by the source's roles (X), else by name alone."""
    found: dict[str, Ref] = {key: {"name": name} for key, name in UNNAMED.items()}
    resource = account_resource(records)
    if not records.supported(resource):
        return found
    for record in records.all(resource):
        role = word(wire.read(wire.NominalAccount, record, resource)[1].role)
        key = {"trade_debtors": "debtors", "trade_creditors": "creditors"}.get(role, role)
        if key in found:
            found[key] = lookups.accounts[record.id].ref
    return found


def _base_rate(movement: Movement) -> Decimal:
    if movement.base_amount is not None and movement.total:
        return abs(movement.base_amount) / movement.total
    return movement.rate if movement.rate is not None else ONE


def _next_month(month: str) -> dt.date:
    first = dt.date.fromisoformat(f"{month}-01")
    return (first + dt.timedelta(days=31)).replace(day=1)
