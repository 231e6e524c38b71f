"""Everything that one run of work needs to talk to one connection's source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.queries import data_key
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.connections.operations import token_source
from bookbridge.bridge.connectors.contract import Connector, SourceRequest
from bookbridge.bridge.connectors.errors import PermanentError, ReauthoriseError
from bookbridge.bridge.integrations.http import source_client
from bookbridge.bridge.integrations.queries import (
    IntegrationNotReadyError,
    app_keys,
    connector_of,
)
from bookbridge.bridge.records.bodies import BodyBox
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.sync.budget import Budget


@dataclass(frozen=True)
class SourceSession:
    """One connection with its connector, its store and its way to the source."""

    connection: Connection
    connector: Connector
    request: SourceRequest
    place: Place
    box: BodyBox
    budget: Budget


@contextmanager
def source_session(connection: Connection, today: dt.date) -> Iterator[SourceSession]:
    """Open a linked connection's way to its source; raises SourceError if there is none."""
    place = Place(connection.client_id, connection.company_id, connection.id)
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
    budget = Budget(connection.client_id, connection.integration_key, connection.id)
    with source_client() as http:
        tokens = token_source(connection, keys, http)
        request = SourceRequest(
            http=http,
            base_url=keys.host,
            company_id=connection.source_company_id,
            access_token=tokens.access_token,
            before_request=budget.before_request,
            today=today,
        )
        connector = connector_of(connection.integration_key)
        yield SourceSession(connection, connector, request, place, box, budget)
