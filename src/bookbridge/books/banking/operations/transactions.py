"""Entering bank transactions of the four types."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from bookbridge.books.banking.errors import (
    ArchivedBankAccountError,
    UnknownBankTransactionError,
)
from bookbridge.books.banking.models import (
    MONEY_OUT,
    BankAccountStatus,
    BankTransaction,
    BankTransactionAllocation,
    BankTransactionLine,
    TransactionType,
)
from bookbridge.books.banking.operations.accounts import find_bank_account
from bookbridge.books.banking.operations.allocating import (
    Settled,
    new_allocation,
    settle_documents,
)
from bookbridge.books.banking.operations.lines import CompletedLine, complete_bank_lines
from bookbridge.books.banking.operations.money import (
    Money,
    currency_of,
    decide_money,
    line_target,
    rate_of_transfer,
)
from bookbridge.books.banking.rules import (
    BankTerms,
    LineTarget,
    NewBankLine,
    bank_postings,
)
from bookbridge.books.contacts.models import Contact
from bookbridge.books.documents.operations import Books, lock_books
from bookbridge.books.documents.rules import NewAllocation
from bookbridge.books.ledger.models import Role, SourceType
from bookbridge.books.ledger.operations import post_entry
from bookbridge.books.ledger.rules import ZERO, Source
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope


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
        currency = currency or currency_of(completed, bank_account)
        conversion_rate = rate_of_transfer(books, completed) or conversion_rate
        money = decide_money(books, bank_account, completed, currency, conversion_rate, bank_amount)
        is_out = type in MONEY_OUT
        settled = _settle(organisation_id, is_out, completed, money, allocations, at)
        targets = [line_target(books, line, money, settled) for line in completed]
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
        words = description or _words_for(
            transaction, [line.contact for line in completed], settled
        )
        _store(books, transaction, targets, money, words, actor, at)
        _store_lines(transaction, completed, targets, settled, at)
        return transaction


def _settle(
    organisation_id: int,
    is_money_out: bool,
    lines: Sequence[CompletedLine],
    money: Money,
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


def _words_for(
    transaction: BankTransaction,
    contacts: Sequence[Contact | None],
    settled: dict[int, list[Settled]],
) -> str:
    """What the journal says of money that nobody described: what it settled, else whose it is."""
    about = [str(one.document) for found in settled.values() for one in found]
    about = about or [str(one) for one in contacts if one is not None]
    words = _("Payment %(about)s") if transaction.is_money_out else _("Receipt %(about)s")
    return (words % {"about": ", ".join(about)}).strip()


def _store(
    books: Books,
    transaction: BankTransaction,
    targets: Sequence[LineTarget],
    money: Money,
    description: str,
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
        description=description[:500],
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
