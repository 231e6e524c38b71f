"""Notices the end of a refresh and queues its reconciliation."""

from __future__ import annotations

from procrastinate.contrib.django import app

from bookbridge.bridge.datatypes.status import IN_PROGRESS
from bookbridge.bridge.sync.models import Dataset, Refresh

RECONCILE_TASK = "sync.reconcile_refresh"


def defer_reconciliation(*, dataset: Dataset) -> bool:
    """Queue the reconciliation once, when no dataset of the refresh is under way any more;
    returns whether it was."""
    refresh = Refresh.objects.select_for_update().get(
        client_id=dataset.client_id, id=dataset.refresh_id
    )
    waiting = Dataset.objects.filter(
        client_id=dataset.client_id,
        refresh=refresh,
        status__in=[status.value for status in IN_PROGRESS],
    )
    if refresh.completed_at is not None or waiting.exists():
        return False
    app.configure_task(RECONCILE_TASK, lock=str(dataset.connection_id), queue="sync").defer(
        client_id=str(dataset.client_id), refresh_id=str(refresh.id)
    )
    return True
