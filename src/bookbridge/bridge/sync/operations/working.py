"""Works off everything that a connection has waiting: datasets in order, then reconciliations."""

from __future__ import annotations

import datetime as dt
import logging
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.datatypes import ORDER
from bookbridge.bridge.datatypes.status import IN_PROGRESS
from bookbridge.bridge.sync.models import Dataset, Refresh
from bookbridge.bridge.sync.operations.analysing import analyse_after_first
from bookbridge.bridge.sync.operations.holding import hold_connection
from bookbridge.bridge.sync.operations.queueing import defer_run, defer_wake
from bookbridge.bridge.sync.operations.reconciliation import reconcile_refresh
from bookbridge.bridge.sync.operations.running import run_dataset
from bookbridge.bridge.sync.operations.turns import Turn, TurnOverError
from bookbridge.bridge.sync.type_settings import effective_settings

logger = logging.getLogger(__name__)
PLACE = {data_type.value: place for place, data_type in enumerate(ORDER)}
SOON = dt.timedelta(seconds=1)


def run_connection(*, client_id: UUID, connection_id: UUID) -> None:
    """Run each dataset that is due once, reconcile the refreshes that are done, and see that the
    connection is woken for what has to wait. One dataset's failure does not stop the others.

    When its turn is over and others wait, it queues itself anew and ends. While its source is
    down, nothing is begun.
    """
    held_until = hold_connection(client_id=client_id, connection_id=connection_id)
    if held_until is not None:
        _plan(client_id, connection_id, held_until)
        return
    turn = Turn(client_id, connection_id)
    try:
        failure = _run_datasets(turn)
        wake_at = _reconcile(client_id, connection_id)
    except TurnOverError:
        with client_scope(client_id):
            defer_run(client_id, connection_id)
        return
    _plan(client_id, connection_id, wake_at)
    if failure is not None:
        raise failure


def _run_datasets(turn: Turn) -> Exception | None:
    tried: set[UUID] = set()
    failure: Exception | None = None
    while (dataset_id := _next_due(turn.client_id, turn.connection_id, tried)) is not None:
        if tried and turn.is_over():
            raise TurnOverError
        if tried and _is_held(turn):
            break
        tried.add(dataset_id)
        try:
            run_dataset(client_id=turn.client_id, dataset_id=dataset_id, turn=turn)
        except (OperationalError, InterfaceError, TurnOverError):
            raise
        except Exception as error:
            logger.exception("Dataset %s failed", dataset_id)
            failure = error
    return failure


def _is_held(turn: Turn) -> bool:
    """Whether the source has gone down meanwhile; then the rest waits, without being begun."""
    held_until = hold_connection(client_id=turn.client_id, connection_id=turn.connection_id)
    return held_until is not None


def waiting_datasets(client_id: UUID, connection_id: UUID) -> QuerySet[Dataset]:
    """The connection's datasets that are not done."""
    return Dataset.objects.filter(
        client_id=client_id,
        connection_id=connection_id,
        status__in=[status.value for status in IN_PROGRESS],
        completed_at=None,
    )


def _next_due(client_id: UUID, connection_id: UUID, tried: set[UUID]) -> UUID | None:
    """The next dataset: one that was begun, else of the earliest request, in the chosen order."""
    with client_scope(client_id):
        due = waiting_datasets(client_id, connection_id).filter(
            Q(not_before=None) | Q(not_before__lte=timezone.now())
        )
        rows = [row for row in due if row.id not in tried]
        if not rows:
            return None
        chosen = effective_settings(client_id, rows[0].company_id)
    order = {one.data_type: (one.sync_order, PLACE[one.data_type]) for one in chosen}
    first = min(rows, key=lambda row: (row.requested_at, order[row.data_type]))
    return first.id


def _reconcile(client_id: UUID, connection_id: UUID) -> dt.datetime | None:
    """Reconcile what is done; returns when to try again where the source does not answer."""
    with client_scope(client_id):
        waiting = waiting_datasets(client_id, connection_id)
        ended = Refresh.objects.filter(
            client_id=client_id, connection_id=connection_id, completed_at=None
        ).exclude(id__in=waiting.values("refresh_id"))
        # A type that was in progress when a full refresh was asked for is part of it.
        earliest = waiting.aggregate(at=Min("requested_at"))["at"]
        if earliest is not None:
            ended = ended.exclude(is_full=True, requested_at__gte=earliest)
        ids = list(ended.order_by("requested_at").values_list("id", flat=True))
    analyse_after_first(client_id, ids)
    times = [reconcile_refresh(client_id=client_id, refresh_id=one) for one in ids]
    return min((at for at in times if at is not None), default=None)


def _plan(client_id: UUID, connection_id: UUID, wake_at: dt.datetime | None) -> None:
    with client_scope(client_id):
        waiting = waiting_datasets(client_id, connection_id)
        earliest = waiting.aggregate(at=Min("not_before"))["at"]
        times = [at for at in (wake_at, earliest) if at is not None]
        if times:
            defer_wake(client_id, connection_id, max(min(times), timezone.now() + SOON))
