"""What webhooks say of a company."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from bookbridge.bridge.companies.models import Company
from bookbridge.bridge.companies.queries import company, family_of
from bookbridge.bridge.webhooks.outbox import emit
from bookbridge.bridge.webhooks.rules import moment

CREATED = "company.created"
DELETED = "company.deleted"
PRODUCT_ADDED = "company.product.added"
PRODUCT_REMOVED = "company.product.removed"

# Connections are a layer above: their table is read here, their code is not imported.
LAST_SYNC = """
SELECT max(last_sync_at) FROM connections_connection WHERE client_id = %s AND company_id = %s
"""


def announce_company(found: Company, event_type: str, at: dt.datetime) -> UUID:
    """Write the event of a company that was made, or is about to be deleted."""
    return emit(
        client_id=found.client_id,
        event_type=event_type,
        payload=_company(found),
        at=at,
        company_id=found.id,
    )


def announce_product(found: Company, product: str, event_type: str, at: dt.datetime) -> UUID:
    """Write the event of a product that a company is used for now, or no longer."""
    payload = {
        "id": found.id,
        "name": found.name,
        "description": found.description,
        "productId": product,
        "productName": product.replace("-", " ").replace("_", " ").capitalize(),
        "products": found.products,
    }
    return emit(
        client_id=found.client_id,
        event_type=event_type,
        payload=payload,
        at=at,
        company_id=found.id,
    )


def company_reference(client_id: UUID, company_id: UUID) -> dict[str, Any]:
    """How other events name the company that they are about."""
    return reference(company(client_id, company_id))


def reference(found: Company) -> dict[str, Any]:
    """How a company is named beside others."""
    named = {
        "id": found.id,
        "name": found.name,
        "links": {"portal": portal_url(found.id, "summary")},
        "tags": found.tags,
    }
    if found.description is not None:
        named["description"] = found.description
    return named


def portal_url(company_id: UUID, page: str) -> str:
    return f"{settings.PUBLIC_URL}/companies/{company_id}/{page}"


def _company(found: Company) -> dict[str, Any]:
    family = family_of(found.client_id, [found])
    parent = next((reference(one) for one in family if one.id == found.parent_id), None)
    return {
        "id": found.id,
        "name": found.name,
        "description": found.description,
        "redirect": f"{settings.PUBLIC_URL}/link/company/{found.id}",
        "lastSync": moment(_last_sync(found)),
        "created": moment(found.created_at),
        "createdByUserName": found.created_by,
        "products": found.products,
        "tags": found.tags,
        "ownerUserIds": [],
        "referenceParentCompany": parent,
        "referenceSubsidiaryCompanies": [
            reference(one) for one in family if one.parent_id == found.id
        ],
    }


def _last_sync(found: Company) -> dt.datetime | None:
    with connection.cursor() as cursor:
        cursor.execute(LAST_SYNC, [found.client_id, found.id])
        last: dt.datetime | None = cursor.fetchone()[0]
    return last
