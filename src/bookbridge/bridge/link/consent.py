"""Keeps what the owner agreed to, in the words of the page that they saw."""

from __future__ import annotations

from django.utils import timezone

from bookbridge.bridge.clients.models import Client
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.evidence.operations.consent import record_consent
from bookbridge.bridge.integrations.queries import connector_of
from bookbridge.bridge.link.queries import consent_sections


def keep_consent(connection: Connection) -> None:
    """Sign a receipt for a connection that its owner has just linked."""
    with client_scope(connection.client_id):
        client = Client.objects.get(id=connection.client_id)
        sections = consent_sections(client, connector_of(connection.integration_key).manifest)
        record_consent(
            connection=connection,
            sections=[{"title": one.title, "text": one.text} for one in sections],
            at=timezone.now(),
        )
