"""Ends a read that nobody wants any more."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.connections.models import ConnectionEvent
from bookbridge.bridge.connections.operations import note
from bookbridge.bridge.datatypes import DatasetStatus
from bookbridge.bridge.sync.models import Dataset
from bookbridge.bridge.sync.operations.announcing import announce_read
from bookbridge.bridge.sync.operations.queueing import defer_run


class NotInProgressError(Exception):
    """The read has ended, so that it cannot be cancelled."""

    code = "dataset_not_in_progress"


@transaction.atomic
def cancel_dataset(
    *, client_id: UUID, company_id: UUID, dataset_id: UUID, actor: Actor, at: dt.datetime
) -> Dataset:
    """Cancel a read that waits or is under way; its run stops at its next page and writes nothing
    more. What was stored before stays. Raises Dataset.DoesNotExist or NotInProgressError."""
    dataset = Dataset.objects.select_for_update().get(
        client_id=client_id, company_id=company_id, id=dataset_id
    )
    if DatasetStatus(dataset.status).is_terminal:
        raise NotInProgressError(
            _("This read has ended already: %(status)s.") % {"status": dataset.status}
        )
    dataset.status = Dataset.Status.CANCELLED
    dataset.status_description = _("Cancelled by %(name)s.") % {"name": actor.name}
    dataset.completed_at = at
    dataset.not_before = dataset.run_token = None
    dataset.save()
    note(
        dataset.connection,
        ConnectionEvent.Kind.SYNC_FAILED,
        f"{dataset.data_type}: {dataset.status_description}",
        actor,
        at,
    )
    announce_read(dataset, None, at)
    # Its refresh may have been waiting for nothing else.
    defer_run(client_id, dataset.connection_id)
    return dataset
