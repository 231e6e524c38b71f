"""Which bank transactions an imported statement line stands behind, and on which account."""

from __future__ import annotations

from bookbridge.bridge.connectors.contract import SourceRecords
from bookbridge.bridge.connectors.pandle import wire
from bookbridge.bridge.connectors.pandle.mapping.movements import Movement
from bookbridge.bridge.connectors.spilling import Index

CONFIRMED = "confirmed_imported_bank_transactions"


class Evidence:
    """Which bank transactions an imported statement line stands behind, and on which account."""

    def __init__(self, records: SourceRecords) -> None:
        self._pairs: Index[bool] = Index()
        if not records.supported(CONFIRMED):
            return
        for record in records.all(CONFIRMED):
            _, line, relations = wire.read(wire.ImportedLine, record, CONFIRMED)
            transaction = line.bank_transaction_id
            transaction_id = (
                str(transaction)
                if transaction is not None
                else wire.related(relations.bank_transaction)
            )
            if transaction_id is not None:
                self._pairs[record.parent_id, transaction_id] = True

    def confirms(self, movement: Movement, bank_id: str) -> bool:
        if (bank_id, movement.id) in self._pairs:
            return True
        return movement.confirms is not None and movement.bank.id == bank_id
