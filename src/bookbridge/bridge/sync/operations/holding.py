"""Holds the reads of a source that is down, and lets them go on, spread out, when it is back.

While a host is down nothing is asked of it: whoever opens a session to it is told to wait. What
is done here only tells the datasets that wait already, and wakes them at the end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import SystemRandom
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from bookbridge.bridge.clients.queries import all_client_ids
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.integrations.health import hold_on
from bookbridge.bridge.sync.models import Dataset, Refresh
from bookbridge.bridge.sync.operations.queueing import defer_wake

# One connection after another goes on, so far apart; all of them within the longer time.
RESUME_EVERY = dt.timedelta(seconds=0.2)
RESUME_WITHIN = dt.timedelta(minutes=10)

_random = SystemRandom()


@dataclass(frozen=True)
class Held:
    """A connection that has something to go on with."""

    urgency: int
    requested_at: dt.datetime
    client_id: UUID
    connection_id: UUID


def hold_source(*, integration_key: str, host: str, at: dt.datetime) -> int:
    """Tell every dataset that waits for the host why, and until when; returns how many."""
    hold = hold_on(integration_key, host, at)
    if hold is None:
        return 0
    count = 0
    for client_id in all_client_ids():
        with client_scope(client_id):
            waiting = Dataset.objects.filter(
                client_id=client_id,
                connection_id__in=_connections(client_id, integration_key, host).values("id"),
                status=Dataset.Status.QUEUED,
                completed_at=None,
            )
            count += waiting.update(status_description=hold.sentence)
    return count


def resume_source(*, integration_key: str, host: str, at: dt.datetime) -> int:
    """Wake every connection to the host that has something to go on with, one after another.

    The most urgent first. Returns how many; none if the host is down again.
    """
    if hold_on(integration_key, host, at) is not None:
        return 0
    held = sorted(_held(integration_key, host), key=lambda one: (one.urgency, one.requested_at))
    step = min(RESUME_EVERY, RESUME_WITHIN / max(len(held), 1))
    for place, one in enumerate(held):
        wake_at = at + step * (place + _random.random())
        with client_scope(one.client_id):
            Dataset.objects.filter(
                client_id=one.client_id,
                connection_id=one.connection_id,
                status=Dataset.Status.QUEUED,
                completed_at=None,
            ).update(not_before=wake_at, status_description="")
            defer_wake(one.client_id, one.connection_id, wake_at)
    return len(held)


def hold_connection(*, client_id: UUID, connection_id: UUID) -> dt.datetime | None:
    """While its source is down, tell all that waits for a connection why, in one statement.

    Returns when the connection looks for itself; None when the source may be asked.
    """
    at = timezone.now()
    with client_scope(client_id):
        found = Connection.objects.filter(client_id=client_id, id=connection_id).first()
        if found is None or not found.is_linked:
            return None
        hold = hold_on(found.integration_key, found.source_host, at)
        if hold is None:
            return None
        wake_at = at + hold.wait(at)
        waiting = Dataset.objects.filter(
            client_id=client_id, connection_id=connection_id, completed_at=None
        )
        waiting.update(
            status=Dataset.Status.QUEUED,
            status_description=hold.sentence,
            not_before=wake_at,
            run_token=None,
        )
    # As in `go_on_if_back`: the hold may have ended before this was noted.
    if hold_on(found.integration_key, found.source_host, timezone.now()) is None:
        with client_scope(client_id):
            waiting.update(not_before=at)
        return at
    return wake_at


def go_on_if_back(dataset: Dataset) -> None:
    """End the wait of a read whose source came back before it was noted that the read waits.

    Whoever ends a hold looks at what is noted. This looks at the hold after the note: one of the
    two sees the other.
    """
    at = timezone.now()
    with client_scope(dataset.client_id):
        source = Connection.objects.get(client_id=dataset.client_id, id=dataset.connection_id)
        if hold_on(source.integration_key, source.source_host, at) is None:
            Dataset.objects.filter(
                client_id=dataset.client_id, id=dataset.id, status=Dataset.Status.QUEUED
            ).update(not_before=at)


def _held(integration_key: str, host: str) -> Iterator[Held]:
    for client_id in all_client_ids():
        with client_scope(client_id):
            refreshes = (
                Refresh.objects.filter(
                    client_id=client_id,
                    completed_at=None,
                    connection_id__in=_connections(client_id, integration_key, host).values("id"),
                )
                .order_by("connection_id", "urgency", "requested_at")
                .distinct("connection_id")
                .values_list("urgency", "requested_at", "connection_id")
            )
            found = [Held(urgency, since, client_id, one) for urgency, since, one in refreshes]
        yield from found


def _connections(client_id: UUID, integration_key: str, host: str) -> QuerySet[Connection]:
    return Connection.objects.filter(
        client_id=client_id, integration_key=integration_key, source_host=host
    )
