"""Queues the jobs that tell consumers, without two of them waiting for the same thing.

After the commit, not in it: a waiting job then surely sees what was committed, so one is enough. A
process that dies in between leaves the event to the job that looks every minute.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from bookbridge.bridge.webhooks.models import Consumer

QUEUE = "webhooks"
# A consumer that is looked at anyway about then needs no second look.
SAME_TIME = dt.timedelta(seconds=1)
PUBLISH_TASK = "webhooks.publish"
DELIVER_TASK = "webhooks.deliver"
WAKE_TASK = "webhooks.wake"


def publish_after_commit(client_id: UUID) -> None:
    """Fan out a client's new events as soon as this transaction is committed."""
    # Nobody to tell: the minute's round numbers the event, and a later consumer may ask for it.
    if Consumer.objects.filter(client_id=client_id, disabled_at=None).exists():
        transaction.on_commit(partial(defer_publishing, client_id), robust=True)


def defer_publishing(client_id: UUID) -> None:
    """Queue the client's fan-out, unless it waits already."""
    _defer(PUBLISH_TASK, f"webhooks {client_id}", client_id=str(client_id))


def deliver_after_commit(client_id: UUID, consumer_id: UUID) -> None:
    transaction.on_commit(partial(defer_delivery, client_id, consumer_id), robust=True)


def defer_delivery(client_id: UUID, consumer_id: UUID) -> None:
    """Queue the job that works off what waits for a consumer, unless it waits already."""
    _defer(
        DELIVER_TASK,
        f"webhooks {consumer_id}",
        client_id=str(client_id),
        consumer_id=str(consumer_id),
    )


def defer_wake(client_id: UUID, consumer_id: UUID, at: dt.datetime) -> None:
    """Have the consumer's messages looked at again at a later time.

    Without a lock: the queue would hold back every job of a lock behind one that is planned.
    """
    planned = ProcrastinateJob.objects.filter(
        task_name=WAKE_TASK,
        status="todo",
        args__consumer_id=str(consumer_id),
        scheduled_at__lte=at + SAME_TIME,
    )
    if not planned.exists():
        arguments = {"client_id": str(client_id), "consumer_id": str(consumer_id)}
        app.configure_task(WAKE_TASK, schedule_at=at, queue=QUEUE).defer(**arguments)


def _defer(task: str, lock: str, **arguments: str) -> None:
    waiting = ProcrastinateJob.objects.filter(task_name=task, lock=lock, status="todo")
    if not waiting.exists():
        app.configure_task(task, lock=lock, queue=QUEUE).defer(**arguments)
