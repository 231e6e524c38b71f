"""Connections: made, listed, unlinked and deleted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Literal
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.description import PAGING, Paged, operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import ApiError, bad_request
from bookbridge.bridge.api.paging import page_of, page_reply
from bookbridge.bridge.api.query import Field, FieldKind, Fields, Sql
from bookbridge.bridge.api.replies import empty_reply, json_reply, moment, without_nulls
from bookbridge.bridge.api.rows import Rows, page_of_ids
from bookbridge.bridge.companies.queries import company
from bookbridge.bridge.connections import operations, queries
from bookbridge.bridge.connections.models import Connection, ConnectionFailure
from bookbridge.bridge.integrations.queries import connector_of

_FIELDS = Fields(
    {
        "id": Field("id::text", FieldKind.TEXT),
        "integrationKey": Field("integration_key", FieldKind.TEXT),
        "status": Field("status", FieldKind.WORD),
        "created": Field("created_at", FieldKind.MOMENT),
        "lastSync": Field("last_sync_at", FieldKind.MOMENT),
        # Every integration that there is gives accounting data.
        "sourceType": Field("'Accounting'::text", FieldKind.WORD),
    }
)
_SOURCE = (
    "SELECT id, integration_key, status, created_at, last_sync_at FROM connections_connection"
    " WHERE client_id = %s AND company_id = %s"
)


class NewConnection(msgspec.Struct):
    """What a connection is made with."""

    platformKey: str


class ConnectionStatus(msgspec.Struct):
    """The only change that a client makes to a connection."""

    status: str | None = None


class ConnectionFailureReply(msgspec.Struct):
    """Something that went wrong at the source."""

    statusCode: str
    statusText: str
    errorMessage: str
    erroredOnUtc: str
    status: str | None
    resolvedOnUtc: str | None


class ConnectionReply(msgspec.Struct):
    """A company's link to one source. Its owner authorises it at `linkUrl`."""

    id: UUID
    integrationId: UUID
    integrationKey: str
    sourceId: UUID
    sourceType: str
    platformName: str
    linkUrl: str
    status: Literal["PendingAuth", "Linked", "Unlinked", "Deauthorized"]
    created: str
    dataConnectionErrors: list[ConnectionFailureReply]
    connectionInfo: dict[str, Any]
    lastSync: str | msgspec.UnsetType = msgspec.UNSET


def bodies(found: Iterable[Connection]) -> dict[UUID, dict[str, Any]]:
    """The public objects of connections, by id."""
    connections = list(found)
    failures = _failures(connections)
    return {one.id: _body(one, failures.get(one.id, [])) for one in connections}


def body(connection: Connection) -> dict[str, Any]:
    """The public object of one connection."""
    return bodies([connection])[connection.id]


def bodies_by_company(client_id: UUID, ids: list[UUID]) -> Mapping[UUID, list[dict[str, Any]]]:
    """The public connections of several companies, oldest first."""
    found = list(
        Connection.objects.filter(client_id=client_id, company_id__in=ids).order_by("created_at")
    )
    made = bodies(found)
    grouped: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for one in found:
        grouped[one.company_id].append(made[one.id])
    return grouped


def _failures(connections: list[Connection]) -> Mapping[UUID, list[ConnectionFailure]]:
    if not connections:
        return {}
    grouped: defaultdict[UUID, list[ConnectionFailure]] = defaultdict(list)
    rows = ConnectionFailure.objects.filter(
        client_id=connections[0].client_id, connection__in=[one.id for one in connections]
    ).order_by("errored_at")
    for row in rows:
        grouped[row.connection_id].append(row)
    return grouped


def _body(connection: Connection, failures: list[ConnectionFailure]) -> dict[str, Any]:
    manifest = connector_of(connection.integration_key).manifest
    return {
        "id": connection.id,
        "integrationId": manifest.integration_id,
        "integrationKey": manifest.key,
        "sourceId": manifest.source_id,
        "sourceType": manifest.source_type,
        "platformName": manifest.name,
        "linkUrl": link_url(connection),
        "status": connection.status,
        **without_nulls({"lastSync": moment(connection.last_sync_at)}),
        "created": moment(connection.created_at),
        "dataConnectionErrors": [_failure_body(failure) for failure in failures],
        "connectionInfo": connection.connection_info,
    }


