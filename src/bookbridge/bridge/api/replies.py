"""JSON answers. Amounts stay decimal on the wire: exact numbers, never floats."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec
from django.http import HttpResponse

_encoder = msgspec.json.Encoder(decimal_format="number", uuid_format="canonical")


def encode(value: Any) -> bytes:
    return _encoder.encode(value)


def json_reply(value: Any, *, status: int = 200) -> HttpResponse:
    """An object as JSON; bytes are JSON already."""
    content = value if isinstance(value, bytes) else encode(value)
    return HttpResponse(content, content_type="application/json", status=status)


class Outside(HttpResponse):
    """A reply that is made when the request's transaction is over: asking a source takes long, and
    a token that it gives must be kept whatever becomes of the request."""

    def __init__(self, make: Callable[[], HttpResponse]) -> None:
        super().__init__()
        self.make = make


def empty_reply(status: int) -> HttpResponse:
    """No body. The content type goes too: official clients read one where there is one."""
    reply = HttpResponse(status=status)
    del reply.headers["Content-Type"]
    return reply


def moment(at: dt.datetime | None) -> str | None:
    """A time as the public API writes it: UTC, with Z."""
    if at is None:
        return None
    return at.astimezone(dt.UTC).replace(tzinfo=None).isoformat() + "Z"


def without_nulls(values: dict[str, Any]) -> dict[str, Any]:
    """Absent, not null, where the public model has no nullable field."""
    return {name: value for name, value in values.items() if value is not None}
