"""Credit notes of both sides, and invoices or bills below zero, which are the same thing."""

from __future__ import annotations

from bookbridge.bridge.connectors.contract import MappedRecord, SourceRecords
from bookbridge.bridge.connectors.errors import NotSupportedError
from bookbridge.bridge.connectors.pandle.mapping.documents import (
    Mapped,
    SourceDocument,
    Wanted,
    last_allocated_on,
    map_documents,
    open_amount,
    progress_status,
    status_warnings,
)
from bookbridge.bridge.connectors.pandle.mapping.lookups import Lookups
from bookbridge.bridge.connectors.pandle.mapping.parties import Kind
from bookbridge.bridge.connectors.pandle.mapping.values import ZERO, set_given, with_tail


def map_credit_notes(records: SourceRecords, lookups: Lookups) -> Mapped:
    return _notes(records, lookups, Wanted(Kind.CUSTOMER, is_claim=False))


def map_bill_credit_notes(records: SourceRecords, lookups: Lookups) -> Mapped:
    return _notes(records, lookups, Wanted(Kind.SUPPLIER, is_claim=False))


def _notes(records: SourceRecords, lookups: Lookups, wanted: Wanted) -> Mapped:
    """Raises NotSupportedError where the source has no credit notes and no negative document."""
    build = _credit_note if wanted.side is Kind.CUSTOMER else _bill_credit_note
    is_empty = True
    for mapped in map_documents(records, lookups, wanted, build):
        is_empty = False
        yield mapped
    if is_empty and not records.supported("credit_notes"):
        raise NotSupportedError("The source has no list of credit notes.")


def _credit_note(document: SourceDocument) -> MappedRecord:
    return _note(document, "customerRef", "creditNoteNumber")


def _bill_credit_note(document: SourceDocument) -> MappedRecord:
    return _note(document, "supplierRef", "billCreditNoteNumber")


def _note(document: SourceDocument, contact_field: str, number_field: str) -> MappedRecord:
    head = document.head
    body = document.common(is_claim=False)
    body[contact_field] = document.contact.ref
    body["totalTaxAmount"] = document.lines.tax
    body["totalDiscount"] = body["discountPercentage"] = ZERO
    stated = head.remaining_amount if document.sign > 0 else head.outstanding_amount
    remaining = open_amount(document, stated, "remaining-amount")
    status = progress_status(document, remaining, "Submitted")
    body["remainingCredit"] = remaining
    body["status"] = status
    number = head.credit_note_number or head.invoice_number or head.reference
    set_given(body, note=head.notes, **{number_field: number})
    if remaining == 0 and not document.is_void:
        set_given(body, allocatedOnDate=last_allocated_on(document))
    if number_field == "billCreditNoteNumber":
        bills = [one for one in document.allocated if str(one.payment["id"]).startswith("cn-")]
        if bills:
            body["createdFromRefs"] = [
                {"id": str(one.payment["id"]).rsplit("-", 1)[1], "dataType": "bills"}
                for one in bills
            ]
    changed_at = document.changed_at
    return MappedRecord(
        id=document.id,
        body=with_tail(body, changed_at, is_void=document.is_void),
        order_date=document.issue_date,
        source_modified_at=None if document.is_void else changed_at,
        sources=document.sources,
        warnings=status_warnings(document, status),
    )
