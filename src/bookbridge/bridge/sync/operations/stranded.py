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
    waiting = {client_id: _waiting(client_id) for client_id in all_client_ids()}
    # Looked at afterwards: a job that was there before may have ended with its last dataset.
    jobs = ProcrastinateJob.objects.filter(task_name__in=(RUN_TASK, WAKE_TASK), status__in=LIVE)
    served = {UUID(args["connection_id"]) for args in jobs.values_list("args", flat=True)}
    count = 0
    for client_id, connection_ids in waiting.items():
        for connection_id in sorted(connection_ids - served):
            with client_scope(client_id):
                defer_run(client_id, connection_id)
            count += 1
    return count


def _waiting(client_id: UUID) -> set[UUID]:
    """The client's connections that have datasets or refreshes to end."""
    with client_scope(client_id):
        datasets = Dataset.objects.filter(
            client_id=client_id,
            status__in=[status.value for status in IN_PROGRESS],
            completed_at=None,
        )
        refreshes = Refresh.objects.filter(client_id=client_id, completed_at=None)
        return {
            *datasets.values_list("connection_id", flat=True),
            *refreshes.values_list("connection_id", flat=True),
        }
