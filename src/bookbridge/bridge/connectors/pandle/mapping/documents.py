"""What invoices, bills and both kinds of credit note have in common.

The source keeps both sides in one list. A negative document is the opposite document turned round:
an invoice below zero is a credit note `inv-<id>`, a credit note below zero an invoice `cn-<id>`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from bookbridge.bridge.connectors.contract import (
    MappedRecord,
    RawRecord,
    RejectedRecord,
    SourceRecords,
)
from bookbridge.bridge.connectors.errors import RecordRejectedError
from bookbridge.bridge.connectors.pandle import wire
from bookbridge.bridge.connectors.pandle.mapping.allocations import (
    Allocated,
    Allocations,
    public_allocation,
)
from bookbridge.bridge.connectors.pandle.mapping.lines import Lines, check_sums, document_lines
from bookbridge.bridge.connectors.pandle.mapping.lookups import ContactFacts, Lookups
from bookbridge.bridge.connectors.pandle.mapping.movements import VOID_WORDS
from bookbridge.bridge.connectors.pandle.mapping.parties import Kind, party_of, public_id
from bookbridge.bridge.connectors.pandle.mapping.values import (
    ONE,
    ZERO,
    business_date,
    given,
    newest,
    word,
)

DRAFT_WORDS = frozenset({"draft"})
POSTED_WORDS = frozenset(
    {
        "approved", "posted", "open", "sent", "unsent", "unpaid", "outstanding", "overdue",
        "part_paid", "partially_paid", "paid", "written_off", "active", "submitted",
    }
)  # fmt: skip

Mapped = Iterator[MappedRecord | RejectedRecord]


@dataclass(frozen=True)
class Wanted:
    """Which documents a data type is made of: a side, and claims or credits."""

    side: Kind
    is_claim: bool


@dataclass(frozen=True)
class SourceDocument:
    """A document as read, its amounts turned positive by `sign`."""

    source_type: str
    record: RawRecord
    id: str
    head: wire.DocumentHead
    contact: ContactFacts
    lines: Lines
    sign: int
    total: Decimal
    currency: str
    rate: Decimal | None
    issue_text: str
    issue_date: dt.date
    is_void: bool
    allocated: Sequence[Allocated]
    allocations_known: bool

    @property
    def is_draft(self) -> bool:
        return word(self.head.status) in DRAFT_WORDS

    @property
    def changed_at(self) -> dt.datetime | None:
        return newest(self.head.updated_at, *(one.updated_at for one in self.allocated))

    @property
    def sources(self) -> list[tuple[str, str]]:
        resource = "invoices" if self.source_type == "Invoice" else "credit_notes"
        return list(
            dict.fromkeys([(resource, self.record.id), *(one.source for one in self.allocated)])
        )

    def used(self) -> Decimal:
        return sum((one.amount for one in self.allocated), ZERO)

    def common(self, *, is_claim: bool) -> dict[str, Any]:
        body: dict[str, Any] = {
            "id": self.id,
            "issueDate": self.issue_text,
            "currency": self.currency,
            "lineItems": self.lines.items,
            "paymentAllocations": [
                public_allocation(one, is_claim=is_claim) for one in self.allocated
            ],
            "subTotal": self.lines.net,
            "totalAmount": self.total,
        }
        if self.rate is not None:
            body["currencyRate"] = self.rate
        return body


Build = Callable[[SourceDocument], MappedRecord]


def map_documents(records: SourceRecords, lookups: Lookups, wanted: Wanted, build: Build) -> Mapped:
    """Streams the source's lists once and builds what is wanted of them."""
    reader = _Reader(records, lookups, wanted)
    for resource in ("invoices", "credit_notes"):
        if not records.supported(resource):
            continue
        for record in records.all(resource):
            try:
                document = reader.read(record, resource)
                if document is not None:
                    yield build(document)
            except RecordRejectedError as refusal:
                yield RejectedRecord(resource, record.id, str(refusal))


