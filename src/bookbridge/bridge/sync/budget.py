"""The shared budget of requests to a source: one row per integration and one per connection.

A worker reserves a handful of requests with one statement (GCRA: a row holds the time of the next
free request, in the database's own clock) and sleeps outside any transaction. When the source
says wait, the time is written there, so that every worker waits. After a 429 the rate is half of
what it was, and grows back with time.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection as database
from django.utils.translation import gettext as _

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.contract import RateHint
from bookbridge.bridge.connectors.errors import MaintenanceError, RetryLaterError
from bookbridge.bridge.sync.limits import Limits, limits_of

BURST_SECONDS = 1.0
RESERVED_AT_ONCE = 10
# What is reserved at once may take no more than this much of the slowest rate.
RESERVED_SECONDS_MAX = 0.25
# A shorter wait is slept through; for a longer one the dataset goes back to the queue.
SLEEP_SECONDS_MAX = 5.0
REASON_LENGTH_MAX = 300
# A rate that was halved is whole again after this long without another 429.
RECOVERY_SECONDS = 300.0
# Workers that are refused at the same moment halve the rate once.
HALVED_AGAIN_AFTER_SECONDS = 5.0
RATE_MIN = 0.1
# A hint that asks for hardly less than the last one is not worth a statement.
HINT_SHARE = 0.8

OPEN = """
INSERT INTO sync_ratebudget (client_id, scope, next_at, reason)
SELECT %(client)s, scope, now(), '' FROM unnest(%(scopes)s::text[]) AS scope
ON CONFLICT (client_id, scope) DO NOTHING
"""
# The rate as it is now, of a row whose most is `most`.
RATE = """GREATEST(%(rate_min)s, LEAST(most, COALESCE(budget.per_second + most
    * EXTRACT(epoch FROM clock_timestamp() - budget.limited_at)::float8 / %(recovery)s, most)))"""
WITH_MOST = "unnest(%(scopes)s::text[], %(mosts)s::float8[]) AS wanted (name, most)"
OURS = "budget.client_id = %(client)s AND budget.scope = wanted.name"
RESERVE = f"""
UPDATE sync_ratebudget AS budget
SET next_at = GREATEST(next_at, clock_timestamp() - make_interval(secs => %(burst)s))
    + make_interval(secs => %(count)s / {RATE})
FROM {WITH_MOST} WHERE {OURS}
RETURNING EXTRACT(epoch FROM next_at - clock_timestamp())::float8 - %(count)s / {RATE},
    COALESCE(EXTRACT(epoch FROM not_before - clock_timestamp()), 0)::float8, reason
"""  # noqa: S608 - our own constants
GIVE_BACK = f"""
UPDATE sync_ratebudget AS budget SET next_at = next_at - make_interval(secs => %(count)s / {RATE})
FROM {WITH_MOST} WHERE {OURS}
"""  # noqa: S608 - our own constants
STOP = """
UPDATE sync_ratebudget
SET not_before = GREATEST(not_before, now() + make_interval(secs => %(wait)s)), reason = %(reason)s
WHERE client_id = %(client)s AND scope = ANY(%(scopes)s)
"""
SLOW_DOWN = f"""
UPDATE sync_ratebudget AS budget SET per_second = LEAST({RATE}, %(per_second)s), limited_at = now()
FROM {WITH_MOST} WHERE {OURS}
"""  # noqa: S608 - our own constants
HALVE = f"""
UPDATE sync_ratebudget AS budget
SET per_second = GREATEST(%(rate_min)s, {RATE} / 2), limited_at = now()
FROM {WITH_MOST} WHERE {OURS}
  AND (limited_at IS NULL OR limited_at < now() - make_interval(secs => %(again)s))