def _failure_body(failure: ConnectionFailure) -> dict[str, Any]:
    return {
        "statusCode": failure.status_code,
        "statusText": failure.status_text,
        "errorMessage": failure.message,
        "erroredOnUtc": moment(failure.errored_at),
        "status": failure.status,
        "resolvedOnUtc": moment(failure.resolved_at),
    }


def link_url(connection: Connection) -> str:
    """Where the company's owner authorises this connection."""
    return (
        f"{settings.PUBLIC_URL}/link/companies/{connection.company_id}"
        f"/connections/{connection.id}/start"
    )


@operation(
    "list-connections", "Connections of a company", reply=Paged[ConnectionReply], query=PAGING
)
def list_connections(call: Call, company_id: UUID) -> HttpResponse:
    company(call.client_id, company_id)
    page = page_of(call.request)
    rows = Rows(Sql(_SOURCE, (call.client_id, company_id)), _FIELDS, "created_at")
    found = page_of_ids(rows, call, page)
    made = bodies(Connection.objects.filter(client_id=call.client_id, id__in=found.ids))
    return page_reply(page, [made[one] for one in found.ids], found.total)


@operation(
    "create-connection",
    "A new connection to a platform",
    body=NewConnection,
    reply=ConnectionReply,
)
def create_connection(call: Call, company_id: UUID) -> HttpResponse:
    made = operations.create_connection(
        client_id=call.client_id,
        company_id=company_id,
        integration_key=call.body(NewConnection).platformKey,
        actor=call.actor,
        at=call.at,
    )
    return json_reply(body(made))


@operation("get-connection", "One connection", reply=ConnectionReply)
def get_connection(call: Call, company_id: UUID, connection_id: UUID) -> HttpResponse:
    return json_reply(body(_connection(call, company_id, connection_id)))


@operation("unlink-connection", "Unlink a connection", body=ConnectionStatus, reply=ConnectionReply)
def change_connection(call: Call, company_id: UUID, connection_id: UUID) -> HttpResponse:
    """Unlinks: no other status can be set from outside."""
    found = _connection(call, company_id, connection_id)
    wanted = (call.body(ConnectionStatus).status or "").lower()
    if wanted == found.status.lower():
        return json_reply(body(found))
    if wanted != Connection.Status.UNLINKED.lower():
        raise bad_request(
            _("A connection can only be set to Unlinked here; its owner links it again.")
        )
    changed = operations.unlink_connection(
        client_id=call.client_id, connection_id=found.id, actor=call.actor, at=call.at
    )
    return json_reply(body(changed))


@operation("delete-connection", "Delete a connection and what was read through it")
def delete_connection(call: Call, company_id: UUID, connection_id: UUID) -> HttpResponse:
    found = _connection(call, company_id, connection_id)
    operations.delete_connection(
        client_id=call.client_id, connection_id=found.id, actor=call.actor, at=call.at
    )
    return empty_reply(200)


@operation(
    "update-connection-authorization",
    "Credentials of a connection",
    body=dict[str, str],
    reply=ConnectionReply,
)
def update_authorisation(call: Call, company_id: UUID, connection_id: UUID) -> HttpResponse:
    """Only for sources that take keys; ours take an owner's consent."""
    found = _connection(call, company_id, connection_id)
    call.body(dict[str, str])
    raise ApiError(
        HTTPStatus.FORBIDDEN,
        _("%(name)s is authorised by its owner at the connection's linkUrl, not with credentials.")
        % {"name": connector_of(found.integration_key).manifest.name},
    )


def _connection(call: Call, company_id: UUID, connection_id: UUID) -> Connection:
    return queries.connection(call.client_id, connection_id, company_id)


_LIST = "companies/<uuid:company_id>/connections"
_ONE = f"{_LIST}/<uuid:connection_id>"

urlpatterns = [
    path(_LIST, endpoint(GET=list_connections, POST=create_connection)),
    path(_ONE, endpoint(GET=get_connection, PATCH=change_connection, DELETE=delete_connection)),
    path(f"{_ONE}/authorization", endpoint(PUT=update_authorisation)),
]
