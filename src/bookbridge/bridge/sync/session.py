"""Everything that one run of work needs to talk to one connection's source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils import timezone

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.queries import data_key
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.connections.operations import hide_secrets, token_source
from bookbridge.bridge.connectors.contract import AppKeys, Connector, SourceRequest
from bookbridge.bridge.connectors.errors import (
    MaintenanceError,
    PermanentError,
    ReauthoriseError,
    SourceError,
)
from bookbridge.bridge.integrations.health import Hold, hold_on
from bookbridge.bridge.integrations.http import source_client
from bookbridge.bridge.integrations.queries import (
    IntegrationNotReadyError,
    app_keys,
    connector_of,
)
from bookbridge.bridge.integrations.watching import Source, report_maintenance
from bookbridge.bridge.records.bodies import BodyBox
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.sync.budget import Budget, HeldBackError, HeldForMaintenanceError


class HostDownError(HeldForMaintenanceError):
    """The host of the source is down for everybody; a look ends it, not the time."""

    code = "host_down"


@dataclass(frozen=True)
class SourceSession:
    """One connection with its connector, its store and its way to the source."""

    connection: Connection
    connector: Connector
    request: SourceRequest
    place: Place
    box: BodyBox
    budget: Budget


def for_months(session: SourceSession, months: int | None) -> SourceSession:
    """The same session for a list that is read by month, so many of them."""
    if months is None:
        return session
    return replace(session, request=replace(session.request, months=months))


@contextmanager
def source_session(connection: Connection, today: dt.date) -> Iterator[SourceSession]:
    """Open a linked connection's way to its source; raises SourceError if there is none.

    A source that is down is asked nothing. One that says so in mid-session holds back every
    connection to it, if a look finds that it is down for all.
    """
    keys, box = _opened(connection)
    hold = hold_on(connection.integration_key, keys.host, timezone.now())
    if hold is not None:
        raise _held(hold)
    budget = Budget(connection.client_id, connection.integration_key, connection.id)
    with source_client() as http:
        tokens = token_source(connection, keys, http)
        request = SourceRequest(
            http=http,
            base_url=keys.host,
            company_id=connection.source_company_id,
            access_token=tokens.access_token,
            before_request=budget.before_request,
            heed=budget.heed,
            today=today,
        )
        place = Place(connection.client_id, connection.company_id, connection.id)
        connector = connector_of(connection.integration_key)
        try:
            yield SourceSession(connection, connector, request, place, box, budget)
        except SourceError as error:
            hide_secrets(error, [*tokens.secrets, keys.client_secret])
            hold = _reported(connection, error)
            if hold is None:
                raise
            raise _held(hold) from error


def _opened(connection: Connection) -> tuple[AppKeys, BodyBox]:
    """The client's keys and the company's box; raises SourceError where they may not be used."""
    if not connection.is_linked:
        raise ReauthoriseError(f"The connection is {connection.status}; it must be linked anew.")
    with client_scope(connection.client_id):
        try:
            keys = app_keys(connection.client_id, connection.integration_key)
        except IntegrationNotReadyError as error:
            raise PermanentError(str(error)) from error
        box = BodyBox(data_key(connection.client_id, connection.company_id), connection.id)
    if keys.host != connection.source_host:
        raise ReauthoriseError(
            "The integration's host was changed; the connection must be linked anew."
        )
    if not (settings.ALLOW_PRIVATE_HOSTS or keys.host.startswith("https://")):
        raise PermanentError(
            f"{keys.host} is not called: sources are called over https only. Change the host in "
            "the integration's settings."
        )
    return keys, box


def _reported(connection: Connection, error: SourceError) -> Hold | None:
    """The hold that follows from a source's word that it is in maintenance."""
    if isinstance(error, HeldBackError) or not isinstance(error, MaintenanceError):
        return None
    source = Source(connection.integration_key, connection.source_host)
    return report_maintenance(source, error.after, timezone.now())


def _held(hold: Hold) -> HostDownError:
    return HostDownError(hold.sentence, after=hold.wait(timezone.now()))
