"""A client sets up an integration: host, client ID, client secret, on or off."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings as house
from django.db import transaction
from django.utils.translation import gettext as _

from bookbridge.bridge.clients import keyring
from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.clients.sealing import key_id_of
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.errors import SourceError
from bookbridge.bridge.integrations.http import check_host, source_client
from bookbridge.bridge.integrations.models import IntegrationSettings
from bookbridge.bridge.integrations.queries import (
    app_keys,
    client_id_of,
    connector_of,
    identity_of,
)
from bookbridge.bridge.integrations.rules import SettingsRefusedError, clean_host, clean_key


class SecretNeededError(SettingsRefusedError):
    """A changed host or client ID needs its own secret: the old one must not reach a new host."""

    code = "integration_secret_needed"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="client_secret")


class KeysMissingError(SettingsRefusedError):
    """The integration cannot be switched on before its keys are there."""

    code = "integration_keys_missing"


@dataclass(frozen=True)
class SavedSettings:
    """`host_changed` means that connections made at the old host must not use the new one."""

    settings: IntegrationSettings
    host_changed: bool


@transaction.atomic
def save_settings(
    *,
    client_id: UUID,
    integration_key: str,
    host: str,
    app_client_id: str,
    client_secret: str,
    actor: Actor,
    at: dt.datetime,
) -> SavedSettings:
    """Keep what was entered; an empty secret keeps the saved one, unless host or ID changed.

    Raises SettingsRefusedError naming the field. The caller deauthorises the integration's
    connections when the host changed (`connections.operations.save_integration_settings`).
    """
    connector_of(integration_key)
    host = clean_host(host, allow_private=house.ALLOW_PRIVATE_HOSTS)
    app_client_id = clean_key(app_client_id, field="client_id", label=_("client ID"))
    client_secret = clean_key(client_secret, field="client_secret", label=_("client secret"))
    row = _row_for_update(client_id, integration_key, host, at)
    host_changed = row.pk is not None and row.host != host
    id_changed = row.has_keys and client_id_of(row) != app_client_id
    if not app_client_id:
        raise SettingsRefusedError(_("Enter the client ID."), field="client_id")
    if not client_secret and not row.has_keys:
        raise SettingsRefusedError(_("Enter the client secret."), field="client_secret")
    if not client_secret and (host_changed or id_changed):
        raise SecretNeededError(
            _("The host or the client ID changed: enter the client secret again.")
        )
    check_host(host)
    row.host = host
    row.client_id_ciphertext = keyring.seal(app_client_id.encode(), identity_of(row, "client-id"))
    if client_secret:
        row.client_secret_ciphertext = keyring.seal(
            client_secret.encode(), identity_of(row, "client-secret")
        )
    row.keys_saved_at, row.keys_saved_by = at, actor.name
    row.awaiting_keys_since, row.updated_at = None, at
    row.save()
    return SavedSettings(row, host_changed)


@transaction.atomic
def set_enabled(
    *, client_id: UUID, integration_key: str, is_enabled: bool, actor: Actor, at: dt.datetime
) -> IntegrationSettings:
    """Switch an integration on or off; raises KeysMissingError when there is nothing to use."""
    connector = connector_of(integration_key)
    row = _row_for_update(client_id, integration_key, connector.manifest.default_host, at)
    if is_enabled and not row.has_keys:
        raise KeysMissingError(
            _("Enter the client ID and the client secret before you switch it on."),
            field="is_enabled",
        )
    row.is_enabled, row.updated_at = is_enabled, at
    row.save()
    return row


@transaction.atomic
def await_keys(
    *, client_id: UUID, integration_key: str, actor: Actor, at: dt.datetime
) -> IntegrationSettings:
    """Note that keys were asked for at the platform, so that the portal can say since when."""
    connector = connector_of(integration_key)
    row = _row_for_update(client_id, integration_key, connector.manifest.default_host, at)
    row.awaiting_keys_since, row.updated_at = at, at
    row.save()
    return row


def test_settings(*, client_id: UUID, integration_key: str, redirect_uri: str) -> str:
    """Ask the platform whether it knows the keys; one sentence, or SettingsRefusedError."""
    with client_scope(client_id):
        keys = app_keys(client_id, integration_key)
    with source_client() as http:
        try:
            return connector_of(integration_key).test_keys(http, keys, redirect_uri)
        except SourceError as error:
            raise SettingsRefusedError(str(error), field="client_id") from error


test_settings.__test__ = False  # type: ignore[attr-defined]  # not a test, whatever its name


def reseal_settings(client_id: UUID) -> int:
    """Seal a client's keys again with the ring's active key, for its rotation; how many."""
    rows = IntegrationSettings.objects.select_for_update().filter(client_id=client_id)
    return sum(_reseal(row) for row in rows)


def _reseal(row: IntegrationSettings) -> int:
    active, count = keyring.key_ring().active.id, 0
    for field, name in (
        ("client_id_ciphertext", "client-id"),
        ("client_secret_ciphertext", "client-secret"),
    ):
        sealed = bytes(getattr(row, field))
        if sealed and key_id_of(sealed) != active:
            count += 1
            identity = identity_of(row, name)
            setattr(row, field, keyring.seal(keyring.unseal(sealed, identity), identity))
    row.save(update_fields=["client_id_ciphertext", "client_secret_ciphertext"])
    return count


def _row_for_update(
    client_id: UUID, integration_key: str, host: str, at: dt.datetime
) -> IntegrationSettings:
    row = (
        IntegrationSettings.objects.select_for_update()
        .filter(client_id=client_id, integration_key=integration_key)
        .first()
    )
    return row or IntegrationSettings(
        client_id=client_id, integration_key=integration_key, host=host, updated_at=at
    )