"""  # noqa: S608 - our own constants


class HeldBackError(RetryLaterError):
    """The source asked some worker to wait, or the budget is used up for a while."""

    code = "held_back"


class HeldForMaintenanceError(MaintenanceError, HeldBackError):
    """The same, because of maintenance."""


@dataclass
class Budget:
    """One connection's share of the shared budget, for one run of work."""

    client_id: UUID
    integration_key: str
    connection_id: UUID
    _reserved: int = 0
    _is_open: bool = field(default=False, repr=False)
    _hinted: float | None = None

    @property
    def scopes(self) -> list[str]:
        return [f"integration:{self.integration_key}", f"connection:{self.connection_id}"]

    @property
    def limits(self) -> Limits:
        return limits_of(self.integration_key)

    def before_request(self) -> None:
        """Wait for the next free request; raises HeldBackError rather than wait for long."""
        if self._reserved > 0:
            self._reserved -= 1
            return
        count = self._at_once()
        busy, held, reason = self._reserve(count)
        if max(busy, held) > SLEEP_SECONDS_MAX:
            # The place at the worker is worth more to others than to one who waits.
            self._execute(GIVE_BACK, {"count": count})
            if held >= busy:
                raise held_back(reason, held)
            raise HeldBackError(
                _("The budget of requests to this source is used up for the moment."),
                after=dt.timedelta(seconds=busy),
            )
        if max(busy, held) > 0:
            time.sleep(max(busy, held))
        self._reserved = count - 1

    def stop(self, wait: dt.timedelta, reason: str, *, is_rate_limit: bool = False) -> None:
        """The source said wait: no worker asks it before the time is up, nor, after a 429, as
        often as before."""
        self._reserved = 0
        stopped = {"wait": wait.total_seconds(), "reason": reason[:REASON_LENGTH_MAX]}
        self._execute(STOP, stopped)
        if is_rate_limit:
            self._execute(HALVE, {"again": HALVED_AGAIN_AFTER_SECONDS})

    def heed(self, hint: RateHint) -> None:
        """Spread what the source says is left over the time until it counts anew.

        Such limits are mostly of one company; where one is of the app, its 429 tells the others.
        """
        seconds = max(hint.resets_in.total_seconds(), 1.0)
        pace = max(hint.remaining / seconds, RATE_MIN)
        if pace >= (self._hinted or self.limits.connection) * HINT_SHARE:
            return
        self._hinted = pace
        self._reserved = 0
        ours = {"scopes": self.scopes[1:], "mosts": [self.limits.connection]}
        self._execute(SLOW_DOWN, {**ours, "per_second": pace})
        if hint.remaining <= 0:
            reason = _("The source's own limit is used up for the moment.")
            self._execute(STOP, {**ours, "wait": seconds, "reason": reason})

    def _at_once(self) -> int:
        slowest = min(self.limits.app, self.limits.connection)
        return max(1, min(RESERVED_AT_ONCE, int(slowest * RESERVED_SECONDS_MAX)))

    def _reserve(self, count: int) -> tuple[float, float, str]:
        rows = self._execute(RESERVE, {"count": count, "burst": BURST_SECONDS})
        busy = max(row[0] for row in rows)
        held, reason = max((row[1], row[2]) for row in rows)
        return busy, held, reason

    def _execute(self, statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        limits = self.limits
        shared: dict[str, Any] = {
            "client": self.client_id,
            "scopes": self.scopes,
            "mosts": [limits.app, limits.connection],
            "rate_min": RATE_MIN,
            "recovery": RECOVERY_SECONDS,
        }
        with client_scope(self.client_id), database.cursor() as cursor:
            # Losing a reservation in a crash costs nothing: it need not wait for the disk.
            cursor.execute("SET LOCAL synchronous_commit = off")
            if not self._is_open:
                cursor.execute(OPEN, shared)
                self._is_open = True
            cursor.execute(statement, {**shared, **values})
            return cursor.fetchall() if cursor.description else []


MAINTENANCE_MARK = "Maintenance: "


def held_back(reason: str, seconds: float) -> HeldBackError:
    after = dt.timedelta(seconds=seconds)
    if reason.startswith(MAINTENANCE_MARK):
        return HeldForMaintenanceError(reason.removeprefix(MAINTENANCE_MARK), after=after)
    return HeldBackError(reason, after=after)
