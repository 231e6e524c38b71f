"""Customers and suppliers: made, changed, put away, and checked field by field."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from bookbridge.books.contacts import operations
from bookbridge.books.contacts.models import Customer
from bookbridge.books.contacts.operations import ContactFields
from bookbridge.books.ledger.models import NominalAccount
from bookbridge.books.ledger.operations import post_entry
from bookbridge.books.ledger.rules import PostingLine, Source
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor

AT = dt.datetime(2026, 2, 1, 9, 0, tzinfo=dt.UTC)


def create(books: Organisation, owner: Actor, **fields: object) -> Customer:
    wanted: ContactFields = {"name": "Acme Ltd", **fields}
    return operations.create_customer(organisation_id=books.pk, fields=wanted, actor=owner, at=AT)


def test_a_customer_is_kept_as_given_and_tidied(books: Organisation, owner: Actor) -> None:
    customer = create(
        books, owner, name=" Acme Ltd ", country="gb", vat_number="GB 980 7806 84", currency="eur"
    )
    assert (customer.name, customer.country, customer.currency) == ("Acme Ltd", "GB", "EUR")
    assert customer.vat_number == "980780684"
    assert (customer.created_at, customer.updated_at) == (AT, AT)


def test_a_foreign_vat_number_is_kept_as_written(books: Organisation, owner: Actor) -> None:
    assert create(books, owner, country="DE", vat_number="DE129273398").vat_number == "DE129273398"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("name", "x" * 201),
        ("email", "nobody"),
        ("country", "Narnia"),
        ("currency", "XXY"),
        ("credit_limit", Decimal("-1")),
        ("days_until_payment_due", -1),
        ("vat_number", "123456783"),
        ("default_account_id", 10**12),
    ],
)
def test_a_field_that_cannot_be_is_named(
    books: Organisation, owner: Actor, field: str, value: object
) -> None:
    with pytest.raises(operations.ContactInvalidError) as caught:
        create(books, owner, **{field: value})
    assert list(caught.value.fields) == [field.removesuffix("_id")]
    assert not Customer.objects.exists()


def test_only_what_is_given_changes(books: Organisation, owner: Actor) -> None:
    customer = create(books, owner, email="acme@example.com")
    later = AT + dt.timedelta(days=1)
    changed = operations.update_customer(
        organisation_id=books.pk,
        customer_id=customer.pk,
        fields={"phone": "0113 496 0000"},
        actor=owner,
        at=later,
    )
    assert (changed.email, changed.phone) == ("acme@example.com", "0113 496 0000")
    assert (changed.created_at, changed.updated_at) == (AT, later)


def test_an_unused_customer_is_removed_and_a_used_one_put_away(
    books: Organisation, owner: Actor
) -> None:
    unused, used = create(books, owner), create(books, owner)
    accounts = {a.code: a.pk for a in NominalAccount.objects.all()}
    post_entry(
        organisation_id=books.pk,
        date=dt.date(2026, 1, 1),
        description="Sale",
        source=Source("INVOICE", 1),
        lines=[
            PostingLine(accounts["200"], Decimal(1), customer_id=used.pk),
            PostingLine(accounts["300"], Decimal(-1)),
        ],
        actor=owner,
        at=AT,
    )

    def remove(customer: Customer) -> bool:
        return operations.remove_customer(
            organisation_id=books.pk, customer_id=customer.pk, actor=owner, at=AT
        )

    assert remove(unused) is True
    assert remove(used) is False
    assert list(Customer.objects.values_list("pk", "is_archived")) == [(used.pk, True)]
    with pytest.raises(operations.UnknownContactError):
        remove(unused)


def test_suppliers_are_made_changed_and_put_away_alike(books: Organisation, owner: Actor) -> None:
    supplier = operations.create_supplier(
        organisation_id=books.pk, fields={"name": "Rhein GmbH"}, actor=owner, at=AT
    )
    operations.update_supplier(
        organisation_id=books.pk,
        supplier_id=supplier.pk,
        fields={"currency": "EUR"},
        actor=owner,
        at=AT,
    )
    archived = operations.archive_supplier(
        organisation_id=books.pk, supplier_id=supplier.pk, actor=owner, at=AT
    )
    assert (archived.currency, archived.is_archived) == ("EUR", True)
