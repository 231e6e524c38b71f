"""Finds datasets and refreshes whose job is gone, and queues a new one: none waits for ever."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django.models import ProcrastinateJob

from bookbridge.bridge.clients.queries import all_client_ids
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.datatypes.status import IN_PROGRESS
from bookbridge.bridge.sync.models import Dataset, Refresh
from bookbridge.bridge.sync.operations.requests import RUN_TASK, defer_run
from bookbridge.bridge.sync.operations.settling import RECONCILE_TASK, defer_reconciliation

LIVE = ("todo", "doing")
AT_ONCE_MAX = 1000


def queue_stranded_work() -> int:
    """Queue what no job will finish; returns how many jobs were made."""
    return sum(_of_client(client_id) for client_id in all_client_ids())


def _of_client(client_id: UUID) -> int:
    made = 0
    with client_scope(client_id):
        known = _ids(RUN_TASK, "dataset_id", client_id)
        waiting = Dataset.objects.filter(
            client_id=client_id, status__in=[status.value for status in IN_PROGRESS]
        )
        for dataset in waiting.order_by("requested_at")[:AT_ONCE_MAX]:
            if str(dataset.id) not in known:
                defer_run(dataset)
                made += 1
        reconciling = _ids(RECONCILE_TASK, "refresh_id", client_id)
        open_refreshes = Refresh.objects.filter(client_id=client_id, completed_at=None)
        for refresh in open_refreshes.order_by("requested_at")[:AT_ONCE_MAX]:
            last = refresh.datasets.filter(client_id=client_id).first()
            if str(refresh.id) not in reconciling and last is not None:
                made += defer_reconciliation(dataset=last)
    return made


def _ids(task: str, argument: str, client_id: UUID) -> set[str]:
    jobs = ProcrastinateJob.objects.filter(
        task_name=task, status__in=LIVE, args__client_id=str(client_id)
    )
    return {str(args[argument]) for args in jobs.values_list("args", flat=True)}
