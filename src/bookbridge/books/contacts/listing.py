"""The lists of customers and suppliers, with what each owes or is owed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bookbridge.books.contacts.models import Contact
from bookbridge.kit.listing import Choice, Column, Listing, Status

Balances = Callable[[int, Iterable[int]], dict[int, Decimal]]


class ContactListing(Listing[Contact]):
    """Balances are added up only for the rows of the page."""

    balances_of: Balances
    organisation_id: int

    @cached_property
    def balances(self) -> dict[int, Decimal]:
        is_csv = self.query.get("format") == "csv"
        rows = self.chosen if is_csv else self.page.object_list
        return self.balances_of(self.organisation_id, [row.pk for row in rows])


def contact_listing(
    request: Any, rows: Any, *, page: str, balances_of: Balances, owed: Any
) -> ContactListing:
    """Customers or suppliers; `page` is the name of a contact's own page."""
    organisation_id = request.organisation.pk
    listing: ContactListing

    def balance(row: Contact) -> Decimal:
        return listing.balances.get(row.pk, Decimal(0))

    columns: list[Column[Contact]] = [
        Column("name", _("Name"), lambda c: c.name, order=("name",)),
        Column("reference", _("Reference"), lambda c: c.reference, order=("reference",)),
        Column("email", _("E-mail"), lambda c: c.email, order=("email",), is_optional=True),
        Column("town", _("Town"), lambda c: c.town_city, order=("town_city",), is_optional=True),
        Column("currency", _("Currency"), lambda c: c.currency, is_optional=True),
        Column("status", _("Status"), _status, kind="status", is_optional=True),
        Column("balance", owed, balance, kind="money"),
    ]
    listing = ContactListing(
        request,
        rows,
        columns,
        default_sort="name",
        search=("name", "business_name", "reference", "email", "postcode"),
        search_hint=_("Search name, reference, e-mail"),
        choices=[
            Choice("show", "active", _("Active"), Q(is_archived=False)),
            Choice("show", "archived", _("Archived"), Q(is_archived=True)),
        ],
        row_href=lambda c: reverse(page, args=[organisation_id, c.pk]),
        name=f"{page}s",
    )
    listing.balances_of, listing.organisation_id = balances_of, organisation_id
    return listing


def _status(contact: Contact) -> Status:
    return Status("none", _("Archived")) if contact.is_archived else Status("ok", _("Active"))
