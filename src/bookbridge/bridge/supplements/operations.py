"""Supplemental and custom data types are configured here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from bookbridge.bridge.clients.models import Client
from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.integrations.queries import connector_of
from bookbridge.bridge.supplements.models import Configuration
from bookbridge.bridge.supplements.rules import (
    CUSTOM_TYPES_MAX,
    ConfigurationInvalidError,
    check_size,
    clean_identifier,
)


@transaction.atomic
def configure_supplemental(
    *,
    client_id: UUID,
    integration_key: str,
    data_type: str,
    content: Mapping[str, Any],
    actor: Actor,
    at: dt.datetime,
) -> Configuration:
    """Keep what to add to records of a standard type; an empty one takes it all away."""
    connector_of(integration_key)
    kind = Configuration.Kind.SUPPLEMENTAL
    return _keep(client_id, integration_key, kind, data_type, content, actor, at)


@transaction.atomic
def configure_custom_type(
    *,
    client_id: UUID,
    integration_key: str,
    identifier: str,
    content: Mapping[str, Any],
    actor: Actor,
    at: dt.datetime,
) -> Configuration:
    """Keep how a data type of the client's own is read. Raises ConfigurationInvalidError."""
    connector_of(integration_key)
    name = clean_identifier(identifier)
    kind = Configuration.Kind.CUSTOM
    # One at a time, so that the number cannot be passed.
    Client.objects.select_for_update().get(id=client_id)
    others = Configuration.objects.filter(
        client_id=client_id, integration_key=integration_key, kind=kind
    ).exclude(name=name)
    if others.count() >= CUSTOM_TYPES_MAX:
        raise ConfigurationInvalidError(
            _("A platform has at most %(most)d custom data types.") % {"most": CUSTOM_TYPES_MAX}
        )
    return _keep(client_id, integration_key, kind, name, content, actor, at)


def _keep(
    client_id: UUID,
    integration_key: str,
    kind: Configuration.Kind,
    name: str,
    content: Mapping[str, Any],
    actor: Actor,
    at: dt.datetime,
) -> Configuration:
    check_size(content)
    kept, _made = Configuration.objects.update_or_create(
        client_id=client_id,
        integration_key=integration_key,
        kind=kind,
        name=name,
        defaults={"content": dict(content), "updated_at": at, "updated_by": actor.name},
    )
    return kept
