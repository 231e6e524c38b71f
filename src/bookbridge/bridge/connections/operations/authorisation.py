"""The journey to the source's consent page and back, and what it opens.

Calls to the source are made between transactions, never inside one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import httpx
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections import events
from bookbridge.bridge.connections.credentials import hide_secrets, store_tokens
from bookbridge.bridge.connections.models import AuthorisationRequest, Connection
from bookbridge.bridge.connections.operations.lifecycle import (
    Kind,
    for_update,
    note,
    resolve_failures,
)
from bookbridge.bridge.connections.queries import connection as find_connection
from bookbridge.bridge.connections.rules import (
    STATE_LIFETIME,
    State,
    digest,
    new_state,
    parse_state,
)
from bookbridge.bridge.connectors.contract import (
    AppKeys,
    Connector,
    SourceCompany,
    SourceRequest,
    Tokens,
)
from bookbridge.bridge.connectors.errors import SourceError
from bookbridge.bridge.integrations.http import source_client
from bookbridge.bridge.integrations.queries import app_keys, connector_of

REFRESH_TASK = "sync.refresh_after_link"
OWNER_NAME = "Company owner"


class AuthorisationError(Exception):
    """The connection was not made; the sentence is for its owner."""

    code = "authorisation_failed"

    def __init__(self, message: str, *, connection: Connection | None = None) -> None:
        super().__init__(message)
        self.connection = connection


class StateInvalidError(AuthorisationError):
    """The state is unknown, used, expired, or of another browser."""

    code = "authorisation_state"


class ConsentDeniedError(AuthorisationError):
    """The owner said no at the source."""

    code = "authorisation_denied"


class WrongCompanyError(AuthorisationError):
    """The new grant opens other books than the connection's own."""

    code = "authorisation_wrong_company"


@dataclass(frozen=True)
class Authorised:
    """What came of it: linked, or the owner has still to choose among `source_companies`."""

    connection: Connection
    source_companies: Sequence[SourceCompany]

    @property
    def needs_choice(self) -> bool:
        return self.connection.awaits_choice


def start_authorisation(
    *,
    client_id: UUID,
    connection_id: UUID,
    session_key: str,
    redirect_uri: str,
    actor: Actor,
    at: dt.datetime,
) -> str:
    """The source's consent page for this connection, for this browser session, once."""
    with client_scope(client_id):
        found = find_connection(client_id, connection_id)
        keys = app_keys(client_id, found.integration_key)
        state = new_state(client_id, connection_id)
        AuthorisationRequest.objects.create(
            client_id=client_id,
            company_id=found.company_id,
            connection=found,
            state_hash=state.hash,
            session_hash=digest(session_key),
            redirect_uri=redirect_uri,
            created_at=at,
            expires_at=at + STATE_LIFETIME,
            actor_name=actor.name,
        )
        note(found, Kind.AUTHORISATION_STARTED, _("The owner was sent to the source."), actor, at)
    return connector_of(found.integration_key).authorise_url(keys, redirect_uri, state.text)


def complete_authorisation(
    *,
    state: str,
    session_key: str,
    code: str | None,
    error: str | None,
    at: dt.datetime,
) -> Authorised:
    """Take what the source's consent page sent back: link, or list what there is to choose.

    Raises StateInvalidError, ConsentDeniedError, WrongCompanyError, AuthorisationError.
    """
    named = parse_state(state)
    if named is None:
        raise StateInvalidError(_("This link is not one of ours. Please start again."))
    with client_scope(named.client_id):
        request = _use_state(named, session_key, at)
        found = find_connection(named.client_id, named.connection_id)
        keys = app_keys(named.client_id, found.integration_key)
    if error or not code:
        raise _refused(found, error, at)
    connector = connector_of(found.integration_key)
    with source_client() as http:
        secrets = [code, keys.client_secret]
        try:
            tokens = connector.exchange_code(http, keys, request.redirect_uri, code)
            secrets += [tokens.access_token, tokens.refresh_token or ""]
            companies = _companies(connector, http, keys, found, tokens, at)
        except SourceError as failure:
            hide_secrets(failure, secrets)
            _note_failure(found, str(failure), at)
            raise AuthorisationError(str(failure), connection=found) from failure
    return _link(found, keys, tokens, companies, at)


def choose_source_company(
    *, client_id: UUID, connection_id: UUID, source_company_id: str, actor: Actor, at: dt.datetime
) -> Connection:
    """The owner chose one of the companies that the grant opens: the connection is linked."""
    with client_scope(client_id):
        found = for_update(client_id, connection_id)
        chosen = next((c for c in found.source_companies if c["id"] == source_company_id), None)
        if chosen is None:
            raise AuthorisationError(_("Choose one of the companies listed."), connection=found)
        return _become_linked(found, SourceCompany(chosen["id"], chosen["name"]), actor, at)


