"""Through which connection a company's data is read, and whether there is any to read yet."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Case, F, QuerySet, When
from django.utils.translation import gettext as _

from bookbridge.bridge.api.errors import ApiError, conflict, not_found
from bookbridge.bridge.companies.queries import company
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.connections.queries import connection, connections_of
from bookbridge.bridge.datatypes import DatasetStatus, DataType
from bookbridge.bridge.integrations.queries import connector_of
from bookbridge.bridge.sync.models import Dataset

# One plain statement: every reading begins with it.
_READ = """
SELECT * FROM connections_connection AS one
WHERE client_id = %(client)s AND company_id = %(company)s
  AND (%(connection)s::uuid IS NULL OR id = %(connection)s::uuid)
  AND EXISTS (
    SELECT FROM sync_dataset WHERE client_id = %(client)s AND company_id = %(company)s
      AND connection_id = one.id
      AND data_type = %(data_type)s AND status = %(complete)s)
ORDER BY status <> %(linked)s, linked_at DESC NULLS LAST, created_at DESC LIMIT 1
"""


def readable_connection(
    client_id: UUID, company_id: UUID, data_type: DataType, connection_id: UUID | None = None
) -> Connection:
    """The connection to read a type from: the one named, else the company's own source.

    A company has one live source, and may have older ones that it was unlinked from: the linked
    one is read first, then the one linked last. Raises 404 when the platform has no such type, 409
    when it was never read to the end.
    """
    key = {
        "client": client_id,
        "company": company_id,
        "connection": connection_id,
        "data_type": data_type.value,
        "complete": DatasetStatus.COMPLETE.value,
        "linked": Connection.Status.LINKED.value,
    }
    for found in Connection.objects.raw(_READ, key):
        return found
    raise _nothing_read(client_id, company_id, data_type, connection_id)


def _nothing_read(
    client_id: UUID, company_id: UUID, data_type: DataType, connection_id: UUID | None
) -> ApiError:
    company(client_id, company_id)
    if connection_id is not None:
        connection(client_id, connection_id, company_id)
    candidates = _candidates(client_id, company_id, connection_id)
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
        return unsupported(client_id, company_id, data_type.value)
    if latest is None:
        return conflict(
            _("%(data_type)s was never read for this company. Request it, then read it here.")
            % {"data_type": data_type.value}
        )
    return conflict(
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


def _candidates(
    client_id: UUID, company_id: UUID, connection_id: UUID | None
) -> QuerySet[Connection]:
    found = connections_of(client_id, company_id)
    if connection_id is not None:
        found = found.filter(id=connection_id)
    is_linked = Case(When(status=Connection.Status.LINKED, then=0), default=1)
    return found.order_by(is_linked, F("linked_at").desc(nulls_last=True), "-created_at")
