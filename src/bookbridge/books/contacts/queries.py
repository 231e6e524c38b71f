"""Reads of customers and suppliers."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import QuerySet, Sum

from bookbridge.books.contacts.models import Customer, Supplier
from bookbridge.books.ledger.models import Posting, Role
from bookbridge.books.ledger.queries import account_by_role


def customers(organisation_id: int) -> QuerySet[Customer]:
    """Every customer, archived ones too, oldest first."""
    return Customer.objects.filter(organisation_id=organisation_id).order_by("id")


def suppliers(organisation_id: int) -> QuerySet[Supplier]:
    """Every supplier, archived ones too, oldest first."""
    return Supplier.objects.filter(organisation_id=organisation_id).order_by("id")


def customer(organisation_id: int, customer_id: int) -> Customer | None:
    return customers(organisation_id).filter(pk=customer_id).first()


def supplier(organisation_id: int, supplier_id: int) -> Supplier | None:
    return suppliers(organisation_id).filter(pk=supplier_id).first()


def customers_by_reference(organisation_id: int) -> dict[str, int]:
    """The ids of customers that have a reference, under it; the oldest wins."""
    rows = (
        customers(organisation_id)
        .exclude(reference="")
        .order_by("-id")
        .values_list("reference", "id")
    )
    return dict(rows)


def customer_balances(organisation_id: int, customer_ids: Iterable[int]) -> dict[int, Decimal]:
    """What some customers owe, in base currency; less than zero is owed to them."""
    return _balances(organisation_id, Role.TRADE_DEBTORS, "customer_id", customer_ids, 1)


def supplier_balances(organisation_id: int, supplier_ids: Iterable[int]) -> dict[int, Decimal]:
    """What is owed to some suppliers, in base currency; less than zero is owed by them."""
    return _balances(organisation_id, Role.TRADE_CREDITORS, "supplier_id", supplier_ids, -1)


def _balances(
    organisation_id: int, role: str, column: str, ids: Iterable[int], sign: int
) -> dict[int, Decimal]:
    """The control account's postings of some contacts, added up."""
    control = account_by_role(organisation_id, role)
    rows = (
        Posting.objects.filter(
            organisation_id=organisation_id, account=control, **{f"{column}__in": list(ids)}
        )
        .values_list(column)
        .annotate(balance=Sum("amount"))
    )
    return {contact_id: sign * balance for contact_id, balance in rows}
