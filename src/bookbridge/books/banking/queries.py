"""Reads of bank accounts, their transactions and the Check queue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import (
    Count,
    DecimalField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from bookbridge.books.banking.models import (
    BankAccount,
    BankTransaction,
    BankTransactionAllocation,
    BankTransactionLine,
    ImportedBankTransaction,
    ImportedStatus,
    TransactionStatus,
)
from bookbridge.books.ledger.rules import ZERO

TRANSACTION_SORTS = {
    "": ("id",),
    "date": ("date", "id"),
    "-date": ("-date", "-id"),
    "amount": ("bank_amount", "id"),
    "-amount": ("-bank_amount", "-id"),
    "description": ("description", "id"),
    "-description": ("-description", "-id"),
}
MONEY = DecimalField(max_digits=18, decimal_places=2)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One movement of a bank account, in its own currency, and the balance after it."""

    transaction: BankTransaction
    amount: Decimal
    balance: Decimal
    # Entered in the other account of the transfer.
    is_far_side: bool


def bank_accounts(organisation_id: int) -> QuerySet[BankAccount]:
    """Bank accounts with `balance` in their own currency and `to_check_count`."""
    entered = (
        BankTransaction.objects.filter(
            organisation_id=organisation_id,
            bank_account_id=OuterRef("pk"),
            status=TransactionStatus.ACTIVE,
        )
        .order_by()
        .values("bank_account_id")
        .annotate(total=Sum("bank_amount"))
        .values("total")
    )
    transferred = (
        BankTransactionLine.objects.filter(
            organisation_id=organisation_id,
            transfer_account_id=OuterRef("pk"),
            bank_transaction__organisation_id=organisation_id,
            bank_transaction__status=TransactionStatus.ACTIVE,
        )
        .order_by()
        .values("transfer_account_id")
        .annotate(total=Sum("transfer_amount"))
        .values("total")
    )
    to_check = (
        ImportedBankTransaction.objects.filter(
            organisation_id=organisation_id,
            bank_account_id=OuterRef("pk"),
            status=ImportedStatus.TO_CHECK,
        )
        .order_by()
        .values("bank_account_id")
        .annotate(count=Count("id"))
        .values("count")
    )
    nothing = Value(ZERO, output_field=MONEY)
    return (
        BankAccount.objects.select_related("nominal_account")
        .filter(organisation_id=organisation_id)
        .annotate(
            balance=Coalesce(Subquery(entered, output_field=MONEY), nothing)
            + Coalesce(Subquery(transferred, output_field=MONEY), nothing),
            to_check_count=Coalesce(Subquery(to_check), 0),
        )
        .order_by("id")
    )


def bank_account(organisation_id: int, bank_account_id: int) -> BankAccount | None:
    return bank_accounts(organisation_id).filter(pk=bank_account_id).first()


def transactions(
    organisation_id: int,
    *,
    bank_account_id: int | None = None,
    customer_id: int | None = None,
    supplier_id: int | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    status: str | None = None,
    search: str = "",
    sort: str = "",
) -> QuerySet[BankTransaction]:
    """Bank transactions where they were entered, void ones too."""
    found = BankTransaction.objects.select_related(
        "bank_account", "customer", "supplier", "transfer_account"
    ).filter(organisation_id=organisation_id)
    for field, value in (
        ("bank_account_id", bank_account_id),
        ("date__gte", start),
        ("date__lte", end),
        ("status", status),
    ):
        if value is not None:
            found = found.filter(**{field: value})
    for field, contact_id in (("customer_id", customer_id), ("supplier_id", supplier_id)):
        if contact_id is not None:
            of_contact = BankTransactionLine.objects.filter(
                organisation_id=organisation_id, **{field: contact_id}
            ).values("bank_transaction_id")
            found = found.filter(pk__in=of_contact)
    if search:
        found = found.filter(
            Q(description__icontains=search)
            | Q(reference__icontains=search)
            | Q(customer__name__icontains=search)
            | Q(supplier__name__icontains=search)
        )
    return found.order_by(*TRANSACTION_SORTS.get(sort, ("id",)))


def transaction(organisation_id: int, bank_transaction_id: int) -> BankTransaction | None:
    return transactions(organisation_id).filter(pk=bank_transaction_id).first()


