"""When a source is likely to be down: announced, known, or learned from outages. Pure.

Weekly hours are hours of a clock on a wall in the named zone, so that a window stays at nine in
the morning when the clocks go forward or back.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bookbridge.bridge.connectors.contract import WeeklyWindow

LEARNING_ZONE = "Europe/London"
LEARNED_FROM = dt.timedelta(weeks=12)
# On so many different days must the same hour of the week have been hit.
EVIDENCE_DAYS_MIN = 3
# A hiccup is no window, and what lasts for days has no hour of the week.
OUTAGE_MIN = dt.timedelta(minutes=1)
OUTAGE_MAX = dt.timedelta(hours=24)
# A source that is down all the time must not be left unread for ever.
LEARNED_HOURS_MAX = 24
LOOKED_AHEAD = dt.timedelta(days=8)
CHAINED_MAX = 20

ANNOUNCED, KNOWN, LEARNED = "announced", "known", "learned"


@dataclass(frozen=True)
class Outage:
    """A time in which the source was down."""

    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True)
class LikelyWindow:
    """A time to stay away, and how it is known; `days` counts the outages it was learned from."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    origin: str
    reason: str = ""
    days: int = 0


@dataclass(frozen=True)
class LearnedHours:
    """Hours of the week that were hit again and again."""

    weekly: WeeklyWindow
    days: int


def learn(outages: Iterable[Outage], at: dt.datetime) -> list[LearnedHours]:
    """The hours of the week in which the source was down on several days of late."""
    zone = ZoneInfo(LEARNING_ZONE)
    days: dict[tuple[int, int], set[dt.date]] = defaultdict(set)
    for outage in outages:
        length = outage.ends_at - outage.starts_at
        if OUTAGE_MIN <= length <= OUTAGE_MAX and at - LEARNED_FROM <= outage.starts_at <= at:
            for local in _hours(outage, zone):
                days[local.weekday(), local.hour].add(local.date())
    hit = {slot: len(on) for slot, on in days.items() if len(on) >= EVIDENCE_DAYS_MIN}
    strongest = sorted(hit, key=lambda slot: (-hit[slot], slot))[:LEARNED_HOURS_MAX]
    return _joined({slot: hit[slot] for slot in sorted(strongest)})


def likely_windows(
    *,
    announced: Iterable[LikelyWindow],
    known: Iterable[WeeklyWindow],
    learned: Iterable[LearnedHours],
    at: dt.datetime,
) -> list[LikelyWindow]:
    """Every window that is open or begins within the next days, in order of time."""
    until = at + LOOKED_AHEAD
    found = [one for one in announced if one.ends_at > at and one.starts_at < until]
    for weekly in known:
        found += occurrences(weekly, at, until, KNOWN)
    for hours in learned:
        found += occurrences(hours.weekly, at, until, LEARNED, hours.days)
    return sorted(found, key=lambda one: (one.starts_at, one.ends_at))


def occurrences(
    weekly: WeeklyWindow, after: dt.datetime, before: dt.datetime, origin: str, days: int = 0
) -> list[LikelyWindow]:
    """The dates of a weekly window that end after one moment and start before another."""
    zone = ZoneInfo(weekly.time_zone)
    found = []
    day = after.astimezone(zone).date() - dt.timedelta(days=1)
    last = before.astimezone(zone).date()
    while day <= last:
        if day.weekday() == weekly.weekday:
            starts_at, ends_at = (
                _at_hour(day, hour, zone) for hour in (weekly.from_hour, weekly.to_hour)
            )
            if starts_at < ends_at and ends_at > after and starts_at < before:
                found.append(LikelyWindow(starts_at, ends_at, origin, days=days))
        day += dt.timedelta(days=1)
    return found


def next_clear(windows: Sequence[LikelyWindow], at: dt.datetime) -> dt.datetime:
    """The first moment from `at` on that lies in no window."""
    for _ in range(CHAINED_MAX):
        ends = [one.ends_at for one in windows if one.starts_at <= at < one.ends_at]
        if not ends:
            return at
        at = max(ends)
    return at


def _at_hour(day: dt.date, hour: int, zone: ZoneInfo) -> dt.datetime:
    days, hour = divmod(hour, 24)
    local = dt.datetime.combine(day + dt.timedelta(days=days), dt.time(hour), zone)
    return local.astimezone(dt.UTC)


def _hours(outage: Outage, zone: ZoneInfo) -> list[dt.datetime]:
    """The beginning of each hour of the wall clock that the outage touched."""
    first = outage.starts_at.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    found = []
    while first < outage.ends_at:
        found.append(first.astimezone(zone))
        first += dt.timedelta(hours=1)
    return found


def _joined(hit: dict[tuple[int, int], int]) -> list[LearnedHours]:
    """Neighbouring hours of a day as one window, with the evidence of its weakest hour."""
    found: list[LearnedHours] = []
    for (weekday, hour), days in hit.items():
        last = found[-1] if found else None
        if last and last.weekly.weekday == weekday and last.weekly.to_hour == hour:
            joined = WeeklyWindow(weekday, last.weekly.from_hour, hour + 1, LEARNING_ZONE)
            found[-1] = LearnedHours(joined, min(last.days, days))
        else:
            found.append(LearnedHours(WeeklyWindow(weekday, hour, hour + 1, LEARNING_ZONE), days))
    return found
