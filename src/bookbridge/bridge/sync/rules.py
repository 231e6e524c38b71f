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
# A run that keeps dying with its worker is given up.
RUNS_MAX = 40

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


def vanished_at_once(missing: int, live: int) -> bool:
    """Whether so many records went missing together that the list is to be doubted."""
    return missing > max(VANISHED_ALWAYS_ALLOWED, live * VANISHED_SHARE_MAX)
