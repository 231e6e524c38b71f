"""Reads are asked for here; one job at a time works off what a connection has waiting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.companies.queries import company
from bookbridge.bridge.connections.models import Connection, ConnectionEvent
from bookbridge.bridge.connections.operations import note
from bookbridge.bridge.connections.queries import connection, connections_of
from bookbridge.bridge.datatypes import ORDER, DataType
from bookbridge.bridge.datatypes.status import IN_PROGRESS
from bookbridge.bridge.integrations.queries import connector_of
from bookbridge.bridge.sync.models import Dataset, Refresh
from bookbridge.bridge.sync.operations.comparing import COUNTED
from bookbridge.bridge.sync.operations.queueing import defer_run
from bookbridge.bridge.sync.rules import Urgency
from bookbridge.bridge.sync.type_settings import effective_settings


class RefreshError(Exception):
    """A read that was asked for cannot be queued."""

    code = "refresh_refused"


class NoLinkedConnectionError(RefreshError):
    code = "no_linked_connection"


class DataTypeNotSupportedError(RefreshError):
    """No linked source offers this data type."""

    code = "data_type_not_supported"


class DatasetInProgressError(RefreshError):
    """The data type is being read already."""

    code = "dataset_in_progress"


@dataclass(frozen=True)
class Asked:
    """Who asks for a read, when and why."""

    actor: Actor
    at: dt.datetime
    is_first: bool
    reread: int
    urgency: Urgency


@transaction.atomic
def request_refresh(
    *,
    client_id: UUID,
    company_id: UUID,
    connection_id: UUID | None = None,
    data_types: Iterable[DataType] | None = None,
    actor: Actor,
    at: dt.datetime,
    is_first: bool = False,
    reread: int = 0,
    urgency: Urgency = Urgency.ASKED,
) -> list[Dataset]:
    """Queue a read of all data types that the settings have read on the first link, or of some.

    Returns the datasets that were queued: a type already in progress is left to its dataset.
    Raises NoLinkedConnectionError, DataTypeNotSupportedError, or DatasetInProgressError when
    every type that was named is in progress.
    """
    company(client_id, company_id)
    wanted = None if data_types is None else list(dict.fromkeys(data_types))
    asked = Asked(actor, at, is_first, reread, Urgency.FIRST_LINK if is_first else urgency)
    made: list[Dataset] = []
    for found in _linked(client_id, company_id, connection_id):
        types = _types(found, wanted)
        if wanted is None:
            off = not_on_first_link(client_id, company_id)
            types = [one for one in types if one not in off]
        made.extend(_queue(found, types, asked))
    if not made and wanted:
        _refuse(wanted)
    return made


def not_on_first_link(client_id: UUID, company_id: UUID) -> set[DataType]:
    """The types that the settings leave out where all are asked for; a company's setting wins."""
    chosen = effective_settings(client_id, company_id)
    return {DataType(row.data_type) for row in chosen if not row.fetch_on_first_link}


def _linked(client_id: UUID, company_id: UUID, connection_id: UUID | None) -> Sequence[Connection]:
    if connection_id is not None:
        found = connection(client_id, connection_id, company_id)
        linked = [found] if found.is_linked else []
    else:
        linked = [one for one in connections_of(client_id, company_id) if one.is_linked]
    if not linked:
        raise NoLinkedConnectionError(_("The company has no linked connection to read from."))
    # Two requests at once take turns here, so that no type is queued twice.
    ids = [one.id for one in linked]
    locked = Connection.objects.select_for_update().filter(client_id=client_id, id__in=ids)
    return list(locked.order_by("id"))


def _types(found: Connection, wanted: Sequence[DataType] | None) -> list[DataType]:
    offered = connector_of(found.integration_key).manifest.data_types
    missing = [one for one in wanted or () if one not in offered]
    if missing:
        raise DataTypeNotSupportedError(
            _("Datatype %(type)s is not supported by the linked source.") % {"type": missing[0]}
        )
    return [one for one in ORDER if one in offered and (wanted is None or one in wanted)]


def _queue(found: Connection, types: Sequence[DataType], asked: Asked) -> list[Dataset]:
    under_way = Dataset.objects.filter(
        client_id=found.client_id,
        company_id=found.company_id,
        connection=found,
        status__in=[status.value for status in IN_PROGRESS],
        completed_at=None,
    )
    busy = set(under_way.values_list("data_type", flat=True))
    if busy and asked.urgency < Urgency.SCHEDULED:
        # Who asks again does not want to wait for the next try. The shared budget still holds
        # back what the source itself asked to be held back.
        under_way.update(not_before=None)
        _hurry(found, asked.urgency)
        defer_run(found.client_id, found.id)
    queued = [one for one in types if one.value not in busy]
    if not queued:
        return []
    refresh = Refresh.objects.create(
        client_id=found.client_id,
        company_id=found.company_id,
        connection=found,
        requested_at=asked.at,
        requested_by=asked.actor.name,
        is_full=_is_full(found, types),
        is_first=asked.is_first,
        reread=asked.reread,
        urgency=asked.urgency,
    )
    made = _make(refresh, queued)
    defer_run(found.client_id, found.id)
    note(
        found,
        ConnectionEvent.Kind.SYNC_REQUESTED,
        _("A read of %(count)d data types was asked for.") % {"count": len(made)},
        asked.actor,
        asked.at,
    )
    return made


def _hurry(found: Connection, urgency: Urgency) -> None:
    """What somebody now waits for is as urgent as he is."""
    Refresh.objects.filter(
        client_id=found.client_id, connection=found, completed_at=None, urgency__gt=urgency
    ).update(urgency=urgency)


def _is_full(found: Connection, types: Sequence[DataType]) -> bool:
    """Whether all is read that the source's reports are compared with; a type that is in progress
    comes from its own dataset, and is waited for."""
    offered = set(connector_of(found.integration_key).manifest.data_types)
    return (offered & COUNTED) <= set(types)


def _make(refresh: Refresh, types: Sequence[DataType]) -> list[Dataset]:
    return Dataset.objects.bulk_create(
        Dataset(
            client_id=refresh.client_id,
            company_id=refresh.company_id,
            connection_id=refresh.connection_id,
            refresh=refresh,
            data_type=one.value,
            requested_at=refresh.requested_at,
        )
        for one in types
    )


def _refuse(wanted: Sequence[DataType]) -> None:
    raise DatasetInProgressError(
        _("Cannot queue %(type)s: it is being read already.") % {"type": wanted[0].value}
    )
