"""The shared budget of requests to a source: one row per integration and one per connection.

A worker reserves a handful of requests with one statement (a leaky bucket kept as the time of the
next free request, in the database's own clock) and sleeps outside any transaction. When the source
says wait, the time is written there, so that every worker waits.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection as database

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.errors import MaintenanceError, RetryLaterError

REQUESTS_PER_SECOND = 100.0
BURST_SECONDS = 1.0
RESERVED_AT_ONCE = 5
# A shorter wait is slept through; for a longer one the dataset goes back to the queue.
SLEEP_SECONDS_MAX = 5.0
REASON_LENGTH_MAX = 300

OPEN = """
INSERT INTO sync_ratebudget (client_id, scope, next_at, reason)
SELECT %(client)s, scope, now(), '' FROM unnest(%(scopes)s::text[]) AS scope
ON CONFLICT (client_id, scope) DO NOTHING
"""
RESERVE = """
UPDATE sync_ratebudget
SET next_at = GREATEST(next_at, now() - make_interval(secs => %(burst)s))
    + make_interval(secs => %(cost)s)
WHERE client_id = %(client)s AND scope = ANY(%(scopes)s)
RETURNING EXTRACT(epoch FROM next_at - now())::float8,
    COALESCE(EXTRACT(epoch FROM not_before - now()), 0)::float8, reason
"""
STOP = """
UPDATE sync_ratebudget
SET not_before = GREATEST(not_before, now() + make_interval(secs => %(wait)s)), reason = %(reason)s
WHERE client_id = %(client)s AND scope = ANY(%(scopes)s)
"""


class HeldBackError(RetryLaterError):
    """The source asked some worker to wait, and the time is not yet up."""

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

    @property
    def scopes(self) -> list[str]:
        return [f"integration:{self.integration_key}", f"connection:{self.connection_id}"]

    def before_request(self) -> None:
        """Wait for the next free request; raises HeldBackError rather than wait for long."""
        if self._reserved > 0:
            self._reserved -= 1
            return
        busy, held, reason = self._reserve()
        if held > 0:
            if held > SLEEP_SECONDS_MAX:
                raise held_back(reason, held)
            time.sleep(held)
        if busy > 0:
            time.sleep(min(busy, SLEEP_SECONDS_MAX))
        self._reserved = RESERVED_AT_ONCE - 1

    def stop(self, wait: dt.timedelta, reason: str) -> None:
        """The source said wait: no worker asks it before the time is up."""
        self._reserved = 0
        self._open()
        with client_scope(self.client_id), database.cursor() as cursor:
            cursor.execute(
                STOP,
                {
                    "client": self.client_id,
                    "scopes": self.scopes,
                    "wait": wait.total_seconds(),
                    "reason": reason[:REASON_LENGTH_MAX],
                },
            )

    def _reserve(self) -> tuple[float, float, str]:
        self._open()
        with client_scope(self.client_id), database.cursor() as cursor:
            # Losing a reservation in a crash costs nothing: it need not wait for the disk.
            cursor.execute("SET LOCAL synchronous_commit = off")
            cursor.execute(
                RESERVE,
                {
                    "client": self.client_id,
                    "scopes": self.scopes,
                    "burst": BURST_SECONDS,
                    "cost": RESERVED_AT_ONCE / REQUESTS_PER_SECOND,
                },
            )
            rows = cursor.fetchall()
        busy = max(row[0] for row in rows)
        held, reason = max((row[1], row[2]) for row in rows)
        return busy, held, reason

    def _open(self) -> None:
        if not self._is_open:
            with client_scope(self.client_id), database.cursor() as cursor:
                cursor.execute(OPEN, {"client": self.client_id, "scopes": self.scopes})
            self._is_open = True


MAINTENANCE_MARK = "Maintenance: "


def held_back(reason: str, seconds: float) -> HeldBackError:
    after = dt.timedelta(seconds=seconds)
    if reason.startswith(MAINTENANCE_MARK):
        return HeldForMaintenanceError(reason.removeprefix(MAINTENANCE_MARK), after=after)
    return HeldBackError(reason, after=after)
