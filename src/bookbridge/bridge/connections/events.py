"""What webhooks say of a connection."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.conf import settings

from bookbridge.bridge.companies.events import company_reference
from bookbridge.bridge.connections.models import Connection, ConnectionFailure
from bookbridge.bridge.integrations.queries import connector_of
from bookbridge.bridge.webhooks.outbox import emit
from bookbridge.bridge.webhooks.rules import moment

CREATED = "connection.created"
CONNECTED = "connection.connected"
RECONNECTED = "connection.reconnected"
DISCONNECTED = "connection.disconnected"
FAILED = "connection.failed"
DELETED = "connection.deleted"

FAILURES_LISTED_MAX = 20


def announce_connection(
    connection: Connection, event_type: str, at: dt.datetime, *, failure: str = ""
) -> UUID:
    """Write the event of what became of a connection; `failure` says why it was not linked."""
    return emit(
        client_id=connection.client_id,
        event_type=event_type,
        payload={
            "referenceCompany": company_reference(connection.client_id, connection.company_id),
            "connection": _connection(connection, failure, at),
        },
        at=at,
        company_id=connection.company_id,
    )


def _connection(connection: Connection, failure: str, at: dt.datetime) -> dict[str, Any]:
    manifest = connector_of(connection.integration_key).manifest
    return {
        "id": connection.id,
        "integrationId": manifest.integration_id,
        "integrationKey": manifest.key,
        "sourceId": manifest.source_id,
        "sourceType": manifest.source_type,
        "platformName": manifest.name,
        "linkUrl": (
            f"{settings.PUBLIC_URL}/link/companies/{connection.company_id}"
            f"/connections/{connection.id}/start"
        ),
        "status": connection.status,
        "lastSync": moment(connection.last_sync_at),
        "created": moment(connection.created_at),
        "dataConnectionErrors": _failures(connection, failure, at),
        "connectionInfo": connection.connection_info,
    }


def _failures(connection: Connection, failure: str, at: dt.datetime) -> list[dict[str, Any]]:
    rows = ConnectionFailure.objects.filter(
        client_id=connection.client_id, connection=connection
    ).order_by("-errored_at")[:FAILURES_LISTED_MAX]
    found = [
        {
            "statusCode": row.status_code,
            "statusText": row.status_text,
            "errorMessage": row.message,
            "erroredOnUtc": moment(row.errored_at),
            "status": row.status,
            "resolvedOnUtc": moment(row.resolved_at),
        }
        for row in reversed(rows)
    ]
    if failure:
        # A sign-in that came to nothing is no trouble with the source's data, so it is told here
        # and not kept among the connection's failures.
        found.append(
            {
                "statusCode": "403",
                "statusText": "Linking failed",
                "errorMessage": failure,
                "erroredOnUtc": moment(at),
                "status": ConnectionFailure.Status.ACTIVE.value,
                "resolvedOnUtc": None,
            }
        )
    return found
