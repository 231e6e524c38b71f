"""Setting a contact's money against documents, when it is entered or later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bookbridge.books.banking.models import (
    BankTransaction,
    BankTransactionAllocation,
    BankTransactionLine,
)
from bookbridge.books.documents.errors import CreditExceededError, WrongContactError
from bookbridge.books.documents.kinds import Kind
from bookbridge.books.documents.models import Document
from bookbridge.books.documents.operations import find_document
from bookbridge.books.documents.rules import NewAllocation
from bookbridge.books.documents.settlements import check_pair, settle
from bookbridge.books.purchases.operations.kinds import BILL, BILL_CREDIT_NOTE
from bookbridge.books.sales.operations.kinds import CREDIT_NOTE, INVOICE

# Which kind of document money settles, by direction and side: refunds settle credit notes.
KINDS: dict[tuple[bool, str], tuple[Kind[Any], str]] = {
    (False, "customer"): (INVOICE, "invoice"),
    (True, "customer"): (CREDIT_NOTE, "credit_note"),
    (True, "supplier"): (BILL, "bill"),
    (False, "supplier"): (BILL_CREDIT_NOTE, "bill_credit_note"),
}
FIELDS = {field: kind for kind, field in KINDS.values()}


@dataclass(frozen=True, slots=True)
class Settled:
    """A document that has just been settled by some amount."""

    document: Document
    field: str
    amount: Decimal
    base_amount: Decimal


def settle_documents(
    *,
    organisation_id: int,
    is_money_out: bool,
    side: str,
    available: dict[int, Decimal],
    currency: str,
    allocations: Iterable[NewAllocation],
    at: dt.datetime,
) -> dict[int, list[Settled]]:
    """Take the allocations off their documents; `available` is the money left, by contact.

    Raises CreditExceededError, WrongContactError, WrongCurrencyError and what `settle` raises.
    """
    settled: dict[int, list[Settled]] = {contact_id: [] for contact_id in available}
    left = dict(available)
    kind, field = KINDS[is_money_out, side]
    for allocation in allocations:
        document = find_document(kind, organisation_id, allocation.document_id)
        contact_id = document.contact_id
        if contact_id not in left:
            raise WrongContactError(document)
        check_pair(document, contact_id=contact_id, currency=currency)
        base = settle(document, allocation.amount, at)
        if allocation.amount > left[contact_id]:
            raise CreditExceededError(allocation.amount, left[contact_id], currency)
        left[contact_id] -= allocation.amount
        settled[contact_id].append(Settled(document, field, allocation.amount, base))
    return settled


def new_allocation(
    transaction: BankTransaction,
    line: BankTransactionLine,
    settled: Settled,
    *,
    date: dt.date,
    money_base_amount: Decimal,
    at: dt.datetime,
) -> BankTransactionAllocation:
    return BankTransactionAllocation(
        organisation_id=transaction.organisation_id,
        bank_transaction_id=transaction.pk,
        line_position=line.position,
        date=date,
        amount=settled.amount,
        base_amount=settled.base_amount,
        money_base_amount=money_base_amount,
        created_at=at,
        **{f"{settled.field}_id": settled.document.pk},
    )


def document_of(allocation: BankTransactionAllocation) -> Document:
    """The document that an allocation settles."""
    for field, kind in FIELDS.items():
        document_id = getattr(allocation, f"{field}_id")
        if document_id is not None:
            document: Document = find_document(kind, allocation.organisation_id, document_id)
            return document
    raise AssertionError("an allocation has one document")
