"""Entering, approving and voiding supplier bills."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from bookbridge.books.documents.errors import DueDateError
from bookbridge.books.documents.models import DocumentStatus
from bookbridge.books.documents.operations import (
    Books,
    Header,
    find_contact,
    find_document,
    lock_books,
    post_document,
    write_document,
)
from bookbridge.books.documents.rules import NewLine
from bookbridge.books.documents.voiding import void_document
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope
from bookbridge.books.purchases.models import Bill
from bookbridge.books.purchases.operations.kinds import BILL


def create_bill(
    *,
    organisation_id: int,
    supplier_id: int,
    date: dt.date,
    lines: Sequence[NewLine],
    actor: Actor,
    at: dt.datetime,
    due_date: dt.date | None = None,
    currency: str | None = None,
    rate: Decimal | None = None,
    reference: str = "",
    notes: str = "",
    rounding_policy: str = "by_line",
    status: str = DocumentStatus.APPROVED,
) -> Bill:
    """Enter a bill, as a draft or approved and posted at once; `reference` is its number.

    Without a due date the supplier's terms decide it. Raises the refusals of `documents.errors`
    and of the ledger.
    """
    header = Header(
        contact_id=supplier_id,
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
        supplier = find_contact(BILL, organisation_id, supplier_id)
        due_date = due_date or date + dt.timedelta(days=supplier.days_until_payment_due)
        if due_date < date:
            raise DueDateError
        bill = write_document(
            BILL,
            books,
            contact=supplier,
            header=header,
            lines=lines,
            extra={"due_date": due_date},
            at=at,
        )
        if status == DocumentStatus.DRAFT:
            return bill
        return _approve(books, bill, actor, at)


def approve_bill(*, organisation_id: int, bill_id: int, actor: Actor, at: dt.datetime) -> Bill:
    """Post a draft; raises UnknownDocumentError and NotDraftError."""
    with organisation_scope(organisation_id):
        books = lock_books(organisation_id)
        bill = find_document(BILL, organisation_id, bill_id)
        return _approve(books, bill, actor, at)


def void_bill(
    *,
    organisation_id: int,
    bill_id: int,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    date: dt.date | None = None,
) -> Bill:
    """Undo a bill by a reversal; refuses while anything is set against it."""
    with organisation_scope(organisation_id):
        lock_books(organisation_id)
        bill = find_document(BILL, organisation_id, bill_id)
        return void_document(BILL, document=bill, date=date, reason=reason, actor=actor, at=at)


def _approve(books: Books, bill: Bill, actor: Actor, at: dt.datetime) -> Bill:
    return post_document(
        BILL,
        books,
        bill,
        description=_("Bill %(number)s") % {"number": bill},
        actor=actor,
        at=at,
    )
