"""Through which connection a company's data is read, and whether there is any to read yet."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, QuerySet, When
from django.utils.translation import gettext as _

from bookbridge.bridge.api.errors import ApiError, conflict, not_found
from bookbridge.bridge.companies.queries import company
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.connections.queries import connection, connections_of
from bookbridge.bridge.datatypes import DatasetStatus, DataType
from bookbridge.bridge.integrations.queries import connector_of
from bookbridge.bridge.sync.models import Dataset


def readable_connection(
    client_id: UUID, company_id: UUID, data_type: DataType, connection_id: UUID | None = None
) -> Connection:
    """The connection to read a type from: the one named, else the company's own source.

    A company has one live source, and may have older ones that it was unlinked from: the linked
    one is read first, then the one linked last. Raises 404 when the platform has no such type, 409
    when it was never read to the end.
    """
    company(client_id, company_id)
    if connection_id is not None:
        connection(client_id, connection_id, company_id)
    candidates = _candidates(client_id, company_id, connection_id)
    found = candidates.filter(_read(data_type)).first()
    if found is not None:
        return found
    latest = (
        Dataset.objects.filter(
            client_id=client_id,
            company_id=company_id,
            data_type=data_type.value,
            connection__in=candidates.values("id"),
        )
        .order_by("-requested_at")
        .first()
    )
    first = candidates.first()
    is_offered = (
        first is None or data_type in connector_of(first.integration_key).manifest.data_types
    )
    if not is_offered or (latest is not None and latest.status == DatasetStatus.NOT_SUPPORTED):
        raise unsupported(client_id, company_id, data_type.value)
    if latest is None:
        raise conflict(
            _("%(data_type)s was never read for this company. Request it, then read it here.")
            % {"data_type": data_type.value}
        )
    raise conflict(
        _("%(data_type)s has not been read to the end yet: its dataset %(id)s is %(status)s.")
        % {"data_type": data_type.value, "id": latest.id, "status": latest.status}
    )


def unsupported(client_id: UUID, company_id: UUID, data_type: str) -> ApiError:
    """The 404 of a data type that the company's platforms do not have."""
    company(client_id, company_id)
    names = {
        connector_of(one.integration_key).manifest.name
        for one in connections_of(client_id, company_id)
    }
    return not_found(
        f"Datatype {data_type} not supported by platform(s) {', '.join(sorted(names)) or 'none'}"
    )


def _offered(connection: Connection) -> tuple[DataType, ...]:
    return connector_of(connection.integration_key).manifest.data_types


def _candidates(
    client_id: UUID, company_id: UUID, connection_id: UUID | None
) -> QuerySet[Connection]:
    found = connections_of(client_id, company_id)
    if connection_id is not None:
        found = found.filter(id=connection_id)
    is_linked = Case(When(status=Connection.Status.LINKED, then=0), default=1)
    return found.order_by(is_linked, F("linked_at").desc(nulls_last=True), "-created_at")


def _read(data_type: DataType) -> Exists:
    return Exists(
        Dataset.objects.filter(
            client_id=OuterRef("client_id"),
            company_id=OuterRef("company_id"),
            connection_id=OuterRef("id"),
            data_type=data_type.value,
            status=DatasetStatus.COMPLETE,
        )
    )
