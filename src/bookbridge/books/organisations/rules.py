"""Values and checks about who acts and for which business; pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes a change: a user, or a process that has only a name."""

    user_id: int | None
    name: str
