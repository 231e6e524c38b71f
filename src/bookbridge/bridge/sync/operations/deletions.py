"""Mass deletions: held when a scan finds them, then confirmed or rejected by an administrator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from bookbridge.bridge.clients.rules import SYSTEM, Actor
from bookbridge.bridge.connections.models import Connection, ConnectionEvent
from bookbridge.bridge.connections.operations import note
from bookbridge.bridge.connections.queries import connection as connection_of
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.integrations.queries import connector_of
from bookbridge.bridge.records.operations import delete_suspects, release_suspects
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.sync.models import HeldDeletion, ResourceScan, ResourceState
from bookbridge.bridge.sync.operations.requests import RefreshError, request_refresh
from bookbridge.bridge.sync.session import SourceSession

ACTOR_SHOWN_MAX = 60
State = HeldDeletion.State


class NothingHeldError(Exception):
    """No deletions of this connection wait for a decision, or not of these lists."""

    code = "nothing_held"


def hold_deletion(
    *, session: SourceSession, row: ResourceScan, missing: int, live: int, at: dt.datetime
) -> None:
    """Ask about the records that a scan did not meet, in the caller's transaction; who has been
    asked is not asked again before more are gone."""
    ours = _of(session.connection).filter(resource=row.resource)
    waiting = ours.filter(state=State.WAITING).first()
    if waiting is not None:
        waiting.last_scan, waiting.missing, waiting.live = row.number, missing, live
        waiting.save(update_fields=["last_scan", "missing", "live"])
        return
    latest = ours.order_by("-raised_at").first()
    if latest is not None and latest.state == State.REJECTED and missing <= latest.missing:
        return
    HeldDeletion.objects.create(
        client_id=row.client_id,
        company_id=row.company_id,
        connection=session.connection,
        resource=row.resource,
        first_scan=row.number,
        last_scan=row.number,
        missing=missing,
        live=live,
        raised_at=at,
    )
    note(
        session.connection,
        ConnectionEvent.Kind.SYNC_FAILED,
        _(
            "%(missing)d of %(live)d %(resource)s are gone from the source. They are kept until an "
            "administrator confirms that they were deleted."
        )
        % {"missing": missing, "live": live, "resource": row.resource.replace("_", " ")},
        SYSTEM,
        at,
    )


def withdraw_deletion(*, session: SourceSession, row: ResourceScan, at: dt.datetime) -> None:
    """The list has them again: there is nothing left to decide."""
    ours = _of(session.connection).filter(resource=row.resource, state=State.WAITING)
    ours.update(state=State.WITHDRAWN, decided_at=at, decided_by=SYSTEM.name)


@transaction.atomic
def confirm_deletions(
    *,
    client_id: UUID,
    company_id: UUID,
    connection_id: UUID,
    resources: Sequence[str] | None,
    actor: Actor,
    at: dt.datetime,
) -> list[HeldDeletion]:
    """Take the missing records of these lists (all that wait, if None) for deleted, and have their
    data types read again. Raises NothingHeldError."""
    found = connection_of(client_id, connection_id, company_id)
    held = _waiting(found, resources)
    place = Place(client_id, company_id, connection_id)
    for one in held:
        delete_suspects(
            place=place,
            resource=one.resource,
            scan=one.last_scan,
            evidence=f"confirmed by {actor.name[:ACTOR_SHOWN_MAX]}",
            at=at,
        )
        ResourceState.objects.filter(
            company_id=company_id, connection_id=connection_id, resource=one.resource
        ).update(revision=F("revision") + 1)
        _decide(found, one, State.CONFIRMED, actor, at)
    try:
        request_refresh(
            client_id=client_id,
            company_id=company_id,
            connection_id=connection_id,
            data_types=_types_of(found, {one.resource for one in held}),
            actor=actor,
            at=at,
        )
    except RefreshError:
        # Unlinked, or being read anyway: the records are flagged by the next read.
        return held
    return held


@transaction.atomic
def reject_deletions(
    *,
    client_id: UUID,
    company_id: UUID,
    connection_id: UUID,
    resources: Sequence[str] | None,
    actor: Actor,
    at: dt.datetime,
) -> list[HeldDeletion]:
    """Keep the records: the list is in trouble, and nobody is asked again before more are gone.
    Raises NothingHeldError."""
    found = connection_of(client_id, connection_id, company_id)
    held = _waiting(found, resources)
    for one in held:
        place = Place(client_id, company_id, connection_id)
        release_suspects(place=place, resource=one.resource, except_ids=[])
        _decide(found, one, State.REJECTED, actor, at)
    return held


def _waiting(connection: Connection, resources: Sequence[str] | None) -> list[HeldDeletion]:
    waiting = _of(connection).filter(state=State.WAITING).order_by("raised_at")
    if resources is not None:
        waiting = waiting.filter(resource__in=resources)
    held = list(waiting.select_for_update(of=("self",)))
    if not held or (resources is not None and len(held) < len(set(resources))):
        raise NothingHeldError(_("No deletions wait for a decision there."))
    return held


def _decide(
    connection: Connection, held: HeldDeletion, state: str, actor: Actor, at: dt.datetime
) -> None:
    held.state, held.decided_at, held.decided_by = state, at, actor.name
    held.save(update_fields=["state", "decided_at", "decided_by"])
    words = (
        _("%(missing)d missing %(resource)s were confirmed to be deleted.")
        if state == State.CONFIRMED
        else _("%(missing)d missing %(resource)s are kept: they were not deleted.")
    )
    values = {"missing": held.missing, "resource": held.resource.replace("_", " ")}
    note(connection, ConnectionEvent.Kind.SYNC_REQUESTED, words % values, actor, at)


def _of(connection: Connection) -> QuerySet[HeldDeletion]:
    return HeldDeletion.objects.filter(
        client_id=connection.client_id, company_id=connection.company_id, connection=connection
    )


def _types_of(connection: Connection, resources: set[str]) -> list[DataType]:
    connector = connector_of(connection.integration_key)
    return [
        one
        for one in connector.manifest.data_types
        if resources.intersection(connector.resources_for(one))
    ]
