"""What pages say about the platforms that companies are read from, in one sentence each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.integrations.health import Hold, hold_on
from bookbridge.bridge.integrations.queries import list_integrations
from bookbridge.bridge.web.access import PortalRequest


def sources_down(request: PortalRequest, at: dt.datetime) -> list[str]:
    """Why the client's reads wait now: a sentence for each platform that is down."""
    enabled = [one.settings for one in list_integrations(request.place.client_id) if one.is_enabled]
    return _sentences(hold_on(one.integration_key, one.host, at) for one in enabled if one)


def connections_down(connections: Iterable[Connection], at: dt.datetime) -> list[str]:
    """Why a company's reads wait now."""
    sources = {(one.integration_key, one.source_host) for one in connections if one.is_linked}
    return _sentences(hold_on(key, host, at) for key, host in sorted(sources))


def _sentences(holds: Iterable[Hold | None]) -> list[str]:
    return [hold.sentence for hold in holds if hold is not None]
