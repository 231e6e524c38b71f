"""Queues the data types whose time has come, by each client's and company's own schedule.

One statement a client finds what is due. Each connection has its own moment within its interval,
always the same one, so that companies linked together are not all read at once.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from uuid import UUID

from django.db import connection as database

from bookbridge.bridge.clients.queries import all_client_ids
from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.datatypes import ORDER, DataType
from bookbridge.bridge.integrations.health import next_allowed_at
from bookbridge.bridge.integrations.queries import connector_of
from bookbridge.bridge.sync.operations.requests import RefreshError, request_refresh
from bookbridge.bridge.sync.rules import EARLY_HOURS_MAX, EARLY_SHARE, Urgency

SCHEDULE = Actor(user_id=None, name="Schedule")
# Connections of one client that one round queues; the longest overdue come first.
CONNECTIONS_PER_ROUND = 200

# A type is due when its last read, or the link, is as old as its interval, less what comes early:
# a share of it that is fixed for this connection, and for types that then come along, twice that.
# A type that is being read, or waits, is not due.
DUE = """
WITH chosen AS (
    SELECT linked.id AS connection_id, kind.data_type,
        COALESCE(own.sync_schedule_hours, common.sync_schedule_hours) AS hours,
        (hashtextextended(linked.id::text, 0) & 1023) / 1024.0 AS moment,
        linked.company_id, linked.linked_at
    FROM connections_connection AS linked
    CROSS JOIN unnest(%(types)s::text[]) AS kind (data_type)
    LEFT JOIN sync_syncsetting AS own ON own.client_id = linked.client_id
        AND own.company_id = linked.company_id AND own.data_type = kind.data_type
    LEFT JOIN sync_syncsetting AS common ON common.client_id = linked.client_id
        AND common.company_id IS NULL AND common.data_type = kind.data_type
    WHERE linked.client_id = %(client)s AND linked.status = 'Linked'
),
last_read AS (
    SELECT chosen.*, latest.requested_at, latest.completed_at,
        LEAST(chosen.hours * %(share)s, %(early_max)s) * chosen.moment AS early
    FROM chosen LEFT JOIN LATERAL (
        SELECT requested_at, completed_at FROM sync_dataset AS dataset
        WHERE dataset.client_id = %(client)s AND dataset.company_id = chosen.company_id
          AND dataset.data_type = chosen.data_type
          AND dataset.connection_id = chosen.connection_id
        ORDER BY dataset.requested_at DESC LIMIT 1
    ) AS latest ON true
    WHERE chosen.hours > 0
),
waited AS (
    SELECT connection_id, data_type,
        EXTRACT(epoch FROM %(at)s - COALESCE(requested_at, linked_at)) / 3600 - hours + early
            AS overdue,
        early
    FROM last_read WHERE requested_at IS NULL OR completed_at IS NOT NULL
),
due AS (
    SELECT connection_id, max(overdue) AS most FROM waited WHERE overdue >= 0
    GROUP BY connection_id ORDER BY most DESC, connection_id LIMIT %(limit)s
)
SELECT due.connection_id, waited.data_type FROM due JOIN waited USING (connection_id)
WHERE waited.overdue >= -waited.early ORDER BY due.most DESC, due.connection_id
"""


def queue_due_datasets(*, at: dt.datetime) -> int:
    """Queue every data type whose last read is older than its schedule; returns how many."""
    return sum(_queue_for_client(client_id, at) for client_id in all_client_ids())


def next_allowed(connection: Connection, at: dt.datetime) -> dt.datetime:
    """When a schedule may read this connection, not before `at`: outside maintenance."""
    return next_allowed_at(connection.integration_key, connection.source_host, at)


def due_types(client_id: UUID, at: dt.datetime) -> dict[UUID, list[DataType]]:
    """The types that a schedule says are to be read now, by connection, longest overdue first."""
    with client_scope(client_id), database.cursor() as cursor:
        cursor.execute(
            DUE,
            {
                "client": client_id,
                "types": [data_type.value for data_type in ORDER],
                "at": at,
                "share": EARLY_SHARE,
                "early_max": EARLY_HOURS_MAX,
                "limit": CONNECTIONS_PER_ROUND,
            },
        )
        due: dict[UUID, list[DataType]] = defaultdict(list)
        for connection_id, key in cursor.fetchall():
            due[connection_id].append(DataType(key))
        return due


def _queue_for_client(client_id: UUID, at: dt.datetime) -> int:
    due = due_types(client_id, at)
    with client_scope(client_id):
        found = Connection.objects.filter(client_id=client_id).in_bulk(list(due))
    return sum(
        _queue(found[one], types, at)
        for one, types in due.items()
        if one in found and next_allowed(found[one], at) <= at
    )


def _queue(connection: Connection, types: list[DataType], at: dt.datetime) -> int:
    offered = connector_of(connection.integration_key).manifest.data_types
    wanted = [one for one in types if one in offered]
    if not wanted:
        return 0
    with client_scope(connection.client_id):
        try:
            made = request_refresh(
                client_id=connection.client_id,
                company_id=connection.company_id,
                connection_id=connection.id,
                data_types=wanted,
                actor=SCHEDULE,
                at=at,
                urgency=Urgency.SCHEDULED,
            )
        except RefreshError:
            # Unlinked meanwhile, or being read already: the next round looks again.
            return 0
    return len(made)
