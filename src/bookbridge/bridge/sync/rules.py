"""How long to wait after a failure, and what tells a vanished list from deletions: pure."""

from __future__ import annotations

import datetime as dt
from enum import IntEnum


class Urgency(IntEnum):
    """Who waits for a refresh; the smaller number goes first."""

    FIRST_LINK = 0
    ASKED = 1
    SCHEDULED = 2


# Waits after failures that should pass: the first is short, the last is repeated.
RETRY_WAITS = (5, 15, 60, 300, 900, 1800)
RETRIES_MAX = 15
# Maintenance is no failure: it is waited out, however long it takes.
MAINTENANCE_WAITS = (30, 60, 120, 300, 600)
WAIT_SECONDS_MAX = 24 * 60 * 60
# A run that keeps dying with its worker, without one more page read, is given up.
RUNS_MAX = 20

# One connection's turn at a worker, where others wait: so many pages, or so long.
TURN_PAGES = 20
TURN_SECONDS = 10.0
# The queue's priority holds the urgency and, below it, the place among the equally urgent.
PLACES = 100_000_000
# What has waited this long goes ahead of the more urgent, a few at each look.
PATIENCE = dt.timedelta(minutes=10)
PATIENCE_ENDS_FOR_MAX = 10

# A scheduled read comes early by a share of its interval that is fixed for its connection.
EARLY_SHARE = 0.1
EARLY_HOURS_MAX = 6.0
# A source's clock may be wrong by this much: its changes are asked for from so much earlier.
INCREMENTAL_OVERLAP = dt.timedelta(hours=1)

# More than this at once is no deletion but a list in trouble.
VANISHED_SHARE_MAX = 0.3
VANISHED_ALWAYS_ALLOWED = 20
# Single records asked for by id at the end of one scan.
PROBES_MAX = 100
RESCANS_MAX = 1
REREADS_MAX = 2


def wait_after(attempt: int, asked: dt.timedelta | None, *, is_maintenance: bool) -> dt.timedelta:
    """How long to wait after the n-th failure (from 1), if the source asked for no time."""
    if asked is not None:
        return min(max(asked, dt.timedelta(seconds=1)), dt.timedelta(seconds=WAIT_SECONDS_MAX))
    waits = MAINTENANCE_WAITS if is_maintenance else RETRY_WAITS
    return dt.timedelta(seconds=waits[min(attempt, len(waits)) - 1])


def priority_of(urgency: Urgency, place: int) -> int:
    """The queue's priority, where the greater number goes first; other jobs have 0."""
    return -1 - urgency * PLACES - min(place, PLACES - 1)


def place_of(priority: int) -> int:
    """The place among the equally urgent that a priority stands for."""
    return (-1 - priority) % PLACES


def is_mass_deletion(missing: int, live: int, *, above: int, percent: int) -> bool:
    """Whether so many records went missing together that somebody is to be asked."""
    if missing > max(VANISHED_ALWAYS_ALLOWED, live * VANISHED_SHARE_MAX):
        return True
    return missing > above and missing * 100 > live * percent
