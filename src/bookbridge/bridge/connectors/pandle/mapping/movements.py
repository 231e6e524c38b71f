"""Bank transactions, read once into what every type made of them needs.

A transaction has one part, or several when it is split; each part becomes a payment, a bill
payment, a direct income or cost, or a transfer, and all of them together one account transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bookbridge.bridge.connectors.contract import RawRecord, RejectedRecord, SourceRecords
from bookbridge.bridge.connectors.errors import RecordRejectedError
from bookbridge.bridge.connectors.pandle import wire
from bookbridge.bridge.connectors.pandle.mapping.lookups import BankFacts, Lookups
from bookbridge.bridge.connectors.pandle.mapping.parties import Kind, target_of
from bookbridge.bridge.connectors.pandle.mapping.values import (
    ONE,
    ZERO,
    business_date,
    given,
    pennies,
    plain_text,
    rate_of,
    word,
)
from bookbridge.bridge.datatypes import DataType

RESOURCE = "bank_transactions"
DIRECTIONS = {"bankpayment": -1, "supplierpayment": -1, "bankreceipt": 1, "customerreceipt": 1}
VOID_WORDS = frozenset({"void", "voided", "cancelled", "canceled", "deleted"})


@dataclass(frozen=True)
class Part:
    """What goes to one class of target; `total` is positive in the transaction's direction."""

    kind: Kind
    target_id: str
    record_id: str
    lines: Sequence[wire.BankLine]
    total: Decimal


@dataclass(frozen=True)
class Movement:
    """One transaction of one bank account.

    `direction` is 1 in, -1 out. `total` is positive, in `currency`; `bank_amount` is signed, in the
    bank account's currency; `base_amount` signed in base currency, None where it cannot be known.
    """

    id: str
    bank: BankFacts
    date_text: str
    date: dt.date
    direction: int
    total: Decimal
    currency: str
    rate: Decimal | None
    bank_amount: Decimal
    base_amount: Decimal | None
    description: str | None
    reference: str | None
    is_void: bool
    confirms: str | None
    has_bank_amount: bool
    parts: Sequence[Part]
    allocations: Sequence[wire.Allocation] | None
    updated_at: str | None

    @property
    def source(self) -> tuple[str, str]:
        return RESOURCE, self.id


def data_type_of(kind: Kind, direction: int) -> DataType:
    """The type of record that a part becomes: direction decides, whatever the account."""
    if kind is Kind.CUSTOMER:
        return DataType.PAYMENTS
    if kind is Kind.SUPPLIER:
        return DataType.BILL_PAYMENTS
    if kind is Kind.BANK:
        return DataType.TRANSFERS
    return DataType.DIRECT_INCOMES if direction > 0 else DataType.DIRECT_COSTS


def movements(
    records: SourceRecords, lookups: Lookups, kinds: Collection[Kind] = frozenset(Kind)
) -> Iterator[Movement | RejectedRecord]:
    """Transactions that have a part of one of these kinds; what cannot be read is rejected."""
    for record in records.all(RESOURCE):
        _, entered, relations = wire.read(wire.BankTransaction, record, RESOURCE)
        try:
            parts = _parts(record.id, entered, relations)
            if any(part.kind in kinds for part in parts):
                yield _movement(record, entered, relations, parts, lookups)
        except RecordRejectedError as refusal:
            yield RejectedRecord(RESOURCE, record.id, str(refusal))


def _parts(
    record_id: str, entered: wire.BankTransaction, relations: wire.Relations
) -> Sequence[Part]:
    total = abs(given(entered.total_amount, "total-amount"))
    if not (entered.lines and (entered.is_split or not entered.account_class_and_id)):
        only = target_of(entered.account_class_and_id, relations.account)
        return [Part(only.kind, only.id, record_id, [_whole(entered, relations)], total)]
    nominal: list[wire.BankLine] = []
    parts: list[Part] = []
    summed = ZERO
    for line in entered.lines:
        amount = given(line.total_amount, "lines.total-amount")
        summed += amount
        target = target_of(line.account_class_and_id, None)
        if target.kind is Kind.NOMINAL:
            nominal.append(line)
        else:
            own_id = f"{record_id}-{line.id}" if line.id is not None else record_id
            parts.append(Part(target.kind, target.id, own_id, [line], amount))
    if summed != total:
        raise RecordRejectedError(
            f"the lines come to {summed}", field="total-amount", value=str(entered.total_amount)
        )
    if nominal:
        nominal_total = sum((line.total_amount or ZERO for line in nominal), ZERO)
        parts.insert(0, Part(Kind.NOMINAL, "", record_id, nominal, nominal_total))
    return parts


