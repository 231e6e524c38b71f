"""Reads of what a client configured."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from bookbridge.bridge.integrations.queries import connector_of
from bookbridge.bridge.supplements.models import Configuration


class ConfigurationNotFoundError(Exception):
    """The client has configured no such thing for this platform."""

    code = "configuration_not_found"


def supplemental(client_id: UUID, integration_key: str, data_type: str) -> dict[str, Any]:
    """The supplemental data of a standard type; empty where nothing was configured."""
    connector_of(integration_key)
    found = _find(client_id, integration_key, Configuration.Kind.SUPPLEMENTAL, data_type)
    return dict(found.content) if found else {}


def custom_type(client_id: UUID, integration_key: str, identifier: str) -> dict[str, Any]:
    """A custom data type; raises ConfigurationNotFoundError."""
    connector_of(integration_key)
    found = _find(client_id, integration_key, Configuration.Kind.CUSTOM, identifier)
    if found is None:
        raise ConfigurationNotFoundError(
            _("There is no custom data type '%(name)s'. Configure it first.")
            % {"name": identifier[:100]}
        )
    return dict(found.content)


def _find(
    client_id: UUID, integration_key: str, kind: Configuration.Kind, name: str
) -> Configuration | None:
    if "\x00" in name:
        return None
    return Configuration.objects.filter(
        client_id=client_id, integration_key=integration_key, kind=kind, name=name
    ).first()
