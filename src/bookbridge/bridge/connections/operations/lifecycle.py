"""Connections are made, unlinked, deauthorised and deleted here."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import connection as database
from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.companies.queries import company
from bookbridge.bridge.connections import events
from bookbridge.bridge.connections.credentials import forget_tokens
from bookbridge.bridge.connections.models import Connection, ConnectionEvent, ConnectionFailure
from bookbridge.bridge.connections.queries import ConnectionNotFoundError
from bookbridge.bridge.integrations import operations as integrations
from bookbridge.bridge.integrations.models import IntegrationSettings
from bookbridge.bridge.integrations.queries import IntegrationNotReadyError, integration

REASON_LENGTH_MAX = 500
WITHDRAWAL_TASK = "evidence.record_withdrawal"
Kind = ConnectionEvent.Kind


class ConnectionStateError(Exception):
    """The connection's status does not allow this."""

    code = "connection_state"


@transaction.atomic
def create_connection(
    *, client_id: UUID, company_id: UUID, integration_key: str, actor: Actor, at: dt.datetime
) -> Connection:
    """Make a connection that awaits its owner's authorisation.

    Raises CompanyNotFoundError, IntegrationNotFoundError or IntegrationNotReadyError.
    """
    company(client_id, company_id)
    found = integration(client_id, integration_key)
    if not found.is_enabled:
        raise IntegrationNotReadyError(
            _("%(name)s is not enabled. Set it up and switch it on in the portal first.")
            % {"name": found.manifest.name}
        )
    made = Connection.objects.create(
        client_id=client_id,
        company_id=company_id,
        integration_key=integration_key,
        created_at=at,
    )
    note(made, Kind.CREATED, _("Connection created."), actor, at)
    events.announce_connection(made, events.CREATED, at)
    return made


@transaction.atomic
def unlink_connection(
    *, client_id: UUID, connection_id: UUID, actor: Actor, at: dt.datetime
) -> Connection:
    """Give up access to the source; what was read stays readable. Only from Linked."""
    found = for_update(client_id, connection_id)
    if found.status == Connection.Status.UNLINKED:
        return found
    if not found.is_linked:
        raise ConnectionStateError(_("Only a linked connection can be unlinked."))
    forget_tokens(connection=found)
    found.status = Connection.Status.UNLINKED
    found.save(update_fields=["status"])
    note(found, Kind.UNLINKED, _("Unlinked: access to the source was given up."), actor, at)
    _end_consent(found, _("Unlinked by %(name)s.") % {"name": actor.name}, at)
    events.announce_connection(found, events.DISCONNECTED, at)
    return found


@transaction.atomic
def deauthorise_connection(
    *, client_id: UUID, connection_id: UUID, reason: str, actor: Actor, at: dt.datetime
) -> Connection:
    """The source no longer lets us in: only its owner can link it again."""
    found = for_update(client_id, connection_id)
    if not found.is_linked:
        return found
    forget_tokens(connection=found)
    found.status = Connection.Status.DEAUTHORIZED
    found.deauthorisation_reason = reason[:REASON_LENGTH_MAX]
    found.save(update_fields=["status", "deauthorisation_reason"])
    record_failure(
        connection=found, status_code="401", status_text="Unauthorized", message=reason, at=at
    )
    note(found, Kind.DEAUTHORISED, reason, actor, at)
    _end_consent(found, reason, at)
    events.announce_connection(found, events.DISCONNECTED, at)
    return found


@transaction.atomic
def delete_connection(
    *, client_id: UUID, connection_id: UUID, actor: Actor, at: dt.datetime
) -> None:
    """Delete a connection with everything that was read through it."""
    found = for_update(client_id, connection_id)
    events.announce_connection(found, events.DELETED, at)
    # The database's own cascades do it: they know every table and need no rows in memory.
    with database.cursor() as cursor:
        cursor.execute(
            "DELETE FROM connections_connection WHERE client_id = %s AND id = %s",
            [client_id, found.id],
        )


@transaction.atomic
def save_integration_settings(
    *,
    client_id: UUID,
    integration_key: str,
    host: str,
    app_client_id: str,
    client_secret: str,
    actor: Actor,
    at: dt.datetime,
) -> IntegrationSettings:
    """Keep an integration's settings; a changed host deauthorises the connections made at the
    old one. Raises SettingsRefusedError naming the field."""
    saved = integrations.save_settings(
        client_id=client_id,
        integration_key=integration_key,
        host=host,
        app_client_id=app_client_id,
        client_secret=client_secret,
        actor=actor,
        at=at,
    )
    if saved.host_changed:
        linked = Connection.objects.filter(
            client_id=client_id,
            integration_key=integration_key,
            status=Connection.Status.LINKED,
        ).exclude(source_host=saved.settings.host)
        for connection_id in list(linked.values_list("id", flat=True)):
            deauthorise_connection(
                client_id=client_id,
                connection_id=connection_id,
                reason=_("The integration's host was changed; the connection must be linked anew."),
                actor=actor,
                at=at,
            )
    return saved.settings


def record_failure(
    *, connection: Connection, status_code: str, status_text: str, message: str, at: dt.datetime
) -> None:
    """Note what went wrong at the source, unless the same failure is already active."""
    failures = ConnectionFailure.objects.filter(
        client_id=connection.client_id,
        connection=connection,
        status=ConnectionFailure.Status.ACTIVE,
    )
    if not failures.filter(message=message).exists():
        ConnectionFailure.objects.create(
            client_id=connection.client_id,
            company_id=connection.company_id,
            connection=connection,
            status_code=status_code,
            status_text=status_text,
            message=message,
            errored_at=at,
        )


def resolve_failures(*, connection: Connection, at: dt.datetime) -> None:
    """The source answers again: its active failures are over."""
    ConnectionFailure.objects.filter(
        client_id=connection.client_id,
        connection=connection,
        status=ConnectionFailure.Status.ACTIVE,
    ).update(status=ConnectionFailure.Status.RESOLVED, resolved_at=at)


def note(
    connection: Connection, kind: ConnectionEvent.Kind, message: str, actor: Actor, at: dt.datetime
) -> None:
    """Add a line to the connection's timeline."""
    ConnectionEvent.objects.create(
        client_id=connection.client_id,
        company_id=connection.company_id,
        connection=connection,
        at=at,
        kind=kind,
        message=message,
        actor_name=actor.name,
    )


def _end_consent(connection: Connection, how: str, at: dt.datetime) -> None:
    """A layer above keeps a signed receipt of it."""
    app.configure_task(WITHDRAWAL_TASK).defer(
        client_id=str(connection.client_id),
        connection_id=str(connection.id),
        how=how,
        at=at.isoformat(),
    )


def for_update(client_id: UUID, connection_id: UUID) -> Connection:
    found = (
        Connection.objects.select_for_update().filter(client_id=client_id, id=connection_id).first()
    )
    if found is None:
        raise ConnectionNotFoundError(_("There is no such connection."))
    return found
