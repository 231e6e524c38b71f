"""What nobody else looks after: work whose job is gone, and what has been kept long enough."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef

from bookbridge.bridge.clients.queries import all_client_ids
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.webhooks.models import Event, Message
from bookbridge.bridge.webhooks.operations.publishing import publish_events
from bookbridge.bridge.webhooks.queries import LIVE
from bookbridge.bridge.webhooks.queueing import defer_delivery

# What is due for so long has no job that is about to send it.
OVERDUE = dt.timedelta(seconds=30)
SWEPT_AT_ONCE = 2000
SWEEPS_MAX = 1000


def queue_stranded_webhooks(*, at: dt.datetime) -> int:
    """Publish and deliver what a process that died has left; returns how many clients had such."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clients_with_webhooks_waiting(%s)", [at - OVERDUE])
        client_ids = sorted({row[0] for row in cursor.fetchall()})
    for client_id in client_ids:
        publish_events(client_id=client_id, at=at)
        with client_scope(client_id):
            waiting = Message.objects.filter(
                client_id=client_id, status__in=LIVE, next_attempt_at__lte=at - OVERDUE
            )
            consumer_ids = set(waiting.values_list("consumer_id", flat=True))
        for consumer_id in sorted(consumer_ids):
            defer_delivery(client_id, consumer_id)
    return len(client_ids)


def sweep_events(*, at: dt.datetime) -> int:
    """Delete events older than they are kept, with their messages and tries, unless one of them
    is still to be delivered; returns how many."""
    before = at - dt.timedelta(days=settings.WEBHOOK_DAYS_KEPT)
    return sum(_sweep_client(client_id, before) for client_id in all_client_ids())


def _sweep_client(client_id: UUID, before: dt.datetime) -> int:
    count = 0
    for _sweep in range(SWEEPS_MAX):
        swept = _sweep_batch(client_id, before)
        count += swept
        if swept < SWEPT_AT_ONCE:
            break
    return count


def _sweep_batch(client_id: UUID, before: dt.datetime) -> int:
    with client_scope(client_id):
        live = Message.objects.filter(client_id=client_id, event_id=OuterRef("id"), status__in=LIVE)
        old = Event.objects.filter(~Exists(live), client_id=client_id, occurred_at__lt=before)
        ids = list(old.order_by("occurred_at").values_list("id", flat=True)[:SWEPT_AT_ONCE])
        # The database's own cascades do the rest: they need no rows in memory.
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM webhooks_event WHERE client_id = %s AND id = ANY(%s)",
                [client_id, ids],
            )
    return len(ids)
