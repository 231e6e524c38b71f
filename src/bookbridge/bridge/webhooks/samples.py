"""Invented events of every type, for trying out a receiver; the ids belong to nobody."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from bookbridge.bridge.webhooks.event_types import WRITES
from bookbridge.bridge.webhooks.rules import moment

COMPANY_ID = "00000000-0000-4000-8000-000000000001"
CONNECTION_ID = "00000000-0000-4000-8000-000000000002"
DATASET_ID = "00000000-0000-4000-8000-000000000003"
WRITE_ID = "00000000-0000-4000-8000-000000000004"
NAME = "Example Ltd (test event)"


class NoSampleError(Exception):
    """There is no invented event of this type."""

    code = "webhook_sample_unknown"


def sample_payload(event_type: str, at: dt.datetime) -> dict[str, Any]:
    """The payload of an invented event; raises NoSampleError."""
    if event_type in WRITES:
        return _write(event_type, at)
    match event_type.split("."):
        case ["company", "product", change]:
            products = ["lending"] if change == "added" else []
            named = {"productId": "lending", "productName": "Lending", "products": products}
            return {"id": COMPANY_ID, "name": NAME, "description": None, **named}
        case ["company", _change]:
            return _company(at)
        case ["connection", change]:
            return {"referenceCompany": _reference(), "connection": _connection(change, at)}
        case ["read", "completed", *_rest]:
            return _read()
        case ["client", "rateLimit", change]:
            left = 0 if change == "reached" else 1000
            return {"dailyQuota": 1000, "quotaRemaining": left, "expiryDate": moment(at)}
    raise NoSampleError(_("There is no test event of type %(name)s.") % {"name": event_type[:100]})


def _company(at: dt.datetime) -> dict[str, Any]:
    return {
        "id": COMPANY_ID,
        "name": NAME,
        "description": None,
        "redirect": f"{settings.PUBLIC_URL}/link/company/{COMPANY_ID}",
        "lastSync": None,
        "created": moment(at),
        "createdByUserName": None,
        "products": [],
        "tags": {},
        "ownerUserIds": [],
        "referenceParentCompany": None,
        "referenceSubsidiaryCompanies": [],
    }


def _reference() -> dict[str, Any]:
    portal = f"{settings.PUBLIC_URL}/companies/{COMPANY_ID}/summary"
    return {"id": COMPANY_ID, "name": NAME, "links": {"portal": portal}, "tags": {}}


def _connection(change: str, at: dt.datetime) -> dict[str, Any]:
    statuses = {"connected": "Linked", "reconnected": "Linked", "disconnected": "Unlinked"}
    link = f"{settings.PUBLIC_URL}/link/companies/{COMPANY_ID}/connections/{CONNECTION_ID}/start"
    return {
        "id": CONNECTION_ID,
        "integrationId": "00000000-0000-4000-8000-000000000005",
        "integrationKey": "vjms",
        "sourceId": "00000000-0000-4000-8000-000000000006",
        "sourceType": "Accounting",
        "platformName": "Pandle",
        "linkUrl": link,
        "status": statuses.get(change, "PendingAuth"),
        "lastSync": None,
        "created": moment(at),
        "dataConnectionErrors": [],
        "connectionInfo": {},
    }


def _read() -> dict[str, Any]:
    summary = {
        "connectionId": CONNECTION_ID,
        "dataType": "invoices",
        "datasetId": DATASET_ID,
        "recordsModified": True,
        "status": "Complete",
        "issues": [],
    }
    return {"referenceCompany": _reference(), "modifiedFromDate": None, "dataTypes": [summary]}


def _write(event_type: str, at: dt.datetime) -> dict[str, Any]:
    return {
        "id": WRITE_ID,
        "type": "Create",
        "referenceCompany": _reference(),
        "connectionId": CONNECTION_ID,
        "requestedOnDate": moment(at),
        "completedOnDate": moment(at),
        "status": "Success" if event_type.endswith(".successful") else "Failed",
        "record": None,
        "attachmentId": None,
    }
