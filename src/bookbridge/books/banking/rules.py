"""What a bank transaction's lines come to, and which postings it makes. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bookbridge.books.documents.rules import in_base
from bookbridge.books.ledger.rules import ZERO, PostingLine

RATE_STEP = Decimal("0.000000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBankLine:
    """What part of the money was for, gross of VAT; exactly one target is named.

    Without net and VAT these are worked out of the total by the tax code. `transfer_amount` is
    what the other bank account saw, in its own currency, when that differs.
    """

    total_amount: Decimal
    account_id: int | None = None
    customer_id: int | None = None
    supplier_id: int | None = None
    transfer_account_id: int | None = None
    description: str = ""
    net_amount: Decimal | None = None
    tax_amount: Decimal | None = None
    tax_code_id: int | None = None
    project_id: int | None = None
    transfer_amount: Decimal | None = None

    @property
    def targets(self) -> int:
        """How many targets are named; one is right."""
        named = (self.account_id, self.customer_id, self.supplier_id, self.transfer_account_id)
        return sum(target is not None for target in named)

    @property
    def is_contact(self) -> bool:
        return self.customer_id is not None or self.supplier_id is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStatementLine:
    """A line of a bank statement: exactly one of money in and money out is above zero."""

    date: dt.date
    description: str = ""
    payee: str = ""
    money_in: Decimal = ZERO
    money_out: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class BankTerms:
    """Everything but the lines that decides a bank transaction's postings."""

    is_money_out: bool
    date: dt.date
    currency: str
    rate: Decimal
    bank_account_id: int
    bank_currency: str
    bank_amount: Decimal
    # Fixed by what the bank saw when its currency is the base currency, else None.
    bank_base: Decimal | None
    vat_account_id: int
    exchange_account_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTarget:
    """A line ready to post: where it goes and what it is worth in base currency.

    `control_base` is given for a contact's line: documents leave the control account at their own
    rates. `other_currency`, `other_amount` and `other_base` are given for a transfer.
    """

    account_id: int
    net_amount: Decimal
    tax_amount: Decimal
    tax_code: str = ""
    project_id: int | None = None
    customer_id: int | None = None
    supplier_id: int | None = None
    control_base: Decimal | None = None
    control_rate: Decimal | None = None
    other_currency: str = ""
    other_amount: Decimal | None = None
    other_base: Decimal | None = None


def bank_postings(lines: Sequence[LineTarget], terms: BankTerms) -> list[PostingLine]:
    """Debits first, then credits: each line's net and VAT in order, exchange, then the bank.

    What the rates leave over is realised exchange gain or loss. Amounts of zero post nothing.
    """
    sign = 1 if terms.is_money_out else -1
    postings = [posting for line in lines for posting in _line_postings(line, terms, sign)]
    worth = sum((sign * posting.amount for posting in postings), ZERO)
    bank_base = worth if terms.bank_base is None else terms.bank_base
    postings.append(
        PostingLine(
            account_id=terms.exchange_account_id,
            amount=sign * (bank_base - worth),
            currency=terms.currency,
            foreign_amount=ZERO,
        )
    )
    postings.append(
        PostingLine(
            account_id=terms.bank_account_id,
            amount=-sign * bank_base,
            currency=terms.bank_currency,
            foreign_amount=-sign * terms.bank_amount,
            rate=_rate_between(terms.bank_amount, bank_base),
        )
    )
    kept = [posting for posting in postings if posting.amount]
    return sorted(kept, key=lambda posting: posting.amount < 0)


def _line_postings(line: LineTarget, terms: BankTerms, sign: int) -> Iterable[PostingLine]:
    total = line.net_amount + line.tax_amount
    if line.control_base is not None:
        yield PostingLine(
            account_id=line.account_id,
            amount=sign * line.control_base,
            currency=terms.currency,
            foreign_amount=sign * total,
            rate=line.control_rate or terms.rate,
            customer_id=line.customer_id,
            supplier_id=line.supplier_id,
        )
    elif line.other_amount is not None and line.other_base is not None:
        yield PostingLine(
            account_id=line.account_id,
            amount=sign * line.other_base,
            currency=line.other_currency,
            foreign_amount=sign * line.other_amount,
            rate=_rate_between(line.other_amount, line.other_base),
        )
    else:
        yield from _nominal_postings(line, terms, sign)


def _nominal_postings(line: LineTarget, terms: BankTerms, sign: int) -> Iterable[PostingLine]:
    net, tax = in_base(line.net_amount, terms.rate), in_base(line.tax_amount, terms.rate)
    for account_id, amount, foreign, project_id in (
        (line.account_id, net, line.net_amount, line.project_id),
        (terms.vat_account_id, tax, line.tax_amount, None),
    ):
        yield PostingLine(
            account_id=account_id,
            amount=sign * amount,
            currency=terms.currency,
            foreign_amount=sign * foreign,
            rate=terms.rate,
            tax_code=line.tax_code,
            net_amount=sign * net,
            tax_amount=sign * tax,
            tax_point=terms.date,
            project_id=project_id,
        )


def _rate_between(amount: Decimal, base: Decimal) -> Decimal:
    return (base / amount).quantize(RATE_STEP) if amount else Decimal(1)


def fingerprints(lines: Iterable[NewStatementLine]) -> list[tuple[str, int]]:
    """Each line's hash and its place, from 1, among the equal lines of the same statement.

    Two equal payments on one day are two lines, and the same file read again brings neither.
    """
    seen: Counter[str] = Counter()
    found = []
    for line in lines:
        words = (
            line.date.isoformat(),
            line.description,
            line.payee,
            f"{line.money_in:.2f}",
            f"{line.money_out:.2f}",
        )
        digest = hashlib.sha256("\x1f".join(words).encode()).hexdigest()
        seen[digest] += 1
        found.append((digest, seen[digest]))
    return found
