"""What an event looks like, who is told of it, and when a failed try is repeated: pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

_encoder = msgspec.json.Encoder(decimal_format="number", uuid_format="canonical")


def envelope(event_id: UUID, event_type: str, payload: Mapping[str, Any], at: dt.datetime) -> str:
    """The body of an event, as it is signed and sent."""
    return _encoder.encode(
        {
            "id": event_id,
            "eventType": event_type,
            "generatedDate": moment(at),
            "payload": payload,
        }
    ).decode()


def moment(at: dt.datetime | None) -> str | None:
    """A time as events write it: UTC, with Z."""
    if at is None:
        return None
    return at.astimezone(dt.UTC).replace(tzinfo=None).isoformat() + "Z"
