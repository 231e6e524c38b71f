"""Looks at the hosts of platforms: their status page, and whether they answer at all.

A host that is down holds every connection to it, of every client, until a look finds it up again.
No transaction is open while a host is asked.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from procrastinate.contrib.django import app

from bookbridge.bridge.clients.queries import all_client_ids
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.contract import AppKeys, SourceStatus
from bookbridge.bridge.integrations.health import Hold, hold_of_row
from bookbridge.bridge.integrations.http import source_client
from bookbridge.bridge.integrations.models import (
    IntegrationSettings,
    SourceHealth,
    SourceOutage,
)
from bookbridge.bridge.integrations.queries import connector_of

logger = logging.getLogger(__name__)

LOOK_TASK = "integrations.look_at_source"
HOLD_TASK = "sync.hold_source"
RESUME_TASK = "sync.resume_source"
QUEUE = "watch"
# Ahead of the reads that a source may be down for.
PRIORITY = 100

# While a host is down one worker looks again after so many seconds; the last is repeated.
LOOK_WAITS = (5, 10, 15, 30, 60)
LOOK_LEASE = dt.timedelta(seconds=60)
# A page that says "maintenance" for days, over an API that answers, was forgotten.
PAGE_TRUSTED_FOR = dt.timedelta(hours=12)
OUTAGES_KEPT = dt.timedelta(days=400)
HOSTS_MAX = 1000

Origin = SourceOutage.Origin


@dataclass(frozen=True)
class Source:
    """One host of a platform."""

    integration_key: str
    host: str

    @property
    def values(self) -> dict[str, str]:
        return {"integration_key": self.integration_key, "host": self.host}


def sources() -> list[Source]:
    """Every host that some client has switched on."""
    found: set[Source] = set()
    for client_id in all_client_ids():
        with client_scope(client_id):
            rows = IntegrationSettings.objects.filter(client_id=client_id, is_enabled=True)
            found |= {Source(row.integration_key, row.host) for row in rows}
    return sorted(found, key=lambda one: (one.integration_key, one.host))[:HOSTS_MAX]


def look(source: Source, at: dt.datetime, *, chain: str = "") -> None:
    """Ask how a host is doing and keep the answer; a page that cannot be read is no alarm.

    `chain` is the beginning of the outage whose next looks this call plans, for as long as some
    client has the host switched on.
    """
    if chain and source not in sources():
        return
    if _take_turn(source, at):
        _keep(source, _ask(source), at, chain=chain)


def report_maintenance(
    source: Source, retry_after: dt.timedelta | None, at: dt.datetime
) -> Hold | None:
    """A source answered that it is in maintenance: look whether that is so for everybody.

    None when the host answers others: then it is a matter of this connection alone.
    """
    if _take_turn(source, at):
        back = at + retry_after if retry_after else None
        _keep(source, _ask(source), at, met_at=at, back=back)
    row = SourceHealth.objects.filter(**source.values).first()
    return hold_of_row(row, at) if row and row.down_since else None


def _take_turn(source: Source, at: dt.datetime) -> bool:
    """Whether it is for this worker to look; many may want to at once."""
    SourceHealth.objects.bulk_create([SourceHealth(**source.values)], ignore_conflicts=True)
    free = Q(looking_until=None) | Q(looking_until__lt=at)
    mine = SourceHealth.objects.filter(free, **source.values)
    return bool(mine.update(looking_until=at + LOOK_LEASE))


def _ask(source: Source) -> SourceStatus:
    connector = connector_of(source.integration_key)
    with source_client() as http:
        return connector.source_status(http, AppKeys(source.host, "", ""))


@transaction.atomic
def _keep(
    source: Source,
    found: SourceStatus,
    at: dt.datetime,
    *,
    chain: str = "",
    met_at: dt.datetime | None = None,
    back: dt.datetime | None = None,
) -> None:
    row = SourceHealth.objects.select_for_update().get(**source.values)
    before, said_so = (row.down_since, row.expected_at), row.state == "maintenance"
    row.state, row.message = found.state, found.message
    row.checked_at, row.looking_until = at, None
    if found.state != "unknown":
        row.planned = [
            {"from": one.starts_at.isoformat(), "to": one.ends_at.isoformat(), "reason": one.reason}
            for one in found.planned
        ]
    says_so = found.state == "maintenance" and _is_trusted(row, found, at, said_so=said_so)
    is_met = met_at is not None and found.answers is not True
    if row.down_since is None and (says_so or is_met):
        _begin(row, source, at, Origin.STATUS_PAGE if says_so else Origin.ANSWER)
    elif row.down_since is not None and not says_so and _is_back(row, found, at, met_at):
        _end(row, source, at)
    if row.down_since is not None:
        row.expected_at = found.expected_back_at or _announced_end(found, at) or back
        row.expected_at = row.expected_at or before[1]
    row.save()
    _tell(row, source, before, chain)


def _is_trusted(row: SourceHealth, found: SourceStatus, at: dt.datetime, *, said_so: bool) -> bool:
    """Whether the page's word stands against an API that answers: when it is new, and for a time.

    A page that was once forgotten in this state begins no second hold by staying in it.
    """
    if found.answers is not True:
        return True
    if row.down_since is None:
        return not said_so and (found.expected_back_at is None or at < found.expected_back_at)
    return at < (found.expected_back_at or row.down_since + PAGE_TRUSTED_FOR)


def _is_back(
    row: SourceHealth, found: SourceStatus, at: dt.datetime, met_at: dt.datetime | None
) -> bool:
    if met_at is not None:
        return False
    if found.answers is None:
        # Nothing but time can tell; the first read that fails begins another outage.
        return row.expected_at is None or row.expected_at <= at
    return found.answers


def _announced_end(found: SourceStatus, at: dt.datetime) -> dt.datetime | None:
    ends = [one.ends_at for one in found.planned if one.starts_at <= at < one.ends_at]
    return max(ends, default=None)


def _begin(row: SourceHealth, source: Source, at: dt.datetime, origin: str) -> None:
    row.down_since, row.expected_at, row.looks = at, None, 0
    SourceOutage.objects.create(**source.values, started_at=at, origin=origin)
    SourceOutage.objects.filter(**source.values, started_at__lt=at - OUTAGES_KEPT).delete()
    logger.info("%s is in maintenance: its connections wait", source.host)


def _end(row: SourceHealth, source: Source, at: dt.datetime) -> None:
    SourceOutage.objects.filter(**source.values, ended_at=None).update(ended_at=at)
    row.down_since = row.expected_at = None
    logger.info("%s is back: its connections go on", source.host)


def _tell(
    row: SourceHealth,
    source: Source,
    before: tuple[dt.datetime | None, dt.datetime | None],
    chain: str,
) -> None:
    """Queue what follows from a look, in its own transaction."""
    was_down, is_down = before[0] is not None, row.down_since is not None
    if was_down and not is_down:
        app.configure_task(RESUME_TASK, queue=QUEUE, priority=PRIORITY).defer(**source.values)
        return
    if row.down_since is None:
        return
    if before != (row.down_since, row.expected_at):
        app.configure_task(HOLD_TASK, queue=QUEUE, priority=PRIORITY).defer(**source.values)
    since = row.down_since.isoformat()
    if not was_down or chain == since:
        wait = LOOK_WAITS[min(row.looks, len(LOOK_WAITS) - 1)]
        SourceHealth.objects.filter(pk=row.pk).update(looks=row.looks + 1)
        later = {"seconds": wait}
        app.configure_task(LOOK_TASK, queue=QUEUE, priority=PRIORITY, schedule_in=later).defer(
            **source.values, chain=since
        )
