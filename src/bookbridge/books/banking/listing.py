"""What went through a bank account as a list, and what the accounts stand at."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bookbridge.books.banking.models import (
    BankAccount,
    BankTransaction,
    BankTransactionLine,
    ImportedBankTransaction,
    ImportedStatus,
    TransactionStatus,
)
from bookbridge.books.banking.queries import transactions
from bookbridge.kit.listing import Choice, Column, Listing, Status


def difference_to_check(organisation_id: int, bank_account_id: int) -> Decimal:
    """What the lines that await checking would change the balance by."""
    sums = ImportedBankTransaction.objects.filter(
        organisation_id=organisation_id,
        bank_account_id=bank_account_id,
        status=ImportedStatus.TO_CHECK,
    ).aggregate(money_in=Sum("money_in"), money_out=Sum("money_out"))
    return (sums["money_in"] or Decimal(0)) - (sums["money_out"] or Decimal(0))


def seen_by(transaction: BankTransaction, account: BankAccount) -> Decimal:
    """The signed amount as one of the two accounts of a transfer saw it."""
    if transaction.bank_account_id == account.pk:
        return transaction.bank_amount
    lines = [line for line in transaction.lines.all() if line.transfer_account_id == account.pk]
    return sum((line.transfer_amount or Decimal(0) for line in lines), Decimal(0))


def what_for(transaction: BankTransaction) -> str:
    """The contact, the other account or the category, in a word."""
    contact = transaction.customer or transaction.supplier or transaction.transfer_account
    if contact is not None:
        return str(contact)
    lines = list(transaction.lines.all())
    if len(lines) == 1 and lines[0].account:
        return str(lines[0].account)
    return str(_("Split over %(count)d lines") % {"count": len(lines)})


def transaction_listing(request: Any, account: BankAccount) -> Listing[BankTransaction]:
    organisation_id = request.organisation.pk

    def side(transaction: BankTransaction, sign: int) -> Decimal | None:
        amount = seen_by(transaction, account) * sign
        return amount if amount > 0 else None

    columns: list[Column[BankTransaction]] = [
        Column("date", _("Date"), lambda t: t.date, kind="day", order=("date",)),
        Column(
            "description",
            _("Description"),
            lambda t: t.description or t.get_type_display(),
            order=("description",),
        ),
        Column("for", _("What for"), what_for),
        Column("reference", _("Reference"), lambda t: t.reference, is_optional=True),
        Column("status", _("Status"), _status, kind="status", is_optional=True),
        Column("out", _("Out"), lambda t: side(t, -1), kind="money"),
        Column("in", _("In"), lambda t: side(t, 1), kind="money", order=("bank_amount",)),
    ]
    transferred = BankTransactionLine.objects.filter(
        organisation_id=organisation_id, transfer_account=account
    ).values("bank_transaction_id")
    rows = (
        transactions(organisation_id)
        .filter(Q(bank_account=account) | Q(pk__in=transferred))
        .prefetch_related("lines__account")
    )
    return Listing(
        request,
        rows,
        columns,
        default_sort="-date",
        search=("description", "reference", "customer__name", "supplier__name"),
        search_hint=_("Search words, name, reference"),
        choices=[
            Choice("way", "in", _("Money in"), Q(bank_amount__gt=0)),
            Choice("way", "out", _("Money out"), Q(bank_amount__lt=0)),
            Choice("status", "void", _("Void"), Q(status=TransactionStatus.VOID)),
        ],
        row_href=lambda t: reverse("bank_transaction", args=[organisation_id, t.pk]),
        row_css=lambda t: "is-void" if t.is_void else "",
        name="bank-transactions",
    )


def _status(transaction: BankTransaction) -> Status:
    return Status("none", _("Void")) if transaction.is_void else Status("ok", _("Posted"))
