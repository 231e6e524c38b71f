"""Entering credit notes of suppliers, using them against bills, and voiding them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from bookbridge.books.documents.operations import (
    Header,
    find_contact,
    find_document,
    lock_books,
    post_document,
    write_document,
)
from bookbridge.books.documents.rules import NewAllocation, NewLine
from bookbridge.books.documents.settlements import (
    allocate_credit,
    end_credit_allocation,
    find_allocation,
)
from bookbridge.books.documents.voiding import void_document
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope
from bookbridge.books.purchases.models import BillCreditNote, BillCreditNoteAllocation
from bookbridge.books.purchases.operations.kinds import BILL_CREDIT_NOTE, CREDIT


def create_bill_credit_note(
    *,
    organisation_id: int,
    supplier_id: int,
    date: dt.date,
    lines: Sequence[NewLine],
    actor: Actor,
    at: dt.datetime,
    currency: str | None = None,
    rate: Decimal | None = None,
    reference: str = "",
    notes: str = "",
    rounding_policy: str = "by_line",
    allocations: Sequence[NewAllocation] = (),
) -> BillCreditNote:
    """Post a credit note and use it against the bills given; the rest stands on account."""
    header = Header(
        contact_id=supplier_id,
        date=date,
        currency=currency,
        rate=rate,
        reference=reference,
        notes=notes,
        rounding_policy=rounding_policy,
    )
    with organisation_scope(organisation_id):
        books = lock_books(organisation_id)
        supplier = find_contact(BILL_CREDIT_NOTE, organisation_id, supplier_id)
        note = write_document(
            BILL_CREDIT_NOTE,
            books,
            contact=supplier,
            header=header,
            lines=lines,
            extra={},
            at=at,
        )
        post_document(
            BILL_CREDIT_NOTE,
            books,
            note,
            description=_("Supplier credit note %(number)s") % {"number": note},
            actor=actor,
            at=at,
        )
        allocate_credit(
            CREDIT, books, note=note, allocations=allocations, date=date, actor=actor, at=at
        )
        return note


def allocate_bill_credit_note(
    *,
    organisation_id: int,
    credit_note_id: int,
    allocations: Sequence[NewAllocation],
    date: dt.date,
    actor: Actor,
    at: dt.datetime,
) -> list[BillCreditNoteAllocation]:
    """Use what is left of a credit note against bills of the same supplier."""
    with organisation_scope(organisation_id):
        books = lock_books(organisation_id)
        note = find_document(BILL_CREDIT_NOTE, organisation_id, credit_note_id)
        return allocate_credit(
            CREDIT, books, note=note, allocations=allocations, date=date, actor=actor, at=at
        )


def remove_bill_credit_note_allocation(
    *,
    organisation_id: int,
    allocation_id: int,
    actor: Actor,
    at: dt.datetime,
    date: dt.date | None = None,
) -> None:
    """Take a credit note off a bill again; both are open once more."""
    with organisation_scope(organisation_id):
        lock_books(organisation_id)
        allocation = find_allocation(CREDIT, organisation_id, allocation_id)
        end_credit_allocation(CREDIT, allocation=allocation, date=date, actor=actor, at=at)


def void_bill_credit_note(
    *,
    organisation_id: int,
    credit_note_id: int,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    date: dt.date | None = None,
) -> BillCreditNote:
    """Undo a credit note by a reversal; refuses while it is used against anything."""
    with organisation_scope(organisation_id):
        lock_books(organisation_id)
        note = find_document(BILL_CREDIT_NOTE, organisation_id, credit_note_id)
        return void_document(
            BILL_CREDIT_NOTE, document=note, date=date, reason=reason, actor=actor, at=at
        )
