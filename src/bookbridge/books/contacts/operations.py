"""Making, changing and archiving customers and suppliers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TypedDict, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from bookbridge.books.contacts.models import Contact, Customer, Supplier
from bookbridge.books.contacts.rules import COUNTRY_CODES, CURRENCY_CODES
from bookbridge.books.ledger.models import NominalAccount
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope
from bookbridge.books.organisations.vat_numbers import VatNumberError, compact_vat_number

TEXT_FIELDS = (
    "name",
    "business_name",
    "reference",
    "email",
    "phone",
    "address_line_1",
    "address_line_2",
    "address_line_3",
    "town_city",
    "county",
    "postcode",
    "country",
    "currency",
    "company_number",
    "vat_number",
)
DAYS_UNTIL_DUE_MAX = 3650
UK_VAT_COUNTRIES = frozenset({"", "GB", "IM"})


class ContactFields(TypedDict, total=False):
    """What can be said about a customer or supplier; absent means unchanged."""

    name: str
    business_name: str
    reference: str
    email: str
    phone: str
    address_line_1: str
    address_line_2: str
    address_line_3: str
    town_city: str
    county: str
    postcode: str
    country: str
    currency: str
    credit_limit: Decimal | None
    days_until_payment_due: int
    default_account_id: int | None
    company_number: str
    vat_number: str


class ContactError(Exception):
    """A refusal about a customer or supplier."""

    code = "contact_refused"
    fields: dict[str, list[str]] = {}


class ContactInvalidError(ContactError):
    """One or more fields cannot be; `fields` has a sentence for each."""

    code = "contact_invalid"

    def __init__(self, fields: dict[str, list[str]]) -> None:
        self.fields = fields
        super().__init__(" ".join(sentence for some in fields.values() for sentence in some))


class UnknownContactError(ContactError):
    code = "contact_unknown"

    def __init__(self, contact_id: int) -> None:
        super().__init__(
            _("There is no customer or supplier %(contact)s.") % {"contact": contact_id}
        )


def create_customer(
    *, organisation_id: int, fields: ContactFields, actor: Actor, at: dt.datetime
) -> Customer:
    """Add a customer; raises ContactInvalidError with a sentence per field."""
    return _create(Customer, organisation_id, fields, at)


def update_customer(
    *,
    organisation_id: int,
    customer_id: int,
    fields: ContactFields,
    actor: Actor,
    at: dt.datetime,
) -> Customer:
    """Change what is given; raises UnknownContactError and ContactInvalidError."""
    return _update(Customer, organisation_id, customer_id, fields, at)


def archive_customer(
    *, organisation_id: int, customer_id: int, actor: Actor, at: dt.datetime
) -> Customer:
    """Put a customer away, its documents untouched; raises UnknownContactError."""
    return _archive(Customer, organisation_id, customer_id, at)


def remove_customer(
    *, organisation_id: int, customer_id: int, actor: Actor, at: dt.datetime
) -> bool:
    """Delete an unused customer, or archive a used one; returns whether it is gone."""
    return _remove(Customer, organisation_id, customer_id, at)


def create_supplier(
    *, organisation_id: int, fields: ContactFields, actor: Actor, at: dt.datetime
) -> Supplier:
    """Add a supplier; raises ContactInvalidError with a sentence per field."""
    return _create(Supplier, organisation_id, fields, at)


def update_supplier(
    *,
    organisation_id: int,
    supplier_id: int,
    fields: ContactFields,
    actor: Actor,
    at: dt.datetime,
) -> Supplier:
    """Change what is given; raises UnknownContactError and ContactInvalidError."""
    return _update(Supplier, organisation_id, supplier_id, fields, at)


def archive_supplier(
    *, organisation_id: int, supplier_id: int, actor: Actor, at: dt.datetime
) -> Supplier:
    """Put a supplier away, its documents untouched; raises UnknownContactError."""
    return _archive(Supplier, organisation_id, supplier_id, at)


def remove_supplier(
    *, organisation_id: int, supplier_id: int, actor: Actor, at: dt.datetime
) -> bool:
    """Delete an unused supplier, or archive a used one; returns whether it is gone."""
    return _remove(Supplier, organisation_id, supplier_id, at)


def add_customers(
    *, organisation_id: int, customers: Sequence[ContactFields], actor: Actor, at: dt.datetime
) -> list[Customer]:
    """Add many customers at once; raises ContactInvalidError."""
    made = [_filled(Customer(organisation_id=organisation_id), fields, at) for fields in customers]
    with organisation_scope(organisation_id):
        return Customer.objects.bulk_create(made, batch_size=1000)


_Kind = TypeVar("_Kind", Customer, Supplier)


def _create(
    kind: type[_Kind], organisation_id: int, fields: ContactFields, at: dt.datetime
) -> _Kind:
    with organisation_scope(organisation_id):
        contact = _filled(kind(organisation_id=organisation_id), fields, at)
        contact.save(force_insert=True)
        return contact


def _update(
    kind: type[_Kind],
    organisation_id: int,
    contact_id: int,
    fields: ContactFields,
    at: dt.datetime,
) -> _Kind:
    with organisation_scope(organisation_id):
        contact = _filled(_locked(kind, organisation_id, contact_id), fields, at)
        contact.save()
        return contact


def _archive(kind: type[_Kind], organisation_id: int, contact_id: int, at: dt.datetime) -> _Kind:
    with organisation_scope(organisation_id):
        contact = _locked(kind, organisation_id, contact_id)
        contact.is_archived = True
        contact.updated_at = at
        contact.save(update_fields=["is_archived", "updated_at"])
        return contact


def _remove(kind: type[_Kind], organisation_id: int, contact_id: int, at: dt.datetime) -> bool:
    """Whether a contact is used is the database's to judge: its references are protected."""
    with organisation_scope(organisation_id):
        contact = _locked(kind, organisation_id, contact_id)
        try:
            with transaction.atomic():
                contact.delete()
                _check_references_now()
        except IntegrityError:
            _archive(kind, organisation_id, contact_id, at)
            return False
        return True


