"""Roles, actors and API key facts: pure values."""

from __future__ import annotations

from dataclasses import dataclass

API_KEYS_MAX = 10
API_KEY_NAME_LENGTH_MAX = 50


@dataclass(frozen=True)
class Actor:
    """Who does something: a user, or a name such as that of an API key or of the schedule."""

    user_id: int | None
    name: str


SYSTEM = Actor(user_id=None, name="Bookbridge")
