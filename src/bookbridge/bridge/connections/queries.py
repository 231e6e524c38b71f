"""Reads of connections, their failures and their timeline."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bookbridge.bridge.connections.models import Connection, ConnectionEvent, ConnectionFailure


class ConnectionNotFoundError(Exception):
    """This client has no connection with this id."""

    code = "connection_not_found"


def connections_of(client_id: UUID, company_id: UUID) -> QuerySet[Connection]:
    """A company's connections, oldest first."""
    return Connection.objects.filter(client_id=client_id, company_id=company_id).order_by(
        "created_at", "id"
    )


def connection(client_id: UUID, connection_id: UUID, company_id: UUID | None = None) -> Connection:
    """One connection; raises ConnectionNotFoundError, also for another company's."""
    found = Connection.objects.filter(client_id=client_id, id=connection_id).first()
    if found is None or (company_id is not None and found.company_id != company_id):
        raise ConnectionNotFoundError(_("There is no such connection."))
    return found


def failures_of(connection: Connection) -> QuerySet[ConnectionFailure]:
    """What went wrong at the source, newest first."""
    return ConnectionFailure.objects.filter(
        client_id=connection.client_id, connection=connection
    ).order_by("-errored_at", "-id")


def timeline_of(connection: Connection) -> QuerySet[ConnectionEvent]:
    """What happened to a connection, newest first."""
    return ConnectionEvent.objects.filter(
        client_id=connection.client_id, connection=connection
    ).order_by("-at", "-id")