def _whole(entered: wire.BankTransaction, relations: wire.Relations) -> wire.BankLine:
    """A transaction that is not split, as its only line."""
    total = abs(given(entered.total_amount, "total-amount"))
    target = target_of(entered.account_class_and_id, relations.account)
    only = entered.lines[0] if entered.lines and len(entered.lines) == 1 else None
    tax_code_id = wire.related(relations.tax_code) or (only.tax_code_id if only else None)
    project_id = wire.related(relations.project) or (only.project_id if only else None)
    return wire.BankLine(
        total_amount=total,
        account_class_and_id=f"{target.kind.value}#{target.id}",
        description=(only.description if only else None) or entered.description,
        net_amount=None if entered.net_amount is None else abs(entered.net_amount),
        tax_amount=None if entered.tax_amount is None else abs(entered.tax_amount),
        tax_code_id=tax_code_id,
        project_id=project_id,
        transfer_amount=only.transfer_amount if only else None,
    )


def _movement(
    record: RawRecord,
    entered: wire.BankTransaction,
    relations: wire.Relations,
    parts: Sequence[Part],
    lookups: Lookups,
) -> Movement:
    bank = lookups.bank_accounts[record.parent_id]
    direction = _direction(entered)
    total = abs(given(entered.total_amount, "total-amount"))
    currency = lookups.currency(relations.currency, entered.currency_code, bank.currency)
    base = lookups.base_currency
    rate = ONE if currency == base else entered.conversion_rate
    bank_amount = _bank_amount(entered, bank, currency, base, total, direction)
    base_amount: Decimal | None
    if bank.currency == base:
        base_amount = bank_amount
    elif rate is not None:
        base_amount = pennies(total * rate) * direction
    else:
        base_amount = None
    if currency != base and base_amount is not None and total:
        rate = rate_of(abs(base_amount), total)
    date_text, date = business_date(entered.date, "date")
    return Movement(
        id=record.id,
        bank=bank,
        date_text=date_text,
        date=date,
        direction=direction,
        total=total,
        currency=currency,
        rate=rate,
        bank_amount=bank_amount,
        base_amount=base_amount,
        description=plain_text(entered.description),
        reference=plain_text(entered.reference),
        is_void=word(entered.status) in VOID_WORDS,
        confirms=_text(entered.imported_bank_transaction_id),
        has_bank_amount=entered.bank_amount is not None,
        parts=parts,
        allocations=entered.allocations,
        updated_at=entered.updated_at,
    )


def _direction(entered: wire.BankTransaction) -> int:
    """In or out, by the type; every sign that the source gives must agree with it."""
    direction = DIRECTIONS.get(word(entered.type).replace("_", ""))
    if direction is None:
        raise RecordRejectedError(
            "a transaction type that we do not know", field="type", value=entered.type
        )
    for name, amount in (
        ("bank-amount", entered.bank_amount),
        ("total-amount", entered.total_amount),
    ):
        is_plain_total = name == "total-amount" and amount is not None and amount > 0
        if amount and not is_plain_total and (amount > 0) != (direction > 0):
            raise RecordRejectedError(
                f"the sign contradicts the type {entered.type}", field=name, value=str(amount)
            )
    return direction


def _bank_amount(
    entered: wire.BankTransaction,
    bank: BankFacts,
    currency: str,
    base: str,
    total: Decimal,
    direction: int,
) -> Decimal:
    """What moved on the account, signed, in the account's currency."""
    if currency == bank.currency:
        if entered.bank_amount is not None and abs(entered.bank_amount) != total:
            raise RecordRejectedError(
                f"not the total amount {total}",
                field="bank-amount",
                value=str(entered.bank_amount),
            )
        return total * direction
    if entered.bank_amount is not None:
        return entered.bank_amount
    if bank.currency == base and entered.conversion_rate is not None:
        return pennies(total * entered.conversion_rate) * direction
    raise RecordRejectedError(
        f"the amount in {bank.currency} is not known", field="bank-amount", value=None
    )


def _text(value: wire.Id | None) -> str | None:
    return None if value is None else str(value)
