"""Undoing a bank transaction."""

from __future__ import annotations

import datetime as dt

from bookbridge.books.banking.models import (
    BankTransaction,
    BankTransactionAllocation,
    BankTransactionLine,
    ImportedBankTransaction,
    ImportedStatus,
    TransactionStatus,
)
from bookbridge.books.banking.operations.allocating import document_of
from bookbridge.books.banking.operations.transactions import find_bank_transaction
from bookbridge.books.documents.errors import AlreadyVoidError, DateBeforeDocumentError
from bookbridge.books.documents.models import moved
from bookbridge.books.documents.operations import lock_books
from bookbridge.books.documents.settlements import unsettle
from bookbridge.books.ledger.models import SourceType
from bookbridge.books.ledger.operations import reverse_entry
from bookbridge.books.ledger.rules import ZERO, Source
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope


def void_bank_transaction(
    *,
    organisation_id: int,
    bank_transaction_id: int,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    date: dt.date | None = None,
) -> BankTransaction:
    """Undo a bank transaction: its entry is reversed, its documents are open again.

    An imported line that it confirmed returns to Check. Raises AlreadyVoidError,
    DateBeforeDocumentError and the ledger's refusals.
    """
    with organisation_scope(organisation_id):
        lock_books(organisation_id)
        transaction = find_bank_transaction(organisation_id, bank_transaction_id)
        if transaction.is_void:
            raise AlreadyVoidError(transaction)
        void_date = date or transaction.date
        if void_date < transaction.date:
            raise DateBeforeDocumentError(transaction.date)
        source = Source(SourceType.BANK_TRANSACTION, transaction.pk)
        _end_allocations(transaction, void_date, reason, actor, at)
        if transaction.entry_id is not None:
            reverse_entry(
                organisation_id=organisation_id,
                entry_id=transaction.entry_id,
                date=void_date,
                reason=reason,
                actor=actor,
                at=at,
                source=source,
            )
        BankTransactionLine.objects.filter(
            organisation_id=organisation_id, bank_transaction_id=transaction.pk
        ).update(unallocated_amount=ZERO, unallocated_base=ZERO)
        ImportedBankTransaction.objects.filter(
            organisation_id=organisation_id, bank_transaction_id=transaction.pk
        ).update(status=ImportedStatus.TO_CHECK, bank_transaction_id=None, updated_at=moved(at))
        BankTransaction.objects.filter(organisation_id=organisation_id, pk=transaction.pk).update(
            status=TransactionStatus.VOID,
            void_date=void_date,
            void_reason=reason[:500],
            updated_at=moved(at),
        )
        transaction.refresh_from_db()
        return transaction


def _end_allocations(
    transaction: BankTransaction,
    void_date: dt.date,
    reason: str,
    actor: Actor,
    at: dt.datetime,
) -> None:
    running = BankTransactionAllocation.objects.filter(
        organisation_id=transaction.organisation_id,
        bank_transaction_id=transaction.pk,
        reversed_on=None,
    ).order_by("id")
    for allocation in running:
        unsettle(document_of(allocation), allocation.amount, allocation.base_amount, at)
        ended_on = max(void_date, allocation.date)
        if allocation.entry_id is not None:
            reverse_entry(
                organisation_id=transaction.organisation_id,
                entry_id=allocation.entry_id,
                date=ended_on,
                reason=reason,
                actor=actor,
                at=at,
                source=Source(SourceType.BANK_TRANSACTION, transaction.pk),
            )
        allocation.reversed_on = ended_on
        allocation.save(update_fields=["reversed_on"])