class _Reader:
    def __init__(self, records: SourceRecords, lookups: Lookups, wanted: Wanted) -> None:
        self._lookups = lookups
        self._wanted = wanted
        self._allocations = Allocations(records, lookups)
        is_customer = wanted.side is Kind.CUSTOMER
        self._contacts = lookups.customers if is_customer else lookups.suppliers
        self._flag = "isDirectIncome" if is_customer else "isDirectCost"
        # Only documents below zero change sides; heads are read first where most are not wanted.
        self._main = "invoices" if wanted.is_claim else "credit_notes"

    def read(self, record: RawRecord, resource: str) -> SourceDocument | None:
        """The document if it is wanted; None if it belongs to another data type."""
        if resource != self._main:
            head = wire.read(wire.DocumentHead, record, resource)[1]
            if head.total_amount is None or head.total_amount >= 0:
                return None
        attributes: type[wire.Invoice] | type[wire.CreditNote]
        attributes = wire.Invoice if resource == "invoices" else wire.CreditNote
        _, found, relations = wire.read(attributes, record, resource)
        stated = given(found.total_amount, "total-amount")
        sign = -1 if stated < 0 else 1
        if (resource == "invoices") == (sign < 0) and self._wanted.is_claim:
            return None
        if (resource == "invoices") == (sign > 0) and not self._wanted.is_claim:
            return None
        party = party_of(found, relations)
        if party.kind is not self._wanted.side:
            return None
        return self._document(record, resource, found, relations, party.id, sign)

    def _document(
        self,
        record: RawRecord,
        resource: str,
        found: wire.Invoice | wire.CreditNote,
        relations: wire.Relations,
        contact_id: str,
        sign: int,
    ) -> SourceDocument:
        contact = self._contacts[contact_id]
        source_lines = (
            found.invoice_lines if isinstance(found, wire.Invoice) else found.credit_note_lines
        )
        lines = document_lines(source_lines, self._lookups, flag=self._flag, sign=sign)
        check_sums(found, lines, sign)
        currency = self._lookups.currency(relations.currency, found.currency_code, contact.currency)
        is_base = currency == self._lookups.base_currency
        issue_text, issue_date = business_date(found.date, "date")
        is_void = word(found.status) in VOID_WORDS
        source_type = "Invoice" if resource == "invoices" else "CreditNote"
        return SourceDocument(
            source_type=source_type,
            record=record,
            id=public_id(source_type, record.id, is_turned=sign < 0),
            head=found,
            contact=contact,
            lines=lines,
            sign=sign,
            total=lines.total,
            currency=currency,
            rate=ONE if is_base else found.conversion_rate,
            issue_text=issue_text,
            issue_date=issue_date,
            is_void=is_void,
            allocated=[] if is_void else self._allocated(source_type, record.id, sign),
            allocations_known=self._allocations.is_known,
        )

    def _allocated(self, source_type: str, record_id: str, sign: int) -> Sequence[Allocated]:
        if not self._allocations.is_known:
            return []
        found = self._allocations.of(source_type, record_id)
        if sign > 0:
            return found
        return [replace(one, amount=-one.amount) for one in found]


def open_amount(document: SourceDocument, stated: Decimal | None, field: str) -> Decimal:
    """What is still open: the source's figure, which must be the total less the allocations."""
    if document.is_void:
        return ZERO
    opened = None if stated is None else stated * document.sign
    computed = document.total - document.used()
    if opened is None:
        if not document.allocations_known:
            raise RecordRejectedError("no amount", field=field, value=None)
        opened = computed
    elif opened != computed and document.allocations_known and not document.is_draft:
        raise RecordRejectedError(
            f"not the total {document.total} less what is allocated, {document.used()}",
            field=field,
            value=str(stated),
        )
    if not ZERO <= opened <= document.total:
        raise RecordRejectedError(
            f"not between nothing and the total {document.total}", field=field, value=str(stated)
        )
    return opened


def progress_status(document: SourceDocument, opened: Decimal, untouched: str) -> str:
    """Where a document stands, by its open amount; `untouched` is the word for a whole one."""
    if document.is_void:
        return "Void"
    if document.is_draft:
        return "Draft"
    if word(document.head.status) not in POSTED_WORDS:
        return "Unknown"
    if opened == 0:
        return "Paid"
    return untouched if opened == document.total else "PartiallyPaid"


def status_warnings(document: SourceDocument, status: str) -> list[str]:
    warnings = list(document.lines.warnings)
    if status == "Unknown":
        warnings.append(f"the source's status {document.head.status!r} is not known")
    return warnings


def last_allocated_on(document: SourceDocument) -> str | None:
    return max((one.allocated_on for one in document.allocated), default=None)
