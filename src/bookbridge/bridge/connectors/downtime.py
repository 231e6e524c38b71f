"""What a connector may say about when its source is down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class WeeklyWindow:
    """Hours of a week in which a source may be down: `weekday` from Monday 0, whole hours of the
    named time zone, `to_hour` not included."""

    weekday: int
    from_hour: int
    to_hour: int
    time_zone: str = "Europe/London"


@dataclass(frozen=True)
class PlannedWindow:
    """Maintenance that the provider announces."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    reason: str


@dataclass(frozen=True)
class SourceStatus:
    """The provider's status page: `state` is operational, degraded, maintenance or unknown.

    `planned` holds what it announces. `answers` says whether the API itself answered, asked
    without a grant; None where the connector does not ask."""

    state: str
    message: str
    expected_back_at: dt.datetime | None
    planned: Sequence[PlannedWindow] = ()
    answers: bool | None = None
