"""Making credit notes for customers, using them against invoices, and voiding them."""

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
from bookbridge.books.sales.models import CreditNote, CreditNoteAllocation, NumberedDocument
from bookbridge.books.sales.operations.kinds import CREDIT, CREDIT_NOTE
from bookbridge.books.sales.operations.numbering import given_number, next_number


def create_credit_note(
    *,
    organisation_id: int,
    customer_id: int,
    date: dt.date,
    lines: Sequence[NewLine],
    actor: Actor,
    at: dt.datetime,
    number: str | None = None,
    currency: str | None = None,
    rate: Decimal | None = None,
    reference: str = "",
    notes: str = "",
    rounding_policy: str = "by_line",
    allocations: Sequence[NewAllocation] = (),
) -> CreditNote:
    """Post a credit note and use it against the invoices given; the rest stands on account."""
    header = Header(
        contact_id=customer_id,
        date=date,
        currency=currency,
        rate=rate,
        reference=reference,
        notes=notes,
        rounding_policy=rounding_policy,
    )
    with organisation_scope(organisation_id):
        books = lock_books(organisation_id)
        customer = find_contact(CREDIT_NOTE, organisation_id, customer_id)
        if number:
            number = given_number(organisation_id, NumberedDocument.CREDIT_NOTE, number)
        else:
            number = next_number(organisation_id, NumberedDocument.CREDIT_NOTE)
        note = write_document(
            CREDIT_NOTE,
            books,
            contact=customer,
            header=header,
            lines=lines,
            extra={"number": number},
            at=at,
        )
        post_document(
            CREDIT_NOTE,
            books,
            note,
            description=_("Credit note %(number)s") % {"number": number},
            actor=actor,
            at=at,
        )
        allocate_credit(
            CREDIT, books, note=note, allocations=allocations, date=date, actor=actor, at=at
        )
        return note


def allocate_credit_note(
    *,
    organisation_id: int,
    credit_note_id: int,
    allocations: Sequence[NewAllocation],
    date: dt.date,
    actor: Actor,
    at: dt.datetime,
) -> list[CreditNoteAllocation]:
    """Use what is left of a credit note against invoices of the same customer."""
    with organisation_scope(organisation_id):
        books = lock_books(organisation_id)
        note = find_document(CREDIT_NOTE, organisation_id, credit_note_id)
        return allocate_credit(
            CREDIT, books, note=note, allocations=allocations, date=date, actor=actor, at=at
        )


def remove_credit_note_allocation(
    *,
    organisation_id: int,
    allocation_id: int,
    actor: Actor,
    at: dt.datetime,
    date: dt.date | None = None,
) -> None:
    """Take a credit note off an invoice again; both are open once more."""
    with organisation_scope(organisation_id):
        lock_books(organisation_id)
        allocation = find_allocation(CREDIT, organisation_id, allocation_id)
        end_credit_allocation(CREDIT, allocation=allocation, date=date, actor=actor, at=at)


def void_credit_note(
    *,
    organisation_id: int,
    credit_note_id: int,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    date: dt.date | None = None,
) -> CreditNote:
    """Undo a credit note by a reversal; refuses while it is used against anything."""
    with organisation_scope(organisation_id):
        lock_books(organisation_id)
        note = find_document(CREDIT_NOTE, organisation_id, credit_note_id)
        return void_document(
            CREDIT_NOTE, document=note, date=date, reason=reason, actor=actor, at=at
        )
