"""Entering bank transactions of the four types, and voiding them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bookbridge.books.banking.errors import (
    ArchivedBankAccountError,
    BankAmountError,
    UnknownBankTransactionError,
)
from bookbridge.books.banking.models import (
    MONEY_OUT,
    BankAccount,
    BankAccountStatus,
    BankTransaction,
    BankTransactionAllocation,
    BankTransactionLine,
    ImportedBankTransaction,
    ImportedStatus,
    TransactionStatus,
    TransactionType,
)
from bookbridge.books.banking.operations.accounts import find_bank_account
from bookbridge.books.banking.operations.allocating import (
    Settled,
    document_of,
    new_allocation,
    settle_documents,
)
from bookbridge.books.banking.operations.lines import CompletedLine, complete_bank_lines
from bookbridge.books.banking.rules import (
    RATE_STEP,
    BankTerms,
    LineTarget,
    NewBankLine,
    bank_postings,
)
from bookbridge.books.documents.errors import AlreadyVoidError, DateBeforeDocumentError
from bookbridge.books.documents.models import moved
from bookbridge.books.documents.operations import Books, checked_rate, lock_books
from bookbridge.books.documents.rules import NewAllocation, in_base, is_money
from bookbridge.books.documents.settlements import unsettle
from bookbridge.books.ledger.models import Role, SourceType
from bookbridge.books.ledger.operations import post_entry, reverse_entry
from bookbridge.books.ledger.rules import ZERO, Source
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope


@dataclass(frozen=True, slots=True)
class _Money:
    """What the money was, in the transaction's currency, the bank's and the base currency."""

    currency: str
    rate: Decimal
    total: Decimal
    bank_amount: Decimal
    # Known only where the bank account is kept in the base currency.
    bank_base: Decimal | None


def enter_bank_transaction(
    *,
    organisation_id: int,
    bank_account_id: int,
    date: dt.date,
    type: str,
    lines: Sequence[NewBankLine],
    actor: Actor,
    at: dt.datetime,
    description: str = "",
    reference: str = "",
    currency: str | None = None,
    conversion_rate: Decimal | None = None,
    bank_amount: Decimal | None = None,
    allocations: Sequence[NewAllocation] = (),
) -> BankTransaction:
    """Enter money in or out and post it; what settles no document stands on account.

    Without a currency it is the contact's, else the bank account's. `bank_amount` is what the
    account saw, in its own currency, where that differs. Raises the refusals of banking, of
    documents and of the ledger.
    """
    with organisation_scope(organisation_id):
        books = lock_books(organisation_id)
        bank_account = find_bank_account(organisation_id, bank_account_id)
        if bank_account.status != BankAccountStatus.ACTIVE:
            raise ArchivedBankAccountError(bank_account)
        completed = complete_bank_lines(
            organisation_id=organisation_id,
            bank_account=bank_account,
            date=date,
            type=type,
            lines=lines,
        )
        currency = currency or _currency_of(completed, bank_account)
        conversion_rate = _rate_of_transfer(books, completed) or conversion_rate
        money = _money(books, bank_account, completed, currency, conversion_rate, bank_amount)
        is_out = type in MONEY_OUT
        settled = _settle(organisation_id, is_out, completed, money, allocations, at)
        targets = [_target(books, line, money, settled) for line in completed]
        transaction = BankTransaction(
            organisation_id=organisation_id,
            bank_account=bank_account,
            date=date,
            type=TransactionType(type),
            description=description[:500],
            reference=reference[:200],
            currency=currency,
            conversion_rate=money.rate,
            net_amount=sum((line.net_amount for line in completed), ZERO),
            tax_amount=sum((line.tax_amount for line in completed), ZERO),
            total_amount=money.total,
            bank_amount=-money.bank_amount if is_out else money.bank_amount,
            base_amount=ZERO,
            is_split=len(completed) > 1,
            created_at=at,
            updated_at=at,
        )
        if not transaction.is_split:
            transaction.customer_id = lines[0].customer_id
            transaction.supplier_id = lines[0].supplier_id
            transaction.transfer_account_id = lines[0].transfer_account_id
        _store(books, transaction, targets, money, actor, at)
        _store_lines(transaction, completed, targets, settled, at)
        return transaction


def _currency_of(lines: Sequence[CompletedLine], bank_account: BankAccount) -> str:
    contacts = [line.contact for line in lines]
    first = contacts[0]
    if first is not None and all(contact is not None for contact in contacts):
        return first.currency
    return bank_account.currency


def _rate_of_transfer(books: Books, lines: Sequence[CompletedLine]) -> Decimal | None:
    """The rate at which a transfer really became base currency, when the other account says."""
    line, other = lines[0], lines[0].transfer_account
    if len(lines) > 1 or other is None or other.currency != books.base_currency:
        return None
    if line.new.transfer_amount is None:
        return None
    return (abs(line.new.transfer_amount) / line.total_amount).quantize(RATE_STEP)


def _money(
    books: Books,
    bank_account: BankAccount,
    lines: Sequence[CompletedLine],
    currency: str,
    rate: Decimal | None,
    bank_amount: Decimal | None,
) -> _Money:
    """Decide rate and bank amount from each other; what the bank saw in base currency is final."""
    total = sum((line.total_amount for line in lines), ZERO)
    base_currency, bank_currency = books.base_currency, bank_account.currency
    seen = None if bank_amount is None else abs(bank_amount)
    if seen is not None and not (is_money(seen) and seen > 0):
        raise BankAmountError(bank_currency)
    if bank_currency == currency:
        if seen is not None and seen != total:
            raise BankAmountError(bank_currency)
        rate = checked_rate(currency, rate, base_currency)
        is_base = currency == base_currency
        return _Money(currency, rate, total, total, total if is_base else None)
    if bank_currency == base_currency:
        if seen is None:
            rate = checked_rate(currency, rate, base_currency)
            return _Money(currency, rate, total, in_base(total, rate), in_base(total, rate))
        if rate is None or in_base(total, rate) != seen:
            rate = (seen / total).quantize(RATE_STEP)
        return _Money(currency, checked_rate(currency, rate, base_currency), total, seen, seen)
    if seen is None:
        raise BankAmountError(bank_currency)
    return _Money(currency, checked_rate(currency, rate, base_currency), total, seen, None)


def _settle(
    organisation_id: int,
    is_money_out: bool,
    lines: Sequence[CompletedLine],
    money: _Money,
    allocations: Sequence[NewAllocation],
    at: dt.datetime,
) -> dict[int, list[Settled]]:
    available = {line.contact.pk: line.total_amount for line in lines if line.contact}
    side = "supplier" if any(line.new.supplier_id for line in lines) else "customer"
    return settle_documents(
        organisation_id=organisation_id,
        is_money_out=is_money_out,
        side=side,
        available=available,
        currency=money.currency,
        allocations=allocations,
        at=at,
    )


def _target(
    books: Books, line: CompletedLine, money: _Money, settled: dict[int, list[Settled]]
) -> LineTarget:
    if line.account is not None:
        return LineTarget(
            account_id=line.account.pk,
            net_amount=line.net_amount,
            tax_amount=line.tax_amount,
            tax_code=line.tax_code,
            project_id=line.new.project_id,
        )
    if line.transfer_account is not None:
        return _transfer_target(books, line, line.transfer_account, money)
    assert line.contact is not None
    mine = settled[line.contact.pk]
    on_account = line.total_amount - sum((one.amount for one in mine), ZERO)
    is_customer = line.new.customer_id is not None
    role = Role.TRADE_DEBTORS if is_customer else Role.TRADE_CREDITORS
    return LineTarget(
        account_id=books.account_id(role),
        net_amount=line.net_amount,
        tax_amount=line.tax_amount,
        customer_id=line.new.customer_id,
        supplier_id=line.new.supplier_id,
        control_base=sum((one.base_amount for one in mine), in_base(on_account, money.rate)),
        control_rate=mine[0].document.rate if len(mine) == 1 and not on_account else money.rate,
    )


def _transfer_target(
    books: Books, line: CompletedLine, other: BankAccount, money: _Money
) -> LineTarget:
    """What the other account sees: given, or the same money in its own or the base currency."""
    amount = line.new.transfer_amount
    if amount is not None:
        amount = abs(amount)
        if not is_money(amount) or amount == 0:
            raise BankAmountError(other.currency)
    if other.currency == money.currency:
        amount = line.total_amount if amount is None else amount
        if amount != line.total_amount:
            raise BankAmountError(other.currency)
    if other.currency == books.base_currency:
        amount = in_base(line.total_amount, money.rate) if amount is None else amount
        base = amount
    else:
        base = in_base(line.total_amount, money.rate)
    if amount is None:
        raise BankAmountError(other.currency)
    return LineTarget(
        account_id=other.nominal_account_id,
        net_amount=line.net_amount,
        tax_amount=line.tax_amount,
        other_currency=other.currency,
        other_amount=amount,
        other_base=base,
    )


def _store(
    books: Books,
    transaction: BankTransaction,
    targets: Sequence[LineTarget],
    money: _Money,
    actor: Actor,
    at: dt.datetime,
) -> None:
    bank_account = transaction.bank_account
    terms = BankTerms(
        is_money_out=transaction.is_money_out,
        date=transaction.date,
        currency=money.currency,
        rate=money.rate,
        bank_account_id=bank_account.nominal_account_id,
        bank_currency=bank_account.currency,
        bank_amount=money.bank_amount,
        bank_base=money.bank_base,
        vat_account_id=books.account_id(Role.VAT),
        exchange_account_id=books.account_id(Role.EXCHANGE),
    )
    postings = bank_postings(targets, terms)
    transaction.base_amount = sum(
        (line.amount for line in postings if line.account_id == terms.bank_account_id), ZERO
    )
    transaction.save(force_insert=True)
    transaction.entry = post_entry(
        organisation_id=transaction.organisation_id,
        date=transaction.date,
        description=transaction.description,
        source=Source(SourceType.BANK_TRANSACTION, transaction.pk),
        lines=postings,
        reference=transaction.reference[:120],
        actor=actor,
        at=at,
    )
    transaction.save(update_fields=["entry"])


def _store_lines(
    transaction: BankTransaction,
    lines: Sequence[CompletedLine],
    targets: Sequence[LineTarget],
    settled: dict[int, list[Settled]],
    at: dt.datetime,
) -> None:
    made: list[BankTransactionLine] = []
    allocations: list[BankTransactionAllocation] = []
    for position, (line, target) in enumerate(zip(lines, targets, strict=True), 1):
        mine = settled[line.contact.pk] if line.contact else []
        row = _line_row(transaction, position, line, target, mine)
        made.append(row)
        allocations += [
            new_allocation(
                transaction,
                row,
                one,
                # Money that came before the document settles it on the document's own day.
                date=max(transaction.date, one.document.date),
                money_base_amount=one.base_amount,
                at=at,
            )
            for one in mine
        ]
    BankTransactionLine.objects.bulk_create(made)
    BankTransactionAllocation.objects.bulk_create(allocations)


def _line_row(
    transaction: BankTransaction,
    position: int,
    line: CompletedLine,
    target: LineTarget,
    settled: Sequence[Settled],
) -> BankTransactionLine:
    control = target.control_base or ZERO
    other = target.other_amount
    return BankTransactionLine(
        organisation_id=transaction.organisation_id,
        bank_transaction_id=transaction.pk,
        position=position,
        description=line.new.description,
        account_id=line.new.account_id,
        customer_id=line.new.customer_id,
        supplier_id=line.new.supplier_id,
        transfer_account_id=line.new.transfer_account_id,
        transfer_amount=-other if other and not transaction.is_money_out else other,
        tax_code_id=line.tax_code_id,
        tax_rate=line.tax_rate,
        project_id=line.new.project_id,
        net_amount=line.net_amount,
        tax_amount=line.tax_amount,
        total_amount=line.total_amount,
        control_base=control,
        unallocated_amount=(
            line.total_amount - sum((one.amount for one in settled), ZERO) if line.contact else ZERO
        ),
        unallocated_base=control - sum((one.base_amount for one in settled), ZERO),
    )


def find_bank_transaction(organisation_id: int, bank_transaction_id: int) -> BankTransaction:
    """The transaction; raises UnknownBankTransactionError."""
    found = BankTransaction.objects.filter(
        organisation_id=organisation_id, pk=bank_transaction_id
    ).first()
    if found is None:
        raise UnknownBankTransactionError(bank_transaction_id)
    return found


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
