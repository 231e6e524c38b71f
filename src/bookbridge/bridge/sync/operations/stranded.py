"""Finds connections whose work waits for a job that is gone, and queues a new one."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django.models import ProcrastinateJob

from bookbridge.bridge.clients.queries import all_client_ids
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.datatypes.status import IN_PROGRESS
from bookbridge.bridge.sync.models import Dataset, Refresh
from bookbridge.bridge.sync.operations.queueing import RUN_TASK, WAKE_TASK, defer_run

LIVE = ("todo", "doing")


def queue_stranded_work() -> int:
    """Queue what no job will finish; returns how many connections had such work."""
    return sum(_of_client(client_id) for client_id in all_client_ids())


def _of_client(client_id: UUID) -> int:
    with client_scope(client_id):
        waiting = Dataset.objects.filter(
            client_id=client_id, status__in=[status.value for status in IN_PROGRESS]
        )
        unfinished = Refresh.objects.filter(client_id=client_id, completed_at=None)
        wanted = {
            *waiting.values_list("connection_id", flat=True),
            *unfinished.values_list("connection_id", flat=True),
        }
        jobs = ProcrastinateJob.objects.filter(
            task_name__in=(RUN_TASK, WAKE_TASK), status__in=LIVE, args__client_id=str(client_id)
        )
        served = {UUID(args["connection_id"]) for args in jobs.values_list("args", flat=True)}
        stranded = sorted(wanted - served)
        for connection_id in stranded:
            defer_run(client_id, connection_id)
    return len(stranded)
