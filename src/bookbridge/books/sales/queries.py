"""Reads of invoices, credit notes, write-offs and items."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import connection
from django.db.models import Q, QuerySet

from bookbridge.books.documents.models import DocumentStatus
from bookbridge.books.sales.models import (
    CreditNote,
    CreditNoteAllocation,
    Invoice,
    Item,
    WriteOff,
)

INVOICE_SORTS = {
    "": ("id",),
    "date": ("date", "id"),
    "-date": ("-date", "-id"),
    "due_date": ("due_date", "id"),
    "-due_date": ("-due_date", "-id"),
    "number": ("number", "id"),
    "-number": ("-number", "-id"),
    "customer": ("customer__name", "id"),
    "-customer": ("-customer__name", "-id"),
    "total": ("total_amount", "id"),
    "-total": ("-total_amount", "-id"),
    "outstanding": ("outstanding_amount", "id"),
    "-outstanding": ("-outstanding_amount", "-id"),
}
CREDIT_NOTE_SORTS = {key: fields for key, fields in INVOICE_SORTS.items() if "due_date" not in key}


def invoices(
    organisation_id: int,
    *,
    customer_id: int | None = None,
    status: str | None = None,
    search: str = "",
    only_open: bool = False,
    overdue_on: dt.date | None = None,
    sort: str = "",
) -> QuerySet[Invoice]:
    """Invoices with their customers; in the order they were made unless another sort is known."""
    found = Invoice.objects.select_related("customer").filter(organisation_id=organisation_id)
    if customer_id is not None:
        found = found.filter(customer_id=customer_id)
    if status:
        found = found.filter(status=status)
    if search:
        found = found.filter(_matches(search))
    if only_open or overdue_on is not None:
        found = found.filter(status=DocumentStatus.APPROVED).exclude(outstanding_amount=0)
    if overdue_on is not None:
        found = found.filter(due_date__lt=overdue_on)
    return found.order_by(*INVOICE_SORTS.get(sort, ("id",)))


def credit_notes(
    organisation_id: int,
    *,
    customer_id: int | None = None,
    status: str | None = None,
    search: str = "",
    only_open: bool = False,
    sort: str = "",
) -> QuerySet[CreditNote]:
    """Credit notes with their customers."""
    found = CreditNote.objects.select_related("customer").filter(organisation_id=organisation_id)
    if customer_id is not None:
        found = found.filter(customer_id=customer_id)
    if status:
        found = found.filter(status=status)
    if search:
        found = found.filter(_matches(search))
    if only_open:
        found = found.filter(status=DocumentStatus.APPROVED).exclude(outstanding_amount=0)
    return found.order_by(*CREDIT_NOTE_SORTS.get(sort, ("id",)))


def invoice(organisation_id: int, invoice_id: int) -> Invoice | None:
    return invoices(organisation_id).filter(pk=invoice_id).first()


def credit_note(organisation_id: int, credit_note_id: int) -> CreditNote | None:
    return credit_notes(organisation_id).filter(pk=credit_note_id).first()


def write_offs(organisation_id: int) -> QuerySet[WriteOff]:
    return (
        WriteOff.objects.select_related("invoice", "entry")
        .filter(organisation_id=organisation_id)
        .order_by("id")
    )


def items(organisation_id: int, *, search: str = "") -> QuerySet[Item]:
    found = Item.objects.filter(organisation_id=organisation_id)
    if search:
        found = found.filter(Q(name__icontains=search) | Q(code__icontains=search))
    return found.order_by("id")


def credit_allocations(
    organisation_id: int,
    *,
    invoice_ids: Iterable[int] | None = None,
    credit_note_ids: Iterable[int] | None = None,
) -> QuerySet[CreditNoteAllocation]:
    """Credits in force, of some invoices or some credit notes."""
    found = CreditNoteAllocation.objects.filter(
        organisation_id=organisation_id, reversed_on=None
    ).select_related("credit_note", "invoice")
    if invoice_ids is not None:
        found = found.filter(invoice_id__in=list(invoice_ids))
    if credit_note_ids is not None:
        found = found.filter(credit_note_id__in=list(credit_note_ids))
    return found.order_by("date", "id")


def known_numbers(organisation_id: int, numbers: Iterable[str]) -> dict[str, tuple[str, int]]:
    """Which of these numbers are in use: by which kind of document, and its id."""
    wanted = list(numbers)
    found: dict[str, tuple[str, int]] = {}
    for kind, model in (("INVOICE", Invoice), ("CREDIT_NOTE", CreditNote)):
        rows = model._default_manager.filter(
            organisation_id=organisation_id, number__in=wanted
        ).values_list("number", "id")
        found.update({number: (kind, pk) for number, pk in rows if number})
    return found


def next_write_off_id() -> int:
    """An id for a write-off whose entry must name it before its row is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('sales_writeoff', 'id'))")
        return int(cursor.fetchone()[0])


def _matches(search: str) -> Q:
    return (
        Q(number__icontains=search)
        | Q(reference__icontains=search)
        | Q(customer__name__icontains=search)
        | Q(customer__business_name__icontains=search)
    )
