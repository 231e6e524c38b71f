"""The state that travels to the source's consent page and back: pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

STATE_LIFETIME = dt.timedelta(minutes=15)
STATE_LENGTH_MAX = 300
STATE_SECRET_BYTES = 32


@dataclass(frozen=True)
class State:
    """Names a client and a connection, so that a callback can find them before it trusts it."""

    client_id: UUID
    connection_id: UUID
    text: str

    @property
    def hash(self) -> bytes:
        return digest(self.text)


def new_state(client_id: UUID, connection_id: UUID) -> State:
    secret = secrets.token_urlsafe(STATE_SECRET_BYTES)
    return State(client_id, connection_id, f"{client_id.hex}.{connection_id.hex}.{secret}")


def parse_state(text: str) -> State | None:
    """What a state names; None if it is not one of ours."""
    parts = text.split(".")
    if len(text) > STATE_LENGTH_MAX or len(parts) != 3:
        return None
    try:
        return State(UUID(hex=parts[0]), UUID(hex=parts[1]), text)
    except ValueError:
        return None


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
