"""Bank transactions as a statement shows them: imported lines and entries made by hand."""

from __future__ import annotations

import datetime as dt
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
from bookbridge.bridge.connectors.pandle.mapping.evidence import CONFIRMED, Evidence
from bookbridge.bridge.connectors.pandle.mapping.lookups import Lookups
from bookbridge.bridge.connectors.pandle.mapping.movements import Movement, movements
from bookbridge.bridge.connectors.pandle.mapping.parties import Kind
from bookbridge.bridge.connectors.pandle.mapping.transfer_legs import (
    doubled_transfers,
    other_amount,
)
from bookbridge.bridge.connectors.pandle.mapping.values import (
    ZERO,
    business_date,
    newest,
    plain_text,
    set_given,
    written_moment,
)
from bookbridge.bridge.connectors.spilling import Index

# In this order, so that a line met in two queues while it was moving counts as confirmed.
QUEUES = (CONFIRMED, "ignored_imported_bank_transactions", "imported_bank_transactions")


def map_bank_transactions(records: SourceRecords, lookups: Lookups) -> Mapped:
    if not any(records.supported(queue) for queue in (*QUEUES, "bank_transactions")):
        raise NotSupportedError("The source has no bank lines.")
    yield from _imported(records)
    yield from _entered(records, lookups)


def _imported(records: SourceRecords) -> Mapped:
    seen: Index[bool] = Index()
    for queue in QUEUES:
        if not records.supported(queue):
            continue
        for record in records.all(queue):
            if record.id in seen:
                continue
            seen[record.id] = True
            try:
                yield _imported_line(record, queue)
            except RecordRejectedError as refusal:
                yield RejectedRecord(queue, record.id, str(refusal))


def _imported_line(record: RawRecord, queue: str) -> MappedRecord:
    _, line, _ = wire.read(wire.ImportedLine, record, queue)
    money_in, money_out = line.money_in or ZERO, line.money_out or ZERO
    if money_in < 0 or money_out < 0 or (money_in > 0) == (money_out > 0):
        raise RecordRejectedError(
            f"exactly one of money in {money_in} and money out {money_out} must be above zero",
            field="money-in",
            value=str(money_in),
        )
    date_text, date = business_date(line.date, "date")
    body = _body(f"i{record.id}", record.parent_id, date_text, money_in - money_out)
    body["reconciled"] = queue == CONFIRMED
    set_given(
        body, description=plain_text(line.description) or plain_text(line.payee),
        balance=line.balance,
    )  # fmt: skip
    return _mapped(body, record.parent_id, date, line.updated_at, (queue, record.id))


def _entered(records: SourceRecords, lookups: Lookups) -> Mapped:
    """Transactions entered by hand: nothing on a statement stands behind them."""
    evidence = Evidence(records)
    doubles = doubled_transfers(records, lookups)
    twins = doubles.keys() | set(doubles.values())
    for movement in movements(records, lookups):
        if isinstance(movement, RejectedRecord):
            yield movement
            continue
        if movement.is_void:
            continue
        try:
            bank_id = movement.bank.id
            if not evidence.confirms(movement, bank_id):
                line_id = f"t{movement.id}"
                yield _entered_line(movement, bank_id, line_id, movement.bank_amount)
            if movement.id not in twins:
                yield from _other_ends(movement, lookups, evidence)
        except RecordRejectedError as refusal:
            yield RejectedRecord(*movement.source, str(refusal))


def _other_ends(movement: Movement, lookups: Lookups, evidence: Evidence) -> Mapped:
    """The lines that a transfer makes on the other account's statement."""
    for part in movement.parts:
        if part.kind is Kind.BANK and not evidence.confirms(movement, part.target_id):
            other = lookups.bank_accounts[part.target_id]
            amount = other_amount(movement, part, other, lookups.base_currency)
            line_id = f"t{part.record_id}-{other.id}"
            yield _entered_line(movement, other.id, line_id, -amount * movement.direction)


def _mapped(
    body: dict[str, Any],
    bank_id: str,
    date: dt.date,
    updated_at: str | None,
    source: tuple[str, str],
) -> MappedRecord:
    changed_at = newest(updated_at)
    if changed_at is not None:
        body["sourceModifiedDate"] = written_moment(changed_at)
    return MappedRecord(
        id=body["id"],
        body=body,
        order_date=date,
        source_modified_at=changed_at,
        sources=[source],
        parent_id=bank_id,
    )


def _entered_line(movement: Movement, bank_id: str, line_id: str, amount: Decimal) -> MappedRecord:
    body = _body(line_id, bank_id, movement.date_text, amount)
    body["reconciled"] = False
    set_given(body, description=movement.description)
    return _mapped(body, bank_id, movement.date, movement.updated_at, movement.source)


def _body(line_id: str, bank_id: str, date_text: str, amount: Decimal) -> dict[str, Any]:
    return {
        "id": line_id,
        "accountId": bank_id,
        "clearedOnDate": date_text,
        "amount": amount,
        "transactionType": "Credit" if amount >= 0 else "Debit",
    }
