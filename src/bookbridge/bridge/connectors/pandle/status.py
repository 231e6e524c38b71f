"""The provider's status page, read leniently, and whether the API answers at all.

The format of Pandle's own page is unknown. What is read from it is inferred (I): the widespread
`summary.json` of hosted status pages, else a page of JSON with `state` and `message`. The
`/status.json` of any other host is an extension of our own source (X).
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from bookbridge.bridge.connectors.calling import (
    Reply,
    is_maintenance_page,
    raise_if_unavailable,
    read_limited,
)
from bookbridge.bridge.connectors.contract import AppKeys, PlannedWindow, SourceStatus
from bookbridge.bridge.connectors.errors import MaintenanceError, SourceError
from bookbridge.bridge.connectors.pandle.client import api_url
from bookbridge.bridge.connectors.pandle.manifest import MANIFEST

TIMEOUT = httpx.Timeout(connect=5.0, read=10.0, write=5.0, pool=5.0)
LOOK_SECONDS_MAX = 20.0
BODY_BYTES_MAX = 256 * 1024
MESSAGE_CHARACTERS_MAX = 300
WINDOWS_MAX = 20
# Any path of the API that needs a grant: its refusal shows that the API is up.
FRONT_DOOR = "/companies"

UNKNOWN = SourceStatus("unknown", "The status page did not answer.", None)


def source_status(http: httpx.Client, keys: AppKeys) -> SourceStatus:
    """What the status page of the host says, and whether its API answers; never an error."""
    until = time.monotonic() + LOOK_SECONDS_MAX
    return replace(_page(http, keys.host, until), answers=_answers(http, keys.host))


def _page(http: httpx.Client, host: str, until: float) -> SourceStatus:
    for url in _urls(host):
        if time.monotonic() > until:
            break
        # A status page that is down must not break a sync.
        with suppress(httpx.HTTPError, SourceError):
            reply = _get(http, url)
            found = _read(reply.body) if reply.status == 200 else None
            if found is not None:
                return found
    return UNKNOWN


def _answers(http: httpx.Client, host: str) -> bool:
    """Any answer that is no failure of the server counts, a refusal above all."""
    try:
        reply = _get(http, api_url(host, FRONT_DOOR))
    except (httpx.HTTPError, SourceError):
        return False
    try:
        raise_if_unavailable(reply, FRONT_DOOR)
    except MaintenanceError:
        return False
    except SourceError:
        return reply.status < 500
    return not is_maintenance_page(reply)


def _get(http: httpx.Client, url: str) -> Reply:
    headers = {"Accept": "application/json"}
    with http.stream(
        "GET", url, headers=headers, timeout=TIMEOUT, follow_redirects=False
    ) as response:
        return read_limited(response, BODY_BYTES_MAX, seconds_max=LOOK_SECONDS_MAX)


def _urls(host: str) -> list[str]:
    """Pandle's page has a host of its own; any other host is asked for its `/status.json`."""
    if urlsplit(host).hostname == urlsplit(MANIFEST.default_host).hostname:
        return [f"{MANIFEST.status_url}/api/v2/summary.json", str(MANIFEST.status_url)]
    return [f"{host.rstrip('/')}/status.json"]


def _read(body: bytes) -> SourceStatus | None:
    try:
        found = msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.MsgspecError:
        return None
    inner = found.get("status")
    words = " ".join(str(value) for value in (found.get("state"), inner) if value).lower()
    message = str(found.get("message") or found.get("description") or "")
    if not message and isinstance(inner, dict):
        message = str(inner.get("description") or "")
    state, back = _state(words), found.get("expected_back_at") or found.get("expected-back-at")
    current = found.get("current")
    if back is None and isinstance(current, dict):
        back = current.get("to")
    running = [one for one in _hosted(found) if one[0] == "in_progress"]
    if running:
        state, back = "maintenance", back or running[0][1].ends_at.isoformat()
    return SourceStatus(
        state, message[:MESSAGE_CHARACTERS_MAX], _moment(back), tuple(_planned(found))
    )


def _state(words: str) -> str:
    found = set(re.findall(r"[a-z]+", words))
    if "maintenance" in found:
        return "maintenance"
    if found & {"degraded", "minor", "major", "critical", "outage", "down"}:
        return "degraded"
    if found & {"operational", "none", "ok", "up"}:
        return "operational"
    return "unknown"


def _planned(found: dict[str, Any]) -> list[PlannedWindow]:
    """Windows to come: `planned` (X), or `scheduled_maintenances` of a hosted page (I)."""
    ours = (_window(one, "from", "to", "reason") for one in _dicts(found.get("planned")))
    theirs = (window for state, window in _hosted(found) if state == "scheduled")
    return sorted(
        [one for one in (*ours, *theirs) if one is not None], key=lambda one: one.starts_at
    )[:WINDOWS_MAX]


def _hosted(found: dict[str, Any]) -> Iterator[tuple[str, PlannedWindow]]:
    for one in _dicts(found.get("scheduled_maintenances")):
        window = _window(one, "scheduled_for", "scheduled_until", "name")
        if window is not None:
            yield str(one.get("status")), window


def _window(one: dict[str, Any], start: str, end: str, reason: str) -> PlannedWindow | None:
    starts_at, ends_at = _moment(one.get(start)), _moment(one.get(end))
    if starts_at is None or ends_at is None or ends_at <= starts_at:
        return None
    return PlannedWindow(starts_at, ends_at, str(one.get(reason) or "")[:MESSAGE_CHARACTERS_MAX])


def _dicts(value: object) -> list[dict[str, Any]]:
    items = value if isinstance(value, list) else []
    return [one for one in items[: WINDOWS_MAX * 5] if isinstance(one, dict)]


def _moment(value: object) -> dt.datetime | None:
    try:
        at = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)