def _use_state(state: State, session_key: str, at: dt.datetime) -> AuthorisationRequest:
    request = (
        AuthorisationRequest.objects.select_for_update()
        .filter(client_id=state.client_id, state_hash=state.hash, connection_id=state.connection_id)
        .first()
    )
    if request is None:
        raise StateInvalidError(_("This link is not one of ours. Please start again."))
    if bytes(request.session_hash) != digest(session_key):
        raise StateInvalidError(
            _("This sign-in was started in another browser. Please start again in this one.")
        )
    if request.used_at is not None:
        raise StateInvalidError(_("This sign-in was already used. Please start again."))
    if request.expires_at < at:
        raise StateInvalidError(_("This sign-in took too long. Please start again."))
    request.used_at = at
    request.save(update_fields=["used_at"])
    return request


def _companies(
    connector: Connector,
    http: httpx.Client,
    keys: AppKeys,
    connection: Connection,
    tokens: Tokens,
    at: dt.datetime,
) -> Sequence[SourceCompany]:
    """What the grant opens: asked with the fresh token, before anything is stored."""
    return connector.source_companies(
        SourceRequest(
            http=http,
            base_url=keys.host,
            company_id="",
            access_token=lambda stale: tokens.access_token,
            before_request=lambda: None,
            today=at.date(),
        )
    )


def _link(
    connection: Connection,
    keys: AppKeys,
    tokens: Tokens,
    companies: Sequence[SourceCompany],
    at: dt.datetime,
) -> Authorised:
    actor = Actor(None, OWNER_NAME)
    with client_scope(connection.client_id):
        found = for_update(connection.client_id, connection.id)
        before = found.source_company_id
        chosen = [c for c in companies if c.id == before] if before else list(companies)
        if chosen:
            store_tokens(connection=found, tokens=tokens, at=at)
            found.source_host = keys.host
            found.source_companies = [{"id": c.id, "name": c.name} for c in chosen]
            found.save(update_fields=["source_host", "source_companies"])
        if len(chosen) == 1:
            found = _become_linked(found, chosen[0], actor, at)
    if not companies:
        _note_failure(found, _("The sign-in opened no company."), at)
        raise AuthorisationError(
            _("This sign-in opened no company. Share a company with us and start again."),
            connection=found,
        )
    if not chosen:
        message = _("This sign-in opens other books than those of %(name)s.") % {
            "name": found.source_company_name
        }
        _note_failure(found, message, at)
        raise WrongCompanyError(message, connection=found)
    return Authorised(found, chosen)


def _become_linked(
    connection: Connection, source: SourceCompany, actor: Actor, at: dt.datetime
) -> Connection:
    _only_one_linked(connection)
    is_first = connection.first_linked_at is None
    connection.status = Connection.Status.LINKED
    connection.source_company_id = source.id
    connection.source_company_name = source.name
    connection.source_companies = []
    connection.deauthorisation_reason = ""
    connection.linked_at = at
    connection.first_linked_at = connection.first_linked_at or at
    connection.save()
    resolve_failures(connection=connection, at=at)
    message = _("Linked to %(name)s.") % {"name": source.name}
    note(connection, Kind.LINKED if is_first else Kind.RELINKED, message, actor, at)
    event_type = events.CONNECTED if is_first else events.RECONNECTED
    events.announce_connection(connection, event_type, at)
    app.configure_task(REFRESH_TASK, lock=None).defer(
        client_id=str(connection.client_id),
        company_id=str(connection.company_id),
        connection_id=str(connection.id),
        is_first=is_first,
    )
    return connection


def _only_one_linked(connection: Connection) -> None:
    """Two sources of accounts for one company would mix two sets of books."""
    others = Connection.objects.filter(
        client_id=connection.client_id,
        company_id=connection.company_id,
        status=Connection.Status.LINKED,
    ).exclude(id=connection.id)
    if others.exists():
        raise AuthorisationError(
            _("This company already has a linked source of accounts. Unlink that one first."),
            connection=connection,
        )


def _refused(connection: Connection, error: str | None, at: dt.datetime) -> AuthorisationError:
    if error == "access_denied":
        message = _("You did not give permission, so nothing was shared.")
        _note_failure(connection, _("The owner did not give permission."), at)
        return ConsentDeniedError(message, connection=connection)
    message = _("The source did not complete the sign-in (%(error)s). Please start again.") % {
        "error": (error or _("no code"))[:100]
    }
    _note_failure(connection, message, at)
    return AuthorisationError(message, connection=connection)


def _note_failure(connection: Connection, message: str, at: dt.datetime) -> None:
    with client_scope(connection.client_id):
        note(connection, Kind.AUTHORISATION_FAILED, message, Actor(None, OWNER_NAME), at)
        events.announce_connection(connection, events.FAILED, at, failure=message)
