"""What the state of the service is, from its maintenance windows. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

OPERATIONAL = "operational"
MAINTENANCE = "maintenance"
RETRY_AFTER_SECONDS_MIN = 1
RETRY_AFTER_SECONDS_MAX = 3600


@dataclass(frozen=True)
class Window:
    """A maintenance window as the status page tells it."""

    id: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    reason: str


@dataclass(frozen=True)
class ServiceState:
    """Now, what is planned, and what has been."""

    current: Window | None
    planned: tuple[Window, ...]
    history: tuple[Window, ...]

    @property
    def state(self) -> str:
        return MAINTENANCE if self.current else OPERATIONAL


def service_state(windows: Sequence[Window], at: dt.datetime) -> ServiceState:
    """Sorts windows into the one that is open, those to come, and those past (latest first)."""
    now = [w for w in windows if w.starts_at <= at < w.ends_at]
    return ServiceState(
        current=max(now, key=lambda w: w.ends_at, default=None),
        planned=tuple(sorted((w for w in windows if w.starts_at > at), key=lambda w: w.starts_at)),
        history=tuple(
            sorted((w for w in windows if w.ends_at <= at), key=lambda w: w.ends_at, reverse=True)
        ),
    )


def retry_after_seconds(ends_at: dt.datetime, at: dt.datetime) -> int:
    """When to ask again: at the end, but never more than an hour away."""
    seconds = int((ends_at - at).total_seconds()) + 1
    return max(RETRY_AFTER_SECONDS_MIN, min(seconds, RETRY_AFTER_SECONDS_MAX))
