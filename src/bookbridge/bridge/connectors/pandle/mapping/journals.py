"""Journal entries as the ledger has them, and the one journal that they all belong to."""

from __future__ import annotations

from functools import cached_property
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
from bookbridge.bridge.connectors.pandle.mapping.movements import (
    RESOURCE as BANK_TRANSACTIONS,
)
from bookbridge.bridge.connectors.pandle.mapping.movements import data_type_of, movements
from bookbridge.bridge.connectors.pandle.mapping.parties import (
    DocumentFacts,
    Kind,
    document_facts,
)
from bookbridge.bridge.connectors.pandle.mapping.values import (
    ZERO,
    business_date,
    moment,
    newest,
    plain_text,
    set_given,
    with_tail,
    word,
    written_moment,
)
from bookbridge.bridge.connectors.spilling import Index
from bookbridge.bridge.datatypes import DataType

JOURNAL_ID = "general"
JOURNAL_NAME = "General journal"
RESOURCE = "journal_entries"
REVERSALS_MAX = 10

Target = tuple[str, DataType]

DOCUMENT_SOURCES = {
    "invoice": "Invoice",
    "bill": "Invoice",
    "credit_note": "CreditNote",
    "bill_credit_note": "CreditNote",
}
DOCUMENT_WORDS = frozenset({"bank_transaction", "write_off", *DOCUMENT_SOURCES})
SOURCE_TYPES: dict[tuple[str, Kind], DataType] = {
    ("Claim", Kind.CUSTOMER): DataType.INVOICES,
    ("Claim", Kind.SUPPLIER): DataType.BILLS,
    ("CreditNote", Kind.CUSTOMER): DataType.CREDIT_NOTES,
    ("CreditNote", Kind.SUPPLIER): DataType.BILL_CREDIT_NOTES,
}


def map_journals(records: SourceRecords, lookups: Lookups) -> Mapped:
    _require(records)
    body: dict[str, Any] = {
        "id": JOURNAL_ID,
        "journalCode": "GEN",
        "name": JOURNAL_NAME,
        "hasChildren": False,
        "status": "Active",
    }
    yield MappedRecord(
        id=JOURNAL_ID,
        body=with_tail(body, None),
        order_date=None,
        source_modified_at=None,
        sources=[],
    )


def map_journal_entries(records: SourceRecords, lookups: Lookups) -> Mapped:
    _require(records)
    origins = _Origins(records, lookups)
    for record in records.all(RESOURCE):
        try:
            yield _entry(record, lookups, origins)
        except RecordRejectedError as refusal:
            yield RejectedRecord(RESOURCE, record.id, str(refusal))


def _require(records: SourceRecords) -> None:
    if not records.supported(RESOURCE):
        raise NotSupportedError("The source does not show its journal.")


def _entry(record: RawRecord, lookups: Lookups, origins: _Origins) -> MappedRecord:
    entry = wire.read(wire.JournalEntry, record, RESOURCE)[1]
    posted_text, posted_on = business_date(entry.date, "date")
    imbalance = sum((line.amount for line in entry.journal_lines), ZERO)
    if imbalance:
        raise RecordRejectedError(
            "debits and credits differ", field="journal-lines.amount", value=str(imbalance)
        )
    created_at = moment(entry.created_at)
    origin = origins.of(record.id, entry)
    body: dict[str, Any] = {
        "id": record.id,
        "postedOn": posted_text,
        "createdOn": written_moment(created_at) if created_at else posted_text,
        "journalRef": {"id": JOURNAL_ID, "name": JOURNAL_NAME},
        "journalLines": [_line(line, lookups) for line in entry.journal_lines],
    }
    if origin is not None:
        body["recordRef"] = {"id": origin[0], "dataType": origin[1].value}
    set_given(body, description=plain_text(entry.description))
    changed_at = newest(entry.updated_at)
    return MappedRecord(
        id=record.id,
        body=with_tail(body, changed_at),
        order_date=posted_on,
        source_modified_at=changed_at,
        sources=[(RESOURCE, record.id)],
    )


def _line(line: wire.JournalLine, lookups: Lookups) -> dict[str, Any]:
    base = lookups.base_currency
    item: dict[str, Any] = {
        "netAmount": line.amount,
        "transactionAmount": line.amount if line.foreign_amount is None else line.foreign_amount,
        "currency": base,
        "transactionCurrency": base if line.foreign_amount is None else line.currency_code or base,
        "accountRef": lookups.account_refs[line.account_id],
    }
    if line.customer_id is not None:
        item["contactRef"] = {"id": str(line.customer_id), "dataType": "customers"}
    elif line.supplier_id is not None:
        item["contactRef"] = {"id": str(line.supplier_id), "dataType": "suppliers"}
    if line.project_id is not None:
        project = {"id": str(line.project_id), "dataType": "trackingCategories"}
        item["tracking"] = {"recordRefs": [project]}
    return item


class _Origins:
    """The public record that made an entry; a manual adjustment is its own origin.

    An entry of a document that we could not read has none: were it taken for an adjustment, the
    control totals would count what the document should have brought."""

    def __init__(self, records: SourceRecords, lookups: Lookups) -> None:
        self._records, self._lookups = records, lookups

    @cached_property
    def _documents(self) -> Index[DocumentFacts]:
        return document_facts(self._records)

    @cached_property
    def _bank(self) -> Index[Target]:
        """Of a split transaction, its first part stands for all."""
        found: Index[Target] = Index()
        if self._records.supported(BANK_TRANSACTIONS):
            for movement in movements(self._records, self._lookups):
                if not isinstance(movement, RejectedRecord):
                    part = movement.parts[0]
                    data_type = data_type_of(part.kind, movement.direction)
                    found[movement.id] = (part.record_id, data_type)
        return found

    def of(self, entry_id: str, entry: wire.JournalEntry) -> Target | None:
        own = (entry_id, DataType.JOURNAL_ENTRIES)
        for _ in range(REVERSALS_MAX):
            if entry.reverses_id is None:
                break
            original = self._records.get(RESOURCE, str(entry.reverses_id))
            if original is None:
                return own
            entry_id = original.id
            entry = wire.read(wire.JournalEntry, original, RESOURCE)[1]
        source_type = word(entry.source_type)
        if source_type not in DOCUMENT_WORDS:
            return own
        return self._made_by(source_type, str(entry.source_id))

    def _made_by(self, source_type: str, source_id: str) -> Target | None:
        if source_type == "bank_transaction":
            return self._bank.get(source_id)
        if source_type == "write_off":
            return self._write_off(source_id)
        kind = DOCUMENT_SOURCES.get(source_type)
        facts = self._documents.get((kind, source_id)) if kind else None
        if facts is None:
            return None
        claim = "CreditNote" if facts.link_type == "CreditNote" else "Claim"
        return facts.public_id, SOURCE_TYPES[claim, facts.side]

    def _write_off(self, source_id: str) -> Target | None:
        if not self._records.supported("write_offs"):
            return None
        record = self._records.get("write_offs", source_id)
        if record is None:
            return None
        write_off = wire.read(wire.WriteOff, record, "write_offs")[1]
        facts = self._documents.get(("Invoice", str(write_off.document_id)))
        is_bill = facts is not None and facts.side is Kind.SUPPLIER
        return f"wo-{source_id}", DataType.BILL_PAYMENTS if is_bill else DataType.PAYMENTS
