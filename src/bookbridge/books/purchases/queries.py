"""Reads of bills and supplier credit notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from bookbridge.books.documents.models import DocumentStatus
from bookbridge.books.purchases.models import Bill, BillCreditNote, BillCreditNoteAllocation

BILL_SORTS = {
    "": ("id",),
    "date": ("date", "id"),
    "-date": ("-date", "-id"),
    "due_date": ("due_date", "id"),
    "-due_date": ("-due_date", "-id"),
    "number": ("reference", "id"),
    "-number": ("-reference", "-id"),
    "supplier": ("supplier__name", "id"),
    "-supplier": ("-supplier__name", "-id"),
    "total": ("total_amount", "id"),
    "-total": ("-total_amount", "-id"),
    "outstanding": ("outstanding_amount", "id"),
    "-outstanding": ("-outstanding_amount", "-id"),
}
CREDIT_NOTE_SORTS = {key: fields for key, fields in BILL_SORTS.items() if "due_date" not in key}


def bills(
    organisation_id: int,
    *,
    supplier_id: int | None = None,
    status: str | None = None,
    search: str = "",
    only_open: bool = False,
    overdue_on: dt.date | None = None,
    sort: str = "",
) -> QuerySet[Bill]:
    """Bills with their suppliers; in the order they were made unless another sort is known."""
    found = Bill.objects.select_related("supplier").filter(organisation_id=organisation_id)
    if supplier_id is not None:
        found = found.filter(supplier_id=supplier_id)
    if status:
        found = found.filter(status=status)
    if search:
        found = found.filter(_matches(search))
    if only_open or overdue_on is not None:
        found = found.filter(status=DocumentStatus.APPROVED).exclude(outstanding_amount=0)
    if overdue_on is not None:
        found = found.filter(due_date__lt=overdue_on)
    return found.order_by(*BILL_SORTS.get(sort, ("id",)))


def bill_credit_notes(
    organisation_id: int,
    *,
    supplier_id: int | None = None,
    status: str | None = None,
    search: str = "",
    only_open: bool = False,
    sort: str = "",
) -> QuerySet[BillCreditNote]:
    """Supplier credit notes with their suppliers."""
    found = BillCreditNote.objects.select_related("supplier").filter(
        organisation_id=organisation_id
    )
    if supplier_id is not None:
        found = found.filter(supplier_id=supplier_id)
    if status:
        found = found.filter(status=status)
    if search:
        found = found.filter(_matches(search))
    if only_open:
        found = found.filter(status=DocumentStatus.APPROVED).exclude(outstanding_amount=0)
    return found.order_by(*CREDIT_NOTE_SORTS.get(sort, ("id",)))


def bill(organisation_id: int, bill_id: int) -> Bill | None:
    return bills(organisation_id).filter(pk=bill_id).first()


def bill_credit_note(organisation_id: int, credit_note_id: int) -> BillCreditNote | None:
    return bill_credit_notes(organisation_id).filter(pk=credit_note_id).first()


def bill_credit_allocations(
    organisation_id: int,
    *,
    bill_ids: Iterable[int] | None = None,
    credit_note_ids: Iterable[int] | None = None,
) -> QuerySet[BillCreditNoteAllocation]:
    """Credits in force, of some bills or some supplier credit notes."""
    found = BillCreditNoteAllocation.objects.filter(
        organisation_id=organisation_id, reversed_on=None
    ).select_related("credit_note", "bill")
    if bill_ids is not None:
        found = found.filter(bill_id__in=list(bill_ids))
    if credit_note_ids is not None:
        found = found.filter(credit_note_id__in=list(credit_note_ids))
    return found.order_by("date", "id")


def _matches(search: str) -> Q:
    return (
        Q(reference__icontains=search)
        | Q(supplier__name__icontains=search)
        | Q(supplier__business_name__icontains=search)
    )
