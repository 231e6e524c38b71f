"""Customers and suppliers, and the addresses that they share with the company."""

from __future__ import annotations

from typing import Any

from bookbridge.bridge.connectors.contract import MappedRecord, RejectedRecord, SourceRecords
from bookbridge.bridge.connectors.pandle import wire
from bookbridge.bridge.connectors.pandle.mapping.documents import Mapped
from bookbridge.bridge.connectors.pandle.mapping.lookups import Lookups, contact_name
from bookbridge.bridge.connectors.pandle.mapping.values import (
    newest,
    plain_text,
    set_given,
    with_tail,
)


def map_customers(records: SourceRecords, lookups: Lookups) -> Mapped:
    return _contacts(records, lookups, "customers", "customerName")


def map_suppliers(records: SourceRecords, lookups: Lookups) -> Mapped:
    return _contacts(records, lookups, "suppliers", "supplierName")


def _contacts(records: SourceRecords, lookups: Lookups, resource: str, name_field: str) -> Mapped:
    for record in records.all(resource):
        _, contact, relations = wire.read(wire.Contact, record, resource)
        name = contact_name(contact)
        if name is None:
            reason = "a contact without a name (name = None)"
            yield RejectedRecord(resource, record.id, reason)
            continue
        person = plain_text(contact.name)
        body: dict[str, Any] = {
            "id": record.id,
            name_field: name,
            "defaultCurrency": lookups.currency(
                relations.currency, contact.currency_code, lookups.base_currency
            ),
            "addresses": addresses(contact.address),
            "status": "Archived" if contact.archived else "Active",
        }
        if resource == "customers":
            body["contacts"] = []
        set_given(
            body,
            contactName=person if person != name else None,
            emailAddress=contact.email,
            phone=contact.phone,
            taxNumber=contact.vat_number,
            registrationNumber=contact.company_number,
        )
        changed_at = newest(contact.updated_at)
        yield MappedRecord(
            id=record.id,
            body=with_tail(body, changed_at),
            order_date=None,
            source_modified_at=changed_at,
            sources=[(resource, record.id)],
        )


def addresses(address: wire.Address | None) -> list[dict[str, Any]]:
    """The one address that the source keeps, or none when every line of it is empty."""
    if address is None:
        return []
    more = [line for line in (address.address_line_2, address.address_line_3) if line]
    found: dict[str, Any] = {}
    set_given(
        found,
        line1=address.address_line_1,
        line2=", ".join(more),
        city=address.town_city,
        region=address.county,
        country=address.country,
        postalCode=address.postcode,
    )
    return [{"type": "Billing", **found}] if found else []
