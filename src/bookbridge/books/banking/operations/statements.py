"""The Check queue: bringing in statement lines, confirming them, setting them aside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from bookbridge.books.banking.errors import (
    ConfirmationAmountError,
    NotToCheckError,
    StatementLineError,
    TransactionTypeError,
    UnknownImportedError,
)
from bookbridge.books.banking.models import (
    MONEY_OUT,
    BankTransaction,
    ImportedBankTransaction,
    ImportedStatus,
    TransactionType,
)
from bookbridge.books.banking.operations.accounts import find_bank_account
from bookbridge.books.banking.operations.transactions import enter_bank_transaction
from bookbridge.books.banking.rules import NewBankLine, NewStatementLine, fingerprints
from bookbridge.books.documents.models import moved
from bookbridge.books.documents.operations import lock_books
from bookbridge.books.documents.rules import NewAllocation, is_money
from bookbridge.books.ledger.rules import ZERO
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope

ROWS_PER_STATEMENT = 1000


def import_bank_lines(
    *,
    organisation_id: int,
    bank_account_id: int,
    lines: Sequence[NewStatementLine],
    actor: Actor,
    at: dt.datetime,
) -> list[ImportedBankTransaction]:
    """Bring statement lines to Check; lines known from an earlier import are left out.

    Returns the new ones. Raises UnknownBankAccountError and StatementLineError, all or nothing.
    """
    for position, line in enumerate(lines, 1):
        if not _is_one_way(line.money_in, line.money_out):
            raise StatementLineError(position)
    with organisation_scope(organisation_id):
        lock_books(organisation_id)
        account = find_bank_account(organisation_id, bank_account_id)
        marks = fingerprints(lines)
        known = _known(organisation_id, bank_account_id, {digest for digest, _n in marks})
        return ImportedBankTransaction.objects.bulk_create(
            [
                ImportedBankTransaction(
                    organisation_id=organisation_id,
                    bank_account=account,
                    date=line.date,
                    description=line.description[:500],
                    payee=line.payee[:200],
                    money_in=line.money_in,
                    money_out=line.money_out,
                    fingerprint=digest,
                    occurrence=occurrence,
                    created_at=at,
                    updated_at=at,
                )
                for line, (digest, occurrence) in zip(lines, marks, strict=True)
                if (digest, occurrence) not in known
            ],
            batch_size=ROWS_PER_STATEMENT,
        )


def confirm_imported_transaction(
    *,
    organisation_id: int,
    imported_id: int,
    type: str,
    lines: Sequence[NewBankLine],
    actor: Actor,
    at: dt.datetime,
    date: dt.date | None = None,
    description: str | None = None,
    reference: str = "",
    currency: str | None = None,
    conversion_rate: Decimal | None = None,
    allocations: Sequence[NewAllocation] = (),
) -> BankTransaction:
    """Turn a line to check into a bank transaction of the same amount and direction.

    Raises NotToCheckError, ConfirmationAmountError and what `enter_bank_transaction` raises.
    """
    if type not in TransactionType.values:
        raise TransactionTypeError(type)
    with organisation_scope(organisation_id):
        lock_books(organisation_id)
        imported = _find(organisation_id, imported_id)
        if imported.status != ImportedStatus.TO_CHECK:
            raise NotToCheckError
        seen = abs(imported.amount)
        if (imported.amount < 0) != (type in MONEY_OUT):
            raise ConfirmationAmountError(f"{imported.amount:+.2f}")
        account = find_bank_account(organisation_id, imported.bank_account_id)
        total = sum((line.total_amount for line in lines), ZERO)
        if (currency or account.currency) == account.currency and total != seen:
            raise ConfirmationAmountError(f"{imported.amount:+.2f}")
        transaction = enter_bank_transaction(
            organisation_id=organisation_id,
            bank_account_id=imported.bank_account_id,
            date=date or imported.date,
            type=type,
            lines=lines,
            actor=actor,
            at=at,
            description=imported.description if description is None else description,
            reference=reference,
            currency=currency or account.currency,
            conversion_rate=conversion_rate,
            bank_amount=seen,
            allocations=allocations,
        )
        _change(imported, at, status=ImportedStatus.CONFIRMED, bank_transaction_id=transaction.pk)
        return transaction


def ignore_imported_transaction(
    *, organisation_id: int, imported_id: int, actor: Actor, at: dt.datetime
) -> ImportedBankTransaction:
    """Set a line aside that needs no entry; raises NotToCheckError once it is confirmed."""
    return _move(organisation_id, imported_id, ImportedStatus.TO_CHECK, ImportedStatus.IGNORED, at)


def unignore_imported_transaction(
    *, organisation_id: int, imported_id: int, actor: Actor, at: dt.datetime
) -> ImportedBankTransaction:
    """Bring an ignored line back to Check."""
    return _move(organisation_id, imported_id, ImportedStatus.IGNORED, ImportedStatus.TO_CHECK, at)


def update_imported_transaction(
    *,
    organisation_id: int,
    imported_id: int,
    actor: Actor,
    at: dt.datetime,
    description: str | None = None,
    payee: str | None = None,
) -> ImportedBankTransaction:
    """Change what a line to check says; date and amounts are the bank's and stay."""
    with organisation_scope(organisation_id):
        lock_books(organisation_id)
        imported = _find(organisation_id, imported_id)
        if imported.status == ImportedStatus.CONFIRMED:
            raise NotToCheckError
        _change(
            imported,
            at,
            description=imported.description if description is None else description[:500],
            payee=imported.payee if payee is None else payee[:200],
        )
        return imported


def _move(
    organisation_id: int, imported_id: int, before: str, after: str, at: dt.datetime
) -> ImportedBankTransaction:
    with organisation_scope(organisation_id):
        lock_books(organisation_id)
        imported = _find(organisation_id, imported_id)
        if imported.status == after:
            return imported
        if imported.status != before:
            raise NotToCheckError
        _change(imported, at, status=after)
        return imported


def _change(
    imported: ImportedBankTransaction, at: dt.datetime, **changes: str | int | None
) -> None:
    ImportedBankTransaction.objects.filter(
        organisation_id=imported.organisation_id, pk=imported.pk
    ).update(updated_at=moved(at), **changes)
    imported.refresh_from_db()


def _find(organisation_id: int, imported_id: int) -> ImportedBankTransaction:
    found = ImportedBankTransaction.objects.filter(
        organisation_id=organisation_id, pk=imported_id
    ).first()
    if found is None:
        raise UnknownImportedError(imported_id)
    return found


def _known(organisation_id: int, bank_account_id: int, digests: set[str]) -> set[tuple[str, int]]:
    return set(
        ImportedBankTransaction.objects.filter(
            organisation_id=organisation_id,
            bank_account_id=bank_account_id,
            fingerprint__in=digests,
        ).values_list("fingerprint", "occurrence")
    )


def _is_one_way(money_in: Decimal, money_out: Decimal) -> bool:
    if not (is_money(money_in) and is_money(money_out)) or min(money_in, money_out) < 0:
        return False
    return (money_in > 0) != (money_out > 0)
