"""The connectors that this bridge has: one line each, here or in the installation's settings."""

from __future__ import annotations

import importlib
from collections.abc import Iterable

from bookbridge.bridge.connectors.contract import Connector
from bookbridge.bridge.connectors.pandle import PandleConnector

CONNECTORS: dict[str, Connector] = {
    "vjms": PandleConnector(),
}


class ConnectorPlaceError(ValueError):
    """A connector that the settings name cannot be used; the sentence says what to write."""

    code = "connector_place_invalid"


def connector_of(integration_key: str) -> Connector:
    """The connector of an integration; KeyError for a key that no connector has."""
    return CONNECTORS[integration_key]


def add_connectors(places: Iterable[str]) -> None:
    """Add connectors that live outside this package, each named as `package.module:Class`.

    Safe to repeat. Raises ConnectorPlaceError when one is not there, or its key is taken."""
    for place in places:
        connector = _connector_at(place)
        key = connector.manifest.key
        known = CONNECTORS.setdefault(key, connector)
        if type(known) is not type(connector):
            raise ConnectorPlaceError(
                f"The connector {place} has the key {key!r}, which "
                f"{type(known).__module__}:{type(known).__name__} has already. Give its manifest "
                "a key of its own."
            )


def _connector_at(place: str) -> Connector:
    module, _, name = place.partition(":")
    try:
        made: Connector = getattr(importlib.import_module(module), name)()
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        raise ConnectorPlaceError(
            f"There is no connector at {place!r} ({error}). Write package.module:Class, and see "
            "that the package is installed where the bridge runs."
        ) from error
    return made
