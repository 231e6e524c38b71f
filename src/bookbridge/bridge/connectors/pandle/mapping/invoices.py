"""Invoices and bills: the claims of one list, told apart by their contact."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bookbridge.bridge.connectors.contract import MappedRecord, SourceRecords
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
from bookbridge.bridge.connectors.pandle.mapping.values import (
    ZERO,
    optional_date,
    set_given,
    with_tail,
)


def map_invoices(records: SourceRecords, lookups: Lookups) -> Mapped:
    return map_documents(records, lookups, Wanted(Kind.CUSTOMER, is_claim=True), _invoice)


def map_bills(records: SourceRecords, lookups: Lookups) -> Mapped:
    return map_documents(records, lookups, Wanted(Kind.SUPPLIER, is_claim=True), _bill)


def _invoice(document: SourceDocument) -> MappedRecord:
    body = document.common(is_claim=True)
    body["customerRef"] = document.contact.ref
    body["totalTaxAmount"] = document.lines.tax
    body["totalDiscount"] = body["discountPercentage"] = ZERO
    set_given(body, invoiceNumber=document.head.invoice_number or document.head.credit_note_number)
    mapped = _finish(document, body, untouched="Submitted")
    if body["status"] == "Paid":
        set_given(body, paidOnDate=last_allocated_on(document))
    return mapped


def _bill(document: SourceDocument) -> MappedRecord:
    body = document.common(is_claim=True)
    body["supplierRef"] = document.contact.ref
    body["taxAmount"] = document.lines.tax
    head = document.head
    set_given(body, reference=head.reference or head.invoice_number or head.credit_note_number)
    return _finish(document, body, untouched="Open")


def _finish(document: SourceDocument, body: dict[str, Any], *, untouched: str) -> MappedRecord:
    head = document.head
    stated = head.outstanding_amount if document.sign > 0 else head.remaining_amount
    due = open_amount(document, stated, "outstanding-amount")
    status = progress_status(document, due, untouched)
    if status == "Paid" and any(one.is_write_off for one in document.allocated):
        status = "Void"  # the public API has no word for written off but this one
    body["amountDue"] = due
    body["status"] = status
    set_given(body, dueDate=_due_date(document), note=head.notes)
    changed_at = document.changed_at
    return MappedRecord(
        id=document.id,
        body=with_tail(body, changed_at, is_void=status == "Void"),
        order_date=document.issue_date,
        source_modified_at=None if status == "Void" else changed_at,
        sources=document.sources,
        warnings=status_warnings(document, status),
    )


def _due_date(document: SourceDocument) -> str | None:
    if document.head.due_date:
        return optional_date(document.head.due_date, "due-date")
    days = document.contact.terms_days
    if days is None:
        return None
    due = document.issue_date + dt.timedelta(days=days)
    return f"{due.isoformat()}T00:00:00"
