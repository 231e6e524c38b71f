"""Queues the data types whose time has come, by each client's and company's own schedule."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from bookbridge.bridge.clients.queries import all_client_ids
from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.sync.models import SyncSetting
from bookbridge.bridge.sync.operations.requests import RefreshError, request_refresh
from bookbridge.bridge.sync.queries import data_status

SCHEDULE = Actor(user_id=None, name="Schedule")


def queue_due_datasets(*, at: dt.datetime) -> int:
    """Queue every data type whose last read is older than its schedule; returns how many."""
    return sum(_queue_for_client(client_id, at) for client_id in all_client_ids())


def _queue_for_client(client_id: UUID, at: dt.datetime) -> int:
    with client_scope(client_id):
        linked = Connection.objects.filter(
            client_id=client_id, status=Connection.Status.LINKED
        ).values_list("company_id", flat=True)
        companies = sorted(set(linked))
    return sum(_queue_for_company(client_id, company_id, at) for company_id in companies)


def _queue_for_company(client_id: UUID, company_id: UUID, at: dt.datetime) -> int:
    with client_scope(client_id):
        due = due_types(client_id, company_id, at)
        if not due:
            return 0
        try:
            made = request_refresh(
                client_id=client_id,
                company_id=company_id,
                data_types=due,
                actor=SCHEDULE,
                at=at,
            )
        except RefreshError:
            # Unlinked meanwhile, or being read already: the next round looks again.
            return 0
        return len(made)


def due_types(client_id: UUID, company_id: UUID, at: dt.datetime) -> list[DataType]:
    """The types that a schedule says are to be read now."""
    rows = SyncSetting.objects.filter(client_id=client_id, company_id__isnull=True)
    own = SyncSetting.objects.filter(client_id=client_id, company_id=company_id)
    hours = {row.data_type: row.sync_schedule_hours for row in [*rows, *own]}
    statuses = data_status(client_id, company_id)
    due = []
    for key, every in hours.items():
        status = statuses.get(key)
        if every > 0 and (
            status is None
            or (
                status.latest.is_completed
                and status.latest.requested_at <= at - dt.timedelta(hours=every)
            )
        ):
            due.append(DataType(key))
    return due
