"""Transfers between the company's own bank accounts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bookbridge.bridge.connectors.contract import MappedRecord, RejectedRecord, SourceRecords
from bookbridge.bridge.connectors.errors import RecordRejectedError
from bookbridge.bridge.connectors.pandle.mapping.documents import Mapped
from bookbridge.bridge.connectors.pandle.mapping.evidence import Evidence
from bookbridge.bridge.connectors.pandle.mapping.lookups import BankFacts, Lookups
from bookbridge.bridge.connectors.pandle.mapping.movements import Movement, Part, movements
from bookbridge.bridge.connectors.pandle.mapping.parties import Kind
from bookbridge.bridge.connectors.pandle.mapping.transfer_legs import (
    doubled_transfers,
    other_amount,
    own_amount,
)
from bookbridge.bridge.connectors.pandle.mapping.values import newest, set_given, with_tail


def map_transfers(records: SourceRecords, lookups: Lookups) -> Mapped:
    evidence = Evidence(records)
    doubles = doubled_transfers(records, lookups)
    for movement in movements(records, lookups, {Kind.BANK}):
        if isinstance(movement, RejectedRecord):
            yield movement
            continue
        if movement.id in doubles:
            continue
        try:
            for part in movement.parts:
                if part.kind is Kind.BANK:
                    yield _transfer(movement, part, lookups, evidence)
        except RecordRejectedError as refusal:
            yield RejectedRecord(*movement.source, str(refusal))


def _transfer(movement: Movement, part: Part, lookups: Lookups, evidence: Evidence) -> MappedRecord:
    other = lookups.bank_accounts[part.target_id]
    if other.id == movement.bank.id:
        raise RecordRejectedError(
            "a transfer to its own account", field="account-class-and-id", value=other.id
        )
    own_side = _side(movement.bank, own_amount(movement, part))
    other_side = _side(other, other_amount(movement, part, other, lookups.base_currency))
    status = "Unreconciled"
    if movement.is_void:
        status = "Void"
    elif evidence.confirms(movement, movement.bank.id):
        status = "Reconciled"
    goes_out = movement.direction < 0
    body: dict[str, Any] = {
        "id": part.record_id,
        "date": movement.date_text,
        "from": own_side if goes_out else other_side,
        "to": other_side if goes_out else own_side,
        "status": status,
        "trackingCategoryRefs": [],
        "depositedRecordRefs": [],
    }
    set_given(body, description=movement.description)
    changed_at = newest(movement.updated_at)
    return MappedRecord(
        id=part.record_id,
        body=with_tail(body, changed_at, is_deleted=movement.is_void),
        order_date=movement.date,
        source_modified_at=None if movement.is_void else changed_at,
        sources=[movement.source],
    )


def _side(bank: BankFacts, amount: Decimal) -> dict[str, Any]:
    return {
        "accountRef": {"id": bank.id, "dataType": "bankAccounts"},
        "currency": bank.currency,
        "amount": amount,
    }
