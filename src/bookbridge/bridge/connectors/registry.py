"""The connectors that this bridge has, one line each."""

from __future__ import annotations

from bookbridge.bridge.connectors.contract import Connector
from bookbridge.bridge.connectors.pandle import PandleConnector

CONNECTORS: dict[str, Connector] = {
    "vjms": PandleConnector(),
}


def connector_of(integration_key: str) -> Connector:
    """The connector of an integration; KeyError for a key that no connector has."""
    return CONNECTORS[integration_key]
