"""The arithmetic of the ledger on frozen values: what an entry is and when it exists. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

ZERO = Decimal(0)
PENNY = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Source:
    """The document that an entry records; the id is None for a journal by hand."""

    type: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class PostingLine:
    """One line of an entry: base-currency amount, debit positive.

    Without currency and foreign amount the line is in the base currency.
    """

    account_id: int
    amount: Decimal
    currency: str = ""
    foreign_amount: Decimal | None = None
    rate: Decimal = Decimal(1)
    tax_code: str = ""
    net_amount: Decimal | None = None
    tax_amount: Decimal | None = None
    tax_point: dt.date | None = None
    customer_id: int | None = None
    supplier_id: int | None = None
    project_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be posted. `reference` is the document's number, kept for people."""

    date: dt.date
    description: str
    source: Source
    lines: Sequence[PostingLine]
    reference: str = ""
    reverses_id: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BalanceChange:
    """What postings add to one account in one month."""

    account_id: int
    month: dt.date
    debit: Decimal
    credit: Decimal


def imbalance(lines: Iterable[PostingLine]) -> Decimal:
    """Debits less credits; zero for an entry that may exist."""
    return sum((line.amount for line in lines), ZERO)


def has_whole_pennies(lines: Iterable[PostingLine]) -> bool:
    """Whether no amount has more than two decimals."""
    return all(
        type(line.amount) is Decimal and line.amount == line.amount.quantize(PENNY)
        for line in lines
    )


def negated(line: PostingLine, tax_point: dt.date) -> PostingLine:
    """The line that undoes another; its VAT belongs to the day of the undoing."""
    return replace(
        line,
        amount=-line.amount,
        foreign_amount=_minus(line.foreign_amount),
        net_amount=_minus(line.net_amount),
        tax_amount=_minus(line.tax_amount),
        tax_point=tax_point if line.tax_point else None,
    )


def month_of(date: dt.date) -> dt.date:
    return date.replace(day=1)


def balance_changes(entries: Iterable[NewEntry]) -> list[BalanceChange]:
    """What the entries add per account and month, in key order."""
    totals: dict[tuple[int, dt.date], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for entry in entries:
        month = month_of(entry.date)
        for line in entry.lines:
            side = totals[line.account_id, month]
            if line.amount >= 0:
                side[0] += line.amount
            else:
                side[1] -= line.amount
    return [
        BalanceChange(account_id, month, debit, credit)
        for (account_id, month), (debit, credit) in sorted(totals.items())
    ]


def _minus(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount
