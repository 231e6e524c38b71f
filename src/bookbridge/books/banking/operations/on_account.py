"""Using money on account against documents that came later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from bookbridge.books.banking.models import (
    BankTransaction,
    BankTransactionAllocation,
    BankTransactionLine,
)
from bookbridge.books.banking.operations.allocating import (
    Settled,
    new_allocation,
    settle_documents,
)
from bookbridge.books.banking.operations.transactions import find_bank_transaction
from bookbridge.books.documents.errors import AlreadyVoidError, DateBeforeDocumentError
from bookbridge.books.documents.models import moved
from bookbridge.books.documents.operations import Books, lock_books
from bookbridge.books.documents.rules import NewAllocation, exchange_postings, released
from bookbridge.books.ledger.models import JournalEntry, Role, SourceType
from bookbridge.books.ledger.operations import post_entry
from bookbridge.books.ledger.rules import Source
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope


def allocate_bank_transaction(
    *,
    organisation_id: int,
    bank_transaction_id: int,
    allocations: Sequence[NewAllocation],
    date: dt.date,
    actor: Actor,
    at: dt.datetime,
) -> list[BankTransactionAllocation]:
    """Set money on account against documents of the same contact.

    Where payment and document were converted at different rates the difference is realised, with
    an entry of its own. Raises AlreadyVoidError, DateBeforeDocumentError and what
    `settle_documents` raises.
    """
    with organisation_scope(organisation_id):
        books = lock_books(organisation_id)
        transaction = find_bank_transaction(organisation_id, bank_transaction_id)
        if transaction.is_void:
            raise AlreadyVoidError(transaction)
        lines = _contact_lines(transaction)
        is_supplier = any(line.supplier_id is not None for line in lines.values())
        settled = settle_documents(
            organisation_id=organisation_id,
            is_money_out=transaction.is_money_out,
            side="supplier" if is_supplier else "customer",
            available={pk: line.unallocated_amount for pk, line in lines.items()},
            currency=transaction.currency,
            allocations=allocations,
            at=at,
        )
        made = [
            _use(books, transaction, lines[contact_id], one, date, actor, at)
            for contact_id, of_contact in settled.items()
            for one in of_contact
        ]
        BankTransaction.objects.filter(organisation_id=organisation_id, pk=transaction.pk).update(
            updated_at=moved(at)
        )
        return made


def _contact_lines(transaction: BankTransaction) -> dict[int, BankTransactionLine]:
    rows = BankTransactionLine.objects.filter(
        organisation_id=transaction.organisation_id, bank_transaction_id=transaction.pk
    )
    by_contact = {}
    for row in rows:
        contact_id = row.customer_id or row.supplier_id
        if contact_id is not None:
            by_contact[contact_id] = row
    return by_contact


def _use(
    books: Books,
    transaction: BankTransaction,
    line: BankTransactionLine,
    settled: Settled,
    date: dt.date,
    actor: Actor,
    at: dt.datetime,
) -> BankTransactionAllocation:
    earliest = max(transaction.date, settled.document.date)
    if date < earliest:
        raise DateBeforeDocumentError(earliest)
    money_base = released(
        settled.amount,
        line.unallocated_amount,
        line.unallocated_base,
        transaction.conversion_rate,
    )
    line.unallocated_amount -= settled.amount
    line.unallocated_base -= money_base
    BankTransactionLine.objects.filter(
        organisation_id=line.organisation_id,
        bank_transaction_id=transaction.pk,
        position=line.position,
    ).update(unallocated_amount=line.unallocated_amount, unallocated_base=line.unallocated_base)
    allocation = new_allocation(
        transaction, line, settled, date=date, money_base_amount=money_base, at=at
    )
    gained = money_base - settled.base_amount
    if gained:
        control = -gained if transaction.is_money_out else gained
        allocation.entry = _exchange_entry(
            books, transaction, line, settled, control, date, actor, at
        )
    allocation.save(force_insert=True)
    return allocation


def _exchange_entry(
    books: Books,
    transaction: BankTransaction,
    line: BankTransactionLine,
    settled: Settled,
    control_amount: Decimal,
    date: dt.date,
    actor: Actor,
    at: dt.datetime,
) -> JournalEntry:
    is_customer = line.customer_id is not None
    role = Role.TRADE_DEBTORS if is_customer else Role.TRADE_CREDITORS
    return post_entry(
        organisation_id=transaction.organisation_id,
        date=date,
        description=_("Money on account used for %(document)s") % {"document": settled.document},
        source=Source(SourceType.BANK_TRANSACTION, transaction.pk),
        lines=exchange_postings(
            control_account_id=books.account_id(role),
            exchange_account_id=books.account_id(Role.EXCHANGE),
            control_amount=control_amount,
            currency=transaction.currency,
            customer_id=line.customer_id,
            supplier_id=line.supplier_id,
        ),
        actor=actor,
        at=at,
    )
