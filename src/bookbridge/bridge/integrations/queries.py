"""The integrations that exist, and a client's settings of each."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import httpx
from django.utils.translation import gettext as _

from bookbridge.bridge.clients import keyring
from bookbridge.bridge.connectors.contract import AppKeys, Connector, Manifest
from bookbridge.bridge.connectors.registry import CONNECTORS
from bookbridge.bridge.integrations.http import source_client
from bookbridge.bridge.integrations.models import IntegrationSettings


class IntegrationNotFoundError(Exception):
    """No integration has this key."""

    code = "integration_not_found"


class IntegrationNotReadyError(Exception):
    """The client has not entered its keys, or has switched the integration off."""

    code = "integration_not_ready"


@dataclass(frozen=True)
class Integration:
    """One platform as one client sees it; `settings` is None until it was set up."""

    manifest: Manifest
    settings: IntegrationSettings | None

    @property
    def is_enabled(self) -> bool:
        return self.settings is not None and self.settings.is_enabled

    @property
    def has_keys(self) -> bool:
        return self.settings is not None and self.settings.has_keys


def connector_of(integration_key: str) -> Connector:
    """The connector of a platform; raises IntegrationNotFoundError."""
    connector = CONNECTORS.get(integration_key)
    if connector is None:
        raise IntegrationNotFoundError(_("There is no such integration."))
    return connector


def list_integrations(client_id: UUID) -> list[Integration]:
    """Every platform, with this client's settings of it."""
    saved = {
        row.integration_key: row for row in IntegrationSettings.objects.filter(client_id=client_id)
    }
    return [
        Integration(connector.manifest, saved.get(key)) for key, connector in CONNECTORS.items()
    ]


def integration(client_id: UUID, integration_key: str) -> Integration:
    """One platform as a client sees it; raises IntegrationNotFoundError."""
    connector = connector_of(integration_key)
    return Integration(connector.manifest, settings_of(client_id, integration_key))


def settings_of(client_id: UUID, integration_key: str) -> IntegrationSettings | None:
    return IntegrationSettings.objects.filter(
        client_id=client_id, integration_key=integration_key
    ).first()


def client_id_of(settings: IntegrationSettings) -> str:
    """The public half of the keys, which the settings page may show again."""
    if not settings.client_id_ciphertext:
        return ""
    return keyring.unseal(
        bytes(settings.client_id_ciphertext), identity_of(settings, "client-id")
    ).decode()


def app_keys(client_id: UUID, integration_key: str) -> AppKeys:
    """The keys for calling the platform; raises IntegrationNotReadyError without them."""
    settings = settings_of(client_id, integration_key)
    if settings is None or not settings.has_keys:
        raise IntegrationNotReadyError(
            _("This integration has no client ID and secret yet. Enter them in its settings.")
        )
    secret = keyring.unseal(
        bytes(settings.client_secret_ciphertext), identity_of(settings, "client-secret")
    )
    return AppKeys(
        host=settings.host, client_id=client_id_of(settings), client_secret=secret.decode()
    )


def http_client_for(settings: IntegrationSettings) -> httpx.Client:
    """A client that calls the settings' host at an address that was checked to be public."""
    return source_client()


def identity_of(settings: IntegrationSettings, field: str) -> str:
    """What a sealed key is bound to: it cannot be moved to another client or platform."""
    return f"integration|{settings.client_id}|{settings.integration_key}|{field}"
