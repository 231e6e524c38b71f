"""Queues the job that works off a connection's datasets, now or at a later time.

Fair by start tags: a job's place is the place at the head of the queue plus the number of jobs
that its client has there already. A client with a thousand connections, or with one that takes a
thousand turns, thereby gets one turn in each round, as everybody else does. Urgency goes before
place, and what has waited for long goes before urgency.

The queue would hold back every job of a lock behind one that is planned for later, so what is
planned has no lock: it only wakes the connection when its time has come.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import connection as database
from django.db.models import Min
from procrastinate.contrib.django import app

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.sync.models import Refresh
from bookbridge.bridge.sync.rules import (
    PATIENCE,
    PATIENCE_ENDS_FOR_MAX,
    PLACES,
    Urgency,
    place_of,
    priority_of,
)

RUN_TASK = "sync.run_connection"
WAKE_TASK = "sync.wake_connection"

WAITING = """
SELECT id, priority FROM procrastinate_jobs
WHERE task_name = 'sync.run_connection' AND status = 'todo' AND lock = %(lock)s
  AND args ->> 'client_id' = %(client)s
ORDER BY priority DESC LIMIT 1
"""
# Its head is the next to be served, or, where nothing waits, what is being served.
PLACE = """
SELECT COALESCE(
    (SELECT max(priority) FROM procrastinate_jobs WHERE task_name = 'sync.run_connection'
     AND status = 'todo' AND priority BETWEEN %(low)s AND %(high)s),
    (SELECT max(priority) FROM procrastinate_jobs WHERE task_name = 'sync.run_connection'
     AND status = 'doing' AND priority BETWEEN %(low)s AND %(high)s),
    %(high)s),
    (SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'sync.run_connection'
     AND status IN ('todo', 'doing') AND args ->> 'client_id' = %(client)s
     AND priority BETWEEN %(low)s AND %(high)s)
"""
RAISE = "UPDATE procrastinate_jobs SET priority = %s WHERE id = %s AND status = 'todo'"
OTHERS_WAIT = """
SELECT EXISTS (
    SELECT FROM procrastinate_jobs AS job
    WHERE job.task_name = 'sync.run_connection' AND job.status = 'todo'
      AND job.lock <> %(lock)s AND job.priority >= %(priority)s
      AND NOT EXISTS (SELECT FROM procrastinate_jobs AS running
                      WHERE running.lock = job.lock AND running.status = 'doing'))
"""
END_OF_PATIENCE = """
UPDATE procrastinate_jobs SET priority = %(front)s WHERE id IN (
    SELECT job.id FROM procrastinate_jobs AS job
    WHERE job.task_name = 'sync.run_connection' AND job.status = 'todo'
      AND job.priority < %(urgent)s AND EXISTS (
        SELECT FROM procrastinate_events AS event
        WHERE event.job_id = job.id AND event.type = 'deferred' AND event.at <= %(before)s)
    ORDER BY job.priority DESC, job.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
"""


def defer_run(client_id: UUID, connection_id: UUID) -> None:
    """Queue the connection's job, in this transaction; one that still waits will serve.

    No queueing lock: a lost job could not be given back while another one waits. Two jobs do no
    harm, the second finds nothing to do.
    """
    lock = str(connection_id)
    urgency = urgency_of(client_id, connection_id)
    with database.cursor() as cursor:
        cursor.execute(WAITING, {"client": str(client_id), "lock": lock})
        waiting = cursor.fetchone()
        if waiting is None:
            place = _place(client_id, urgency)
        elif waiting[1] < priority_of(urgency, PLACES):
            # It waits for somebody less in need than who asks now.
            cursor.execute(RAISE, [_place(client_id, urgency), waiting[0]])
            return
        else:
            return
    app.configure_task(RUN_TASK, lock=lock, queue="sync", priority=place).defer(
        client_id=str(client_id), connection_id=lock
    )


def urgency_of(client_id: UUID, connection_id: UUID) -> Urgency:
    """The greatest urgency of the connection's unfinished refreshes."""
    with client_scope(client_id):
        found = Refresh.objects.filter(
            client_id=client_id, connection_id=connection_id, completed_at=None
        ).aggregate(first=Min("urgency"))["first"]
    return Urgency.ASKED if found is None else Urgency(found)


def others_wait(client_id: UUID, connection_id: UUID) -> bool:
    """Whether a connection at least as urgent waits for a worker, and could run."""
    priority = priority_of(urgency_of(client_id, connection_id), PLACES)
    with database.cursor() as cursor:
        cursor.execute(OTHERS_WAIT, {"lock": str(connection_id), "priority": priority})
        return bool(cursor.fetchone()[0])


def end_patience(*, at: dt.datetime) -> int:
    """Put a few of the jobs that have waited long ahead of all others; returns how many."""
    with database.cursor() as cursor:
        cursor.execute(
            END_OF_PATIENCE,
            {
                "front": priority_of(Urgency.FIRST_LINK, 0),
                "urgent": priority_of(Urgency.FIRST_LINK, PLACES),
                "before": at - PATIENCE,
                "limit": PATIENCE_ENDS_FOR_MAX,
            },
        )
        return int(cursor.rowcount)


def defer_wake(client_id: UUID, connection_id: UUID, at: dt.datetime) -> None:
    """Queue the connection's job for a later time."""
    app.configure_task(WAKE_TASK, schedule_at=at, queue="sync").defer(
        client_id=str(client_id), connection_id=str(connection_id)
    )


def _place(client_id: UUID, urgency: Urgency) -> int:
    """The priority of a client's next job of this urgency."""
    values: dict[str, int | str] = {
        "client": str(client_id),
        "low": priority_of(urgency, PLACES),
        "high": priority_of(urgency, 0),
    }
    with database.cursor() as cursor:
        cursor.execute(PLACE, values)
        head, own = cursor.fetchone()
    return priority_of(urgency, place_of(head) + own)
