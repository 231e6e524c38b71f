"""Making, approving, sending and voiding sales invoices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from bookbridge.books.documents.errors import AlreadyVoidError, DueDateError
from bookbridge.books.documents.models import DocumentStatus
from bookbridge.books.documents.operations import (
    Books,
    Header,
    find_contact,
    find_document,
    lock_books,
    post_document,
    save_changes,
    write_document,
)
from bookbridge.books.documents.rules import NewLine
from bookbridge.books.documents.voiding import void_document
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope
from bookbridge.books.sales.models import Invoice, NumberedDocument
from bookbridge.books.sales.operations.kinds import INVOICE
from bookbridge.books.sales.operations.numbering import given_number, next_number


def create_invoice(
    *,
    organisation_id: int,
    customer_id: int,
    date: dt.date,
    lines: Sequence[NewLine],
    actor: Actor,
    at: dt.datetime,
    due_date: dt.date | None = None,
    number: str | None = None,
    currency: str | None = None,
    rate: Decimal | None = None,
    reference: str = "",
    notes: str = "",
    rounding_policy: str = "by_line",
    status: str = DocumentStatus.APPROVED,
    is_sent: bool = False,
) -> Invoice:
    """Enter an invoice, as a draft or approved and posted at once.

    Without a due date the customer's terms decide it; without a number an approved invoice takes
    the next one. Raises the refusals of `documents.errors` and of the ledger.
    """
    header = Header(
        contact_id=customer_id,
        date=date,
        currency=currency,
        rate=rate,
        reference=reference,
        notes=notes,
        rounding_policy=rounding_policy,
        status=status,
    )
    with organisation_scope(organisation_id):
        books = lock_books(organisation_id)
        customer = find_contact(INVOICE, organisation_id, customer_id)
        due_date = due_date or date + dt.timedelta(days=customer.days_until_payment_due)
        if due_date < date:
            raise DueDateError
        if number:
            number = given_number(organisation_id, NumberedDocument.INVOICE, number)
        invoice = write_document(
            INVOICE,
            books,
            contact=customer,
            header=header,
            lines=lines,
            extra={"due_date": due_date, "number": number or None, "is_sent": is_sent},
            at=at,
        )
        if status == DocumentStatus.DRAFT:
            return invoice
        return _approve(books, invoice, actor, at)


def approve_invoice(
    *, organisation_id: int, invoice_id: int, actor: Actor, at: dt.datetime
) -> Invoice:
    """Give a draft its number and post it; raises UnknownDocumentError and NotDraftError."""
    with organisation_scope(organisation_id):
        books = lock_books(organisation_id)
        invoice = find_document(INVOICE, organisation_id, invoice_id)
        return _approve(books, invoice, actor, at)


def mark_invoice_sent(
    *, organisation_id: int, invoice_id: int, actor: Actor, at: dt.datetime
) -> Invoice:
    """Note that the customer has the invoice; sent or not changes nothing in the ledger."""
    with organisation_scope(organisation_id):
        lock_books(organisation_id)
        invoice = find_document(INVOICE, organisation_id, invoice_id)
        if invoice.is_void:
            raise AlreadyVoidError(invoice)
        if not invoice.is_sent:
            invoice.is_sent = True
            save_changes(invoice, at, "is_sent")
        return invoice


def void_invoice(
    *,
    organisation_id: int,
    invoice_id: int,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    date: dt.date | None = None,
) -> Invoice:
    """Undo an invoice by a reversal; refuses while anything is set against it."""
    with organisation_scope(organisation_id):
        lock_books(organisation_id)
        invoice = find_document(INVOICE, organisation_id, invoice_id)
        return void_document(
            INVOICE, document=invoice, date=date, reason=reason, actor=actor, at=at
        )


def _approve(books: Books, invoice: Invoice, actor: Actor, at: dt.datetime) -> Invoice:
    if invoice.is_draft and invoice.number is None:
        invoice.number = next_number(invoice.organisation_id, NumberedDocument.INVOICE)
    return post_document(
        INVOICE,
        books,
        invoice,
        description=_("Invoice %(number)s") % {"number": invoice.number},
        actor=actor,
        at=at,
        also_changed=("number",),
    )