def _check_references_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _locked(kind: type[_Kind], organisation_id: int, contact_id: int) -> _Kind:
    contact = (
        kind.objects.select_for_update(no_key=True)
        .filter(organisation_id=organisation_id, pk=contact_id)
        .first()
    )
    if contact is None:
        raise UnknownContactError(contact_id)
    return contact


def _filled(contact: _Kind, fields: ContactFields, at: dt.datetime) -> _Kind:
    """The contact with its new values; raises ContactInvalidError."""
    for field, value in fields.items():
        if field in TEXT_FIELDS:
            value = str(value or "").strip()
        setattr(contact, field, value)
    contact.country = contact.country.upper()
    contact.currency = contact.currency.upper()
    contact.created_at = contact.created_at or at
    contact.updated_at = at
    problems = _problems(contact, fields)
    if problems:
        raise ContactInvalidError(problems)
    return contact


def _problems(contact: Contact, fields: ContactFields) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}

    def add(field: str, sentence: str) -> None:
        found.setdefault(field, []).append(sentence)

    if not contact.name:
        add("name", _("Give a name."))
    for field in TEXT_FIELDS:
        limit = getattr(contact._meta.get_field(field), "max_length", None)
        if limit and len(getattr(contact, field)) > limit and field not in ("country", "currency"):
            add(field, _("At most %(count)d letters.") % {"count": limit})
    if contact.email and not _is_email(contact.email):
        add("email", _("Write an e-mail address, such as name@example.com."))
    if contact.country and contact.country not in COUNTRY_CODES:
        add("country", _("Write a country as its two letters, such as GB."))
    if contact.currency not in CURRENCY_CODES:
        add("currency", _("Write a currency as its three letters, such as GBP."))
    if contact.credit_limit is not None and contact.credit_limit < 0:
        add("credit_limit", _("A credit limit is not below zero."))
    if not 0 <= contact.days_until_payment_due <= DAYS_UNTIL_DUE_MAX:
        add("days_until_payment_due", _("Payment is due in 0 to 3650 days."))
    if "vat_number" in fields and contact.vat_number:
        _check_vat_number(contact, add)
    account_id = fields.get("default_account_id")
    if account_id is not None and not _has_account(contact.organisation_id, account_id):
        add("default_account", _("There is no such nominal account."))
    return found


def _check_vat_number(contact: Contact, add: Callable[[str, str], None]) -> None:
    """Only UK numbers have a shape that we check; others are kept as written."""
    if contact.country not in UK_VAT_COUNTRIES:
        return
    try:
        contact.vat_number = compact_vat_number(contact.vat_number)
    except VatNumberError as error:
        add("vat_number", str(error))


def _has_account(organisation_id: int, account_id: int) -> bool:
    return NominalAccount.objects.filter(organisation_id=organisation_id, pk=account_id).exists()


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
