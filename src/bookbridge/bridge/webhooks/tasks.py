"""Jobs of the webhooks: each makes one call, in a queue that no sync holds up."""

from __future__ import annotations

import time
from uuid import UUID

from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from bookbridge.bridge.webhooks.operations.delivering import deliver_turn
from bookbridge.bridge.webhooks.operations.publishing import publish_events
from bookbridge.bridge.webhooks.operations.sweeping import (
    queue_stranded_webhooks,
    sweep_events,
)
from bookbridge.bridge.webhooks.queueing import (
    DELIVER_TASK,
    PUBLISH_TASK,
    QUEUE,
    WAKE_TASK,
    defer_delivery,
    defer_wake,
)

# One consumer's job gives way to the others' after this time, so after one slow turn.
DELIVERY_SECONDS_MAX = 5.0
# A wait as short as this is waited out: a receiver's rate limit, most of the time.
WAITED_OUT_SECONDS_MAX = 1.0
AFTER_AN_OUTAGE = RetryStrategy(
    max_attempts=200, wait=3, retry_exceptions={OperationalError, InterfaceError}
)


@app.task(name=PUBLISH_TASK, queue=QUEUE, retry=AFTER_AN_OUTAGE)
def publish_job(client_id: str) -> None:
    close_old_connections()
    publish_events(client_id=UUID(client_id), at=timezone.now())


@app.task(name=DELIVER_TASK, queue=QUEUE, retry=AFTER_AN_OUTAGE)
def deliver_job(client_id: str, consumer_id: str) -> None:
    close_old_connections()
    client, consumer = UUID(client_id), UUID(consumer_id)
    until = time.monotonic() + DELIVERY_SECONDS_MAX
    while time.monotonic() < until:
        turn = deliver_turn(client_id=client, consumer_id=consumer, at=timezone.now())
        if turn.again_at is None:
            return
        wait = (turn.again_at - timezone.now()).total_seconds()
        if wait > WAITED_OUT_SECONDS_MAX:
            defer_wake(client, consumer, turn.again_at)
            return
        time.sleep(max(0.0, wait))
    defer_delivery(client, consumer)


@app.task(name=WAKE_TASK, queue=QUEUE, retry=AFTER_AN_OUTAGE)
def wake_job(client_id: str, consumer_id: str) -> None:
    close_old_connections()
    defer_delivery(UUID(client_id), UUID(consumer_id))


@app.periodic(cron="* * * * *")
@app.task(name="webhooks.queue_stranded", queue=QUEUE, queueing_lock="webhooks.queue_stranded")
def queue_stranded_job(timestamp: int) -> None:
    close_old_connections()
    queue_stranded_webhooks(at=timezone.now())


@app.periodic(cron="23 3 * * *")
@app.task(name="webhooks.sweep", queue=QUEUE, queueing_lock="webhooks.sweep")
def sweep_job(timestamp: int) -> None:
    close_old_connections()
    sweep_events(at=timezone.now())
