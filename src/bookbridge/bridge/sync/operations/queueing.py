"""Queues the job that works off a connection's datasets, now or at a later time.

The queue would hold back every job of a lock behind one that is planned for later, so what is
planned has no lock: it only wakes the connection when its time has come.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

RUN_TASK = "sync.run_connection"
WAKE_TASK = "sync.wake_connection"


def defer_run(client_id: UUID, connection_id: UUID) -> None:
    """Queue the connection's job, in this transaction; one that still waits will serve.

    No queueing lock: a lost job could not be given back while another one waits. Two jobs do no
    harm, the second finds nothing to do.
    """
    lock = str(connection_id)
    waiting = ProcrastinateJob.objects.filter(task_name=RUN_TASK, lock=lock, status="todo")
    if not waiting.exists():
        app.configure_task(RUN_TASK, lock=lock, queue="sync").defer(
            client_id=str(client_id), connection_id=lock
        )


def defer_wake(client_id: UUID, connection_id: UUID, at: dt.datetime) -> None:
    """Queue the connection's job for a later time."""
    app.configure_task(WAKE_TASK, schedule_at=at, queue="sync").defer(
        client_id=str(client_id), connection_id=str(connection_id)
    )
