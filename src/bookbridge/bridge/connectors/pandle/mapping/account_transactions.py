"""Account transactions: one row per bank account that a transaction touches."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bookbridge.bridge.connectors.contract import MappedRecord, RejectedRecord, SourceRecords
from bookbridge.bridge.connectors.errors import RecordRejectedError
from bookbridge.bridge.connectors.pandle.mapping.documents import Mapped
from bookbridge.bridge.connectors.pandle.mapping.evidence import Evidence
from bookbridge.bridge.connectors.pandle.mapping.lookups import BankFacts, Lookups
from bookbridge.bridge.connectors.pandle.mapping.movements import (
    Movement,
    Part,
    data_type_of,
    movements,
)
from bookbridge.bridge.connectors.pandle.mapping.parties import Kind
from bookbridge.bridge.connectors.pandle.mapping.transfer_legs import (
    doubled_transfers,
    other_amount,
)
from bookbridge.bridge.connectors.pandle.mapping.values import (
    ONE,
    newest,
    pennies,
    rate_of,
    set_given,
    with_tail,
)

Row = dict[str, Any]


def map_account_transactions(records: SourceRecords, lookups: Lookups) -> Mapped:
    rows = _Rows(lookups, Evidence(records), doubled_transfers(records, lookups))
    for movement in movements(records, lookups):
        if isinstance(movement, RejectedRecord):
            yield movement
            continue
        try:
            yield from rows.of(movement)
        except RecordRejectedError as refusal:
            yield RejectedRecord(*movement.source, str(refusal))


class _Rows:
    def __init__(self, lookups: Lookups, evidence: Evidence, doubles: Mapping[str, str]) -> None:
        self._lookups, self._evidence, self._doubles = lookups, evidence, doubles
        self._twins = doubles.keys() | set(doubles.values())

    def of(self, movement: Movement) -> Mapped:
        amounts = _shares(movement)
        lines = [(part, amount) for part, amount in zip(movement.parts, amounts, strict=True)]
        yield self._row(movement, movement.bank, movement.bank_amount, lines)
        if movement.id in self._twins:
            return
        for part in movement.parts:
            if part.kind is Kind.BANK:
                other = self._lookups.bank_accounts[part.target_id]
                amount = other_amount(movement, part, other, self._lookups.base_currency)
                signed = -amount * movement.direction
                yield self._row(movement, other, signed, [(part, signed)])

    def _row(
        self,
        movement: Movement,
        bank: BankFacts,
        amount: Decimal,
        lines: list[tuple[Part, Decimal]],
    ) -> MappedRecord:
        status = "Unreconciled"
        if movement.is_void:
            status = "Void"
        elif self._evidence.confirms(movement, bank.id):
            status = "Reconciled"
        body: Row = {
            "id": f"{bank.id}-{movement.id}",
            "transactionId": movement.id,
            "bankAccountRef": bank.ref,
            "date": movement.date_text,
            "status": status,
            "currency": bank.currency,
            "lines": [
                {"recordRef": self._record_ref(movement, part), "amount": share}
                for part, share in lines
            ],
            "totalAmount": amount,
        }
        set_given(
            body,
            note=movement.description,
            currencyRate=self._rate(movement, bank, amount),
        )
        changed_at = newest(movement.updated_at)
        return MappedRecord(
            id=body["id"],
            body=with_tail(body, changed_at, is_deleted=movement.is_void),
            order_date=movement.date,
            source_modified_at=None if movement.is_void else changed_at,
            sources=[movement.source],
            parent_id=bank.id,
        )

    def _record_ref(self, movement: Movement, part: Part) -> dict[str, str]:
        record_id = self._doubles.get(part.record_id, part.record_id)
        return {
            "id": record_id,
            "dataType": data_type_of(part.kind, movement.direction).value,
        }

    def _rate(self, movement: Movement, bank: BankFacts, amount: Decimal) -> Decimal | None:
        if bank.currency == self._lookups.base_currency:
            return ONE
        if bank.currency == movement.currency:
            return movement.rate
        if movement.base_amount is None or not amount:
            return None
        return rate_of(abs(movement.base_amount), abs(amount))


def _shares(movement: Movement) -> list[Decimal]:
    """The signed amount of each part in the account's currency; they add up to the whole."""
    if len(movement.parts) == 1:
        return [movement.bank_amount]
    if movement.currency == movement.bank.currency:
        return [part.total * movement.direction for part in movement.parts]
    shares = [
        pennies(movement.bank_amount * part.total / movement.total) for part in movement.parts[:-1]
    ]
    return [*shares, movement.bank_amount - sum(shares)]
