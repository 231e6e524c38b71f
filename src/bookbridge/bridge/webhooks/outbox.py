"""Where the rest of the bridge says that something happened.

An event is a row of the transaction that makes the change: both are there, or neither is. Telling
consumers of it comes after, and any number of times; see `operations/publishing.py`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import msgspec
from django.db import connection

from bookbridge.bridge.webhooks.models import Event
from bookbridge.bridge.webhooks.queueing import publish_after_commit
from bookbridge.bridge.webhooks.rules import envelope

# Companies are a layer above: their table is read here, their code is not imported.
TAGS_OF_COMPANY = "SELECT tags FROM companies_company WHERE client_id = %s AND id = %s"


def emit(
    *,
    client_id: UUID,
    event_type: str,
    payload: Mapping[str, Any],
    at: dt.datetime,
    company_id: UUID | None = None,
) -> UUID:
    """Write an event into the transaction of its change; its id is the message's for ever."""
    assert connection.in_atomic_block, "an event belongs to the transaction of its change"
    event_id = uuid4()
    Event.objects.create(
        client_id=client_id,
        event_id=event_id,
        event_type=event_type,
        company_id=company_id,
        company_tags=_tags(client_id, company_id),
        body=envelope(event_id, event_type, payload, at),
        occurred_at=at,
    )
    publish_after_commit(client_id)
    return event_id


def _tags(client_id: UUID, company_id: UUID | None) -> dict[str, str]:
    if company_id is None:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(TAGS_OF_COMPANY, [client_id, company_id])
        row = cursor.fetchone()
    if row is None:
        return {}
    # A cursor gives JSON as text: Django's fields decode their own.
    tags = msgspec.json.decode(row[0]) if isinstance(row[0], str) else row[0]
    return dict(tags)