def lines_of(organisation_id: int, transaction_ids: Iterable[int]) -> QuerySet[BankTransactionLine]:
    """The lines of some transactions, in order."""
    return (
        BankTransactionLine.objects.select_related(
            "account", "customer", "supplier", "transfer_account", "tax_code", "project"
        )
        .filter(organisation_id=organisation_id, bank_transaction_id__in=list(transaction_ids))
        .order_by("bank_transaction_id", "position")
    )


def allocations_of(
    organisation_id: int, transaction_ids: Iterable[int]
) -> QuerySet[BankTransactionAllocation]:
    """What some transactions settle now."""
    return BankTransactionAllocation.objects.filter(
        organisation_id=organisation_id,
        bank_transaction_id__in=list(transaction_ids),
        reversed_on=None,
    ).order_by("bank_transaction_id", "id")


def payments_of(
    organisation_id: int, field: str, document_ids: Iterable[int]
) -> QuerySet[BankTransactionAllocation]:
    """The money set against some documents now; `field` is invoice, bill, credit_note or
    bill_credit_note."""
    return (
        BankTransactionAllocation.objects.select_related("bank_transaction")
        .filter(
            organisation_id=organisation_id,
            reversed_on=None,
            **{f"{field}_id__in": list(document_ids)},
        )
        .order_by("date", "id")
    )


def bank_ledger(
    organisation_id: int,
    bank_account_id: int,
    *,
    start: dt.date | None = None,
    end: dt.date | None = None,
) -> list[LedgerRow]:
    """What went through a bank account, oldest first, with the balance after each movement."""
    balance = ZERO
    if start is not None:
        earlier = _movements(organisation_id, bank_account_id, None, start - dt.timedelta(days=1))
        balance = sum((amount for _id, amount, _far in earlier), ZERO)
    movements = _movements(organisation_id, bank_account_id, start, end)
    found = transactions(organisation_id).in_bulk([pk for pk, _amount, _far in movements])
    rows = []
    for pk, amount, is_far_side in movements:
        balance += amount
        rows.append(LedgerRow(found[pk], amount, balance, is_far_side))
    return rows


def _movements(
    organisation_id: int, bank_account_id: int, start: dt.date | None, end: dt.date | None
) -> list[tuple[int, Decimal, bool]]:
    entered = BankTransaction.objects.filter(
        organisation_id=organisation_id,
        bank_account_id=bank_account_id,
        status=TransactionStatus.ACTIVE,
    )
    far = BankTransactionLine.objects.filter(
        organisation_id=organisation_id,
        transfer_account_id=bank_account_id,
        bank_transaction__organisation_id=organisation_id,
        bank_transaction__status=TransactionStatus.ACTIVE,
    )
    if start is not None:
        entered = entered.filter(date__gte=start)
        far = far.filter(bank_transaction__date__gte=start)
    if end is not None:
        entered = entered.filter(date__lte=end)
        far = far.filter(bank_transaction__date__lte=end)
    rows = [
        (date, pk, amount, False)
        for date, pk, amount in entered.values_list("date", "id", "bank_amount")
    ]
    rows += [
        (date, pk, amount or ZERO, True)
        for date, pk, amount in far.order_by().values_list(
            "bank_transaction__date", "bank_transaction_id", "transfer_amount"
        )
    ]
    return [(pk, amount, is_far) for _date, pk, amount, is_far in sorted(rows)]


def imported_transactions(
    organisation_id: int, bank_account_id: int, *, status: str | None = None, search: str = ""
) -> QuerySet[ImportedBankTransaction]:
    """Statement lines of one account, in the order they came."""
    found = ImportedBankTransaction.objects.select_related("bank_transaction").filter(
        organisation_id=organisation_id, bank_account_id=bank_account_id
    )
    if status:
        found = found.filter(status=status)
    if search:
        found = found.filter(Q(description__icontains=search) | Q(payee__icontains=search))
    return found.order_by("id")


def money_on_account(
    organisation_id: int, *, customer_id: int | None = None, supplier_id: int | None = None
) -> QuerySet[BankTransactionLine]:
    """A contact's money that settles nothing yet, oldest first."""
    found = BankTransactionLine.objects.select_related("bank_transaction").filter(
        organisation_id=organisation_id,
        bank_transaction__organisation_id=F("organisation_id"),
        bank_transaction__status=TransactionStatus.ACTIVE,
        unallocated_amount__gt=0,
    )
    if customer_id is not None:
        found = found.filter(customer_id=customer_id)
    if supplier_id is not None:
        found = found.filter(supplier_id=supplier_id)
    return found.order_by("bank_transaction__date", "bank_transaction_id")
