"""What an event looks like, who is told of it, and when a failed try is repeated: pure."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import msgspec

from bookbridge.bridge.webhooks.event_types import DEPRECATED

# What passes before each repetition; the first try is made at once.
RETRY_DELAYS = (
    dt.timedelta(seconds=5),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=5),
    dt.timedelta(hours=10),
    dt.timedelta(hours=10),
)
# Up to this part of the delay is added, so that an outage's messages do not all come at once.
JITTER = 0.1
RETRY_AFTER_MAX = dt.timedelta(hours=10)
# Answers that ask us to slow down; only theirs may name a wait.
SLOW_DOWN = frozenset({429, 502, 503, 504})
GONE = 410
FAILING_MAX = dt.timedelta(days=5)

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


def wants(
    *,
    event_types: Collection[str],
    company_tags: Collection[str],
    event_type: str,
    tags_of_company: Mapping[str, str],
) -> bool:
    """Whether a consumer is told: its types name the event, and one of its tags the company.

    No type means every one but the deprecated; no tag means every company.
    """
    is_named = event_type in event_types if event_types else event_type not in DEPRECATED
    if not is_named or not company_tags:
        return is_named
    return any(f"{key}:{value}" in company_tags for key, value in tags_of_company.items())


def next_try(
    *, message_id: UUID, failures: int, at: dt.datetime, retry_after: dt.timedelta | None
) -> dt.datetime | None:
    """When to try again after so many failures; None when the schedule is used up.

    A receiver that names a longer wait gets it, within bounds.
    """
    if failures > len(RETRY_DELAYS):
        return None
    delay = RETRY_DELAYS[failures - 1]
    spread = delay * JITTER * _fraction(message_id, failures)
    return at + max(delay + spread, min(retry_after or dt.timedelta(0), RETRY_AFTER_MAX))


def _fraction(message_id: UUID, number: int) -> float:
    """Between 0 and 1, by chance, and the same whenever it is asked for."""
    digest = hashlib.sha256(message_id.bytes + number.to_bytes(2, "big")).digest()
    return int.from_bytes(digest[:4], "big") / 2**32
