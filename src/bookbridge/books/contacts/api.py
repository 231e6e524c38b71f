# ruff: noqa: S608 - the SQL is put together from our own constants; values are parameters.
"""API: customers and suppliers, and the account of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from bookbridge.books.api import sql
from bookbridge.books.api.countries import country_code
from bookbridge.books.api.currencies import CODES_BY_ID
from bookbridge.books.api.endpoint import Call, endpoint
from bookbridge.books.api.fields import Fields, body_of
from bookbridge.books.api.listing import Listing, Part
from bookbridge.books.api.rendering import money, nothing, resource_object, short_list
from bookbridge.books.contacts import operations
from bookbridge.books.contacts.models import Customer, Supplier
from bookbridge.books.contacts.operations import ContactFields
from bookbridge.books.ledger.models import Posting, Role
from bookbridge.books.ledger.queries import account_by_role

ADDRESS = ("address_line_1", "address_line_2", "address_line_3", "town_city", "county", "postcode")
PLAIN = ("name", "business_name", "email", "phone", "company_number", "vat_number")


@dataclass(frozen=True)
class Side:
    """What differs between customers and suppliers."""

    noun: str
    table: str
    role: str
    sign: int
    create: Callable[..., Customer | Supplier]
    update: Callable[..., Customer | Supplier]
    remove: Callable[..., bool]

    @property
    def plural(self) -> str:
        return f"{self.noun}s"

    @property
    def column(self) -> str:
        return f"{self.noun}_id"

    @property
    def part(self) -> Part:
        balance = (
            f"COALESCE((SELECT {self.sign} * sum(p.amount) FROM ledger_posting p "
            "JOIN ledger_nominalaccount a ON a.organisation_id = p.organisation_id "
            "AND a.id = p.account_id "
            f"WHERE p.organisation_id = d.organisation_id AND p.{self.column} = d.id "
            f"AND a.role = '{self.role}'), 0.00)::text"
        )
        return Part(
            table=self.table,
            item=sql.resource(
                self.plural,
                {
                    "name": "d.name",
                    "business-name": "d.business_name",
                    f"{self.noun}-ref": "d.reference",
                    "email": "d.email",
                    "phone": "d.phone",
                    "country": "d.country",
                    "currency-code": "d.currency",
                    "address": sql.json_object(
                        {name.replace("_", "-"): f"d.{name}" for name in (*ADDRESS, "country")}
                    ),
                    "credit-limit": "d.credit_limit::text",
                    "days-until-payment-due": "d.days_until_payment_due",
                    "nominal-account-id": "d.default_account_id::text",
                    "company-number": "d.company_number",
                    "vat-number": "d.vat_number",
                    "balance": balance,
                    "archived": "d.is_archived",
                    "updated-at": sql.moment("d.updated_at"),
                },
                {"currency": sql.currency_link("d.currency")},
            ),
        )


CUSTOMERS = Side(
    "customer",
    "contacts_customer",
    Role.TRADE_DEBTORS,
    1,
    operations.create_customer,
    operations.update_customer,
    operations.remove_customer,
)
SUPPLIERS = Side(
    "supplier",
    "contacts_supplier",
    Role.TRADE_CREDITORS,
    -1,
    operations.create_supplier,
    operations.update_supplier,
    operations.remove_supplier,
)


def contacts(call: Call, side: Side) -> Listing:
    # A balance moves without the contact being changed.
    return Listing(call.company_id, [side.part], is_versioned=False)


def contact_fields(body: Fields, side: Side) -> ContactFields:
    """What the body says, under the operation's names; absent stays absent."""
    found: dict[str, Any] = {name: body.text(name) for name in PLAIN if name in body}
    reference = f"{side.noun}_ref"
    if reference in body or "reference" in body:
        found["reference"] = body.text(reference if reference in body else "reference")
    address = body.one("address_attributes")
    found |= {name: address.text(name) for name in ADDRESS if name in address}
    for source in (body, address):
        if source.values.get("country"):
            found["country"] = country_code(source.text("country"))
    if "credit_limit" in body:
        found["credit_limit"] = body.number("credit_limit")
    if body.values.get("days_until_payment_due") not in (None, ""):
        found["days_until_payment_due"] = body.whole("days_until_payment_due")
    if "nominal_account_id" in body:
        found["default_account_id"] = body.whole("nominal_account_id")
    currency = currency_of(body)
    if currency:
        found["currency"] = currency
    body.check()
    return found  # type: ignore[return-value]


def currency_of(body: Fields) -> str | None:
    """The currency that a body names by code or by id, or None."""
    if body.values.get("currency_code"):
        return body.text("currency_code").upper()
    number = body.whole("currency_id")
    if number is None:
        return None
    if number not in CODES_BY_ID:
        body.refuse("currency_id", _("There is no such currency."))
    return CODES_BY_ID.get(number)


def routes(side: Side) -> list[URLPattern]:
    """The addresses of one side."""

    def listed(call: Call) -> HttpResponseBase:
        return contacts(call, side).respond(call.request)

    def shown(call: Call, contact_id: int) -> HttpResponseBase:
        return contacts(call, side).one(contact_id)

    def created(call: Call) -> HttpResponseBase:
        fields = contact_fields(body_of(call.request, side.noun), side)
        made = side.create(
            organisation_id=call.company_id, fields=fields, actor=call.actor, at=call.at
        )
        return contacts(call, side).one(made.pk, status=201)

    def changed(call: Call, contact_id: int) -> HttpResponseBase:
        contacts(call, side).one(contact_id)
        side.update(
            organisation_id=call.company_id,
            fields=contact_fields(body_of(call.request, side.noun), side),
            actor=call.actor,
            at=call.at,
            **{side.column: contact_id},
        )
        return contacts(call, side).one(contact_id)

    def removed(call: Call, contact_id: int) -> HttpResponseBase:
        contacts(call, side).one(contact_id)
        side.remove(
            organisation_id=call.company_id,
            actor=call.actor,
            at=call.at,
            **{side.column: contact_id},
        )
        return nothing()

    def account(call: Call, contact_id: int) -> HttpResponseBase:
        contacts(call, side).one(contact_id)
        return account_rows(call, side, contact_id)

    base = f"companies/<int:company_id>/{side.plural}"
    return [
        path(base, endpoint(get=listed, post=created)),
        path(f"{base}/<int:contact_id>", endpoint(get=shown, patch=changed, delete=removed)),
        path(f"{base}/<int:contact_id>/account", endpoint(get=account)),
    ]


def account_rows(call: Call, side: Side, contact_id: int) -> HttpResponseBase:
    """What is owed, movement by movement, oldest first."""
    control = account_by_role(call.company_id, side.role)
    postings = (
        Posting.objects.select_related("entry")
        .filter(organisation_id=call.company_id, account=control, **{side.column: contact_id})
        .order_by("date", "entry_id", "position")
    )
    return short_list(
        call.request,
        [
            resource_object(
                "account-transactions",
                f"{posting.entry_id}-{posting.position}",
                {
                    "date": posting.date.isoformat(),
                    "description": posting.entry.description,
                    "source-type": posting.entry.source_type.lower(),
                    "total-amount": money(side.sign * posting.amount),
                    "journal-entry-id": str(posting.entry_id),
                },
            )
            for posting in postings
        ],
    )


urlpatterns = [*routes(CUSTOMERS), *routes(SUPPLIERS)]
