"""What the money was: in the transaction's currency, in the bank's, and in base currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bookbridge.books.banking.errors import BankAmountError
from bookbridge.books.banking.models import BankAccount
from bookbridge.books.banking.operations.allocating import Settled
from bookbridge.books.banking.operations.lines import CompletedLine
from bookbridge.books.banking.rules import RATE_STEP, LineTarget
from bookbridge.books.documents.operations import Books, checked_rate
from bookbridge.books.documents.rules import in_base, is_money
from bookbridge.books.ledger.models import Role
from bookbridge.books.ledger.rules import ZERO


@dataclass(frozen=True, slots=True)
class Money:
    """What the money was, in the transaction's currency, the bank's and the base currency."""

    currency: str
    rate: Decimal
    total: Decimal
    bank_amount: Decimal
    # Known only where the bank account is kept in the base currency.
    bank_base: Decimal | None


def currency_of(lines: Sequence[CompletedLine], bank_account: BankAccount) -> str:
    contacts = [line.contact for line in lines]
    first = contacts[0]
    if first is not None and all(contact is not None for contact in contacts):
        return first.currency
    return bank_account.currency


def rate_of_transfer(books: Books, lines: Sequence[CompletedLine]) -> Decimal | None:
    """The rate at which a transfer really became base currency, when the other account says."""
    line, other = lines[0], lines[0].transfer_account
    if len(lines) > 1 or other is None or other.currency != books.base_currency:
        return None
    if line.new.transfer_amount is None:
        return None
    return (abs(line.new.transfer_amount) / line.total_amount).quantize(RATE_STEP)


def decide_money(
    books: Books,
    bank_account: BankAccount,
    lines: Sequence[CompletedLine],
    currency: str,
    rate: Decimal | None,
    bank_amount: Decimal | None,
) -> Money:
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
        return Money(currency, rate, total, total, total if is_base else None)
    if bank_currency == base_currency:
        if seen is None:
            rate = checked_rate(currency, rate, base_currency)
            return Money(currency, rate, total, in_base(total, rate), in_base(total, rate))
        if rate is None or in_base(total, rate) != seen:
            rate = (seen / total).quantize(RATE_STEP)
        return Money(currency, checked_rate(currency, rate, base_currency), total, seen, seen)
    if seen is None:
        raise BankAmountError(bank_currency)
    return Money(currency, checked_rate(currency, rate, base_currency), total, seen, None)


def line_target(
    books: Books, line: CompletedLine, money: Money, settled: dict[int, list[Settled]]
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
    books: Books, line: CompletedLine, other: BankAccount, money: Money
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
