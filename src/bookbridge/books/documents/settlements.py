"""Setting payments, credits and write-offs against documents, and taking them off again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bookbridge.books.documents.errors import (
    AllocationAmountError,
    AllocationEndedError,
    DateBeforeDocumentError,
    NotApprovedError,
    OutstandingExceededError,
    UnknownDocumentError,
    WrongContactError,
    WrongCurrencyError,
)
from bookbridge.books.documents.kinds import A, CreditKind
from bookbridge.books.documents.models import Document
from bookbridge.books.documents.operations import Books, find_document, save_changes
from bookbridge.books.documents.rules import (
    NewAllocation,
    exchange_postings,
    is_money,
    released,
)
from bookbridge.books.ledger.models import Role
from bookbridge.books.ledger.operations import post_entry, reverse_entry
from bookbridge.books.ledger.rules import Source
from bookbridge.books.organisations.rules import Actor


def settle(document: Document, amount: Decimal, at: dt.datetime) -> Decimal:
    """Take an amount off what is outstanding; returns what it takes off in base currency.

    Raises NotApprovedError, AllocationAmountError and OutstandingExceededError.
    """
    if not document.is_approved:
        raise NotApprovedError(document)
    if amount <= 0 or not is_money(amount):
        raise AllocationAmountError
    if amount > document.outstanding_amount:
        raise OutstandingExceededError(
            document, amount, document.outstanding_amount, document.currency
        )
    base = released(amount, document.outstanding_amount, document.base_outstanding, document.rate)
    document.outstanding_amount -= amount
    document.base_outstanding -= base
    save_changes(document, at, "outstanding_amount", "base_outstanding")
    return base


def unsettle(document: Document, amount: Decimal, base: Decimal, at: dt.datetime) -> None:
    """Put back what `settle` took off."""
    document.outstanding_amount += amount
    document.base_outstanding += base
    save_changes(document, at, "outstanding_amount", "base_outstanding")


def check_pair(document: Document, *, contact_id: int, currency: str) -> None:
    """Raises WrongContactError and WrongCurrencyError unless both belong together."""
    if document.contact_id != contact_id:
        raise WrongContactError(document)
    if document.currency != currency:
        raise WrongCurrencyError(document, document.currency, currency)


def allocate_credit(
    credit: CreditKind[A],
    books: Books,
    *,
    note: Document,
    allocations: Sequence[NewAllocation],
    date: dt.date,
    actor: Actor,
    at: dt.datetime,
) -> list[A]:
    """Use a credit note against documents of the same contact and currency.

    Where the two were converted at different rates the difference is realised, with an entry of
    its own. Raises what `settle` and `check_pair` raise, and DateBeforeDocumentError.
    """
    return [
        _allocate_one(credit, books, note, allocation, date, actor, at)
        for allocation in allocations
    ]


def _allocate_one(
    credit: CreditKind[A],
    books: Books,
    note: Document,
    allocation: NewAllocation,
    date: dt.date,
    actor: Actor,
    at: dt.datetime,
) -> A:
    target = find_document(credit.target, books.organisation.pk, allocation.document_id)
    check_pair(target, contact_id=note.contact_id, currency=note.currency)
    if date < max(note.date, target.date):
        raise DateBeforeDocumentError(max(note.date, target.date))
    base = settle(target, allocation.amount, at)
    credit_base = settle(note, allocation.amount, at)
    made = credit.model(
        organisation_id=books.organisation.pk,
        date=date,
        amount=allocation.amount,
        base_amount=base,
        credit_base_amount=credit_base,
        created_at=at,
        credit_note_id=note.pk,
        **{f"{credit.target_field}_id": target.pk},
    )
    gained = credit_base - base if credit.target.debits_control else base - credit_base
    if gained:
        made.entry = post_entry(
            organisation_id=books.organisation.pk,
            date=date,
            description=f"{note} / {target}",
            source=Source(credit.note.source_type, note.pk),
            lines=_exchange_lines(credit, books, note, gained),
            actor=actor,
            at=at,
        )
    made.save(force_insert=True)
    return made


def _exchange_lines(
    credit: CreditKind[A], books: Books, note: Document, control_amount: Decimal
) -> list[Any]:
    return exchange_postings(
        control_account_id=books.account_id(credit.note.control_role),
        exchange_account_id=books.account_id(Role.EXCHANGE),
        control_amount=control_amount,
        currency=note.currency,
        **{f"{credit.note.contact_field}_id": note.contact_id},
    )


def find_allocation(credit: CreditKind[A], organisation_id: int, allocation_id: int) -> A:
    found = credit.model._default_manager.filter(
        organisation_id=organisation_id, pk=allocation_id
    ).first()
    if found is None:
        raise UnknownDocumentError("allocation", allocation_id)
    return found


def end_credit_allocation(
    credit: CreditKind[A],
    *,
    allocation: A,
    date: dt.date | None,
    actor: Actor,
    at: dt.datetime,
) -> None:
    """Take a credit off a document again; raises AllocationEndedError."""
    if allocation.reversed_on is not None:
        raise AllocationEndedError
    ended_on = date or allocation.date
    if ended_on < allocation.date:
        raise DateBeforeDocumentError(allocation.date)
    organisation_id = allocation.organisation_id
    note_id: int = getattr(allocation, "credit_note_id")  # noqa: B009
    note = find_document(credit.note, organisation_id, note_id)
    target_id = getattr(allocation, f"{credit.target_field}_id")
    target = find_document(credit.target, organisation_id, target_id)
    unsettle(target, allocation.amount, allocation.base_amount, at)
    unsettle(note, allocation.amount, allocation.credit_base_amount, at)
    if allocation.entry_id is not None:
        reverse_entry(
            organisation_id=organisation_id,
            entry_id=allocation.entry_id,
            date=ended_on,
            reason="",
            actor=actor,
            at=at,
            source=Source(credit.note.source_type, note.pk),
        )
    allocation.reversed_on = ended_on
    allocation.save(update_fields=["reversed_on"])
