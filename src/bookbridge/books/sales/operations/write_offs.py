"""Giving up on an invoice: the amount goes to bad debts, gross of VAT."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from bookbridge.books.documents.errors import (
    AllocationEndedError,
    DateBeforeDocumentError,
    NotApprovedError,
    UnknownDocumentError,
)
from bookbridge.books.documents.models import moved
from bookbridge.books.documents.operations import Books, find_document, lock_books
from bookbridge.books.documents.settlements import settle, unsettle
from bookbridge.books.ledger.models import Role, SourceType
from bookbridge.books.ledger.operations import post_entry, reverse_entry
from bookbridge.books.ledger.rules import PostingLine, Source
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope
from bookbridge.books.sales.models import Invoice, WriteOff
from bookbridge.books.sales.operations.kinds import INVOICE
from bookbridge.books.sales.queries import next_write_off_id


def write_off_invoice(
    *,
    organisation_id: int,
    invoice_id: int,
    date: dt.date,
    actor: Actor,
    at: dt.datetime,
    amount: Decimal | None = None,
    reason: str = "",
) -> WriteOff:
    """Write off what is outstanding on an invoice, or part of it.

    VAT stays as it is: relief is claimed six months later, if at all. Raises what `settle` raises.
    """
    with organisation_scope(organisation_id):
        books = lock_books(organisation_id)
        invoice = find_document(INVOICE, organisation_id, invoice_id)
        if not invoice.is_approved:
            raise NotApprovedError(invoice)
        if date < invoice.date:
            raise DateBeforeDocumentError(invoice.date)
        taken = invoice.outstanding_amount if amount is None else amount
        base = settle(invoice, taken, at)
        write_off_id = next_write_off_id()
        entry = post_entry(
            organisation_id=organisation_id,
            date=date,
            description=_("Write-off of %(invoice)s") % {"invoice": invoice},
            source=Source(SourceType.WRITE_OFF, write_off_id),
            lines=_postings(books, invoice, taken, base),
            reference=(invoice.number or "")[:120],
            reason=reason,
            actor=actor,
            at=at,
        )
        return WriteOff.objects.create(
            id=write_off_id,
            organisation_id=organisation_id,
            invoice=invoice,
            date=date,
            amount=taken,
            base_amount=base,
            reason=reason[:500],
            account_id=books.account_id(Role.BAD_DEBTS),
            entry=entry,
            created_at=at,
            updated_at=at,
        )


def void_write_off(
    *,
    organisation_id: int,
    write_off_id: int,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    date: dt.date | None = None,
) -> WriteOff:
    """Undo a write-off, as when the customer pays after all; the invoice is open again."""
    with organisation_scope(organisation_id):
        lock_books(organisation_id)
        write_off = WriteOff.objects.filter(
            organisation_id=organisation_id, pk=write_off_id
        ).first()
        if write_off is None:
            raise UnknownDocumentError(_("write-off"), write_off_id)
        if write_off.reversed_on is not None:
            raise AllocationEndedError
        ended_on = date or write_off.date
        reverse_entry(
            organisation_id=organisation_id,
            entry_id=write_off.entry_id,
            date=ended_on,
            reason=reason,
            actor=actor,
            at=at,
            source=Source(SourceType.WRITE_OFF, write_off.pk),
        )
        invoice = find_document(INVOICE, organisation_id, write_off.invoice_id)
        unsettle(invoice, write_off.amount, write_off.base_amount, at)
        WriteOff.objects.filter(organisation_id=organisation_id, pk=write_off.pk).update(
            reversed_on=ended_on, updated_at=moved(at)
        )
        write_off.refresh_from_db()
        return write_off


def _postings(books: Books, invoice: Invoice, amount: Decimal, base: Decimal) -> list[PostingLine]:
    return [
        PostingLine(
            account_id=books.account_id(Role.BAD_DEBTS),
            amount=base,
            currency=invoice.currency,
            foreign_amount=amount,
            rate=invoice.rate,
        ),
        PostingLine(
            account_id=books.account_id(Role.TRADE_DEBTORS),
            amount=-base,
            currency=invoice.currency,
            foreign_amount=-amount,
            rate=invoice.rate,
            customer_id=invoice.customer_id,
        ),
    ]
