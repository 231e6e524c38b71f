"""The provider's status page, read leniently: it explains a failure, it never decides one."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

import httpx
import msgspec

from bookbridge.bridge.connectors.contract import AppKeys, SourceStatus
from bookbridge.bridge.connectors.errors import SourceError
from bookbridge.bridge.connectors.pandle.client import TIMEOUT, read_limited
from bookbridge.bridge.connectors.pandle.manifest import MANIFEST

STATUS_BODY_BYTES_MAX = 256 * 1024
MESSAGE_CHARACTERS_MAX = 300

UNKNOWN = SourceStatus("unknown", "The status page did not answer.", None)


def source_status(http: httpx.Client, keys: AppKeys) -> SourceStatus:
    """What the status page of the host says; unknown rather than an error when it says nothing."""
    for url in _urls(keys.host):
        try:
            with http.stream("GET", url, timeout=TIMEOUT, follow_redirects=False) as response:
                reply = read_limited(response, STATUS_BODY_BYTES_MAX)
        except (httpx.HTTPError, SourceError):
            continue  # a status page that is down must not break a sync
        if reply.status != 200:
            continue
        found = _read(reply.body)
        if found is not None:
            return found
    return UNKNOWN


def _urls(host: str) -> list[str]:
    """Pandle's page has a host of its own; any other host is asked for its `/status.json`."""
    if urlsplit(host).hostname == urlsplit(MANIFEST.default_host).hostname:
        return [f"{MANIFEST.status_url}/api/v2/status.json", str(MANIFEST.status_url)]
    return [f"{host.rstrip('/')}/status.json"]


def _read(body: bytes) -> SourceStatus | None:
    try:
        found = msgspec.json.decode(body, type=dict[str, object])
    except msgspec.MsgspecError:
        return None
    inner = found.get("status")
    words = " ".join(str(value) for value in (found.get("state"), inner) if value).lower()
    message = str(found.get("message") or found.get("description") or "")
    if not message and isinstance(inner, dict):
        message = str(inner.get("description") or "")
    back = found.get("expected_back_at") or found.get("expected-back-at")
    return SourceStatus(_state(words), message[:MESSAGE_CHARACTERS_MAX], _moment(back))


def _state(words: str) -> str:
    if "maintenance" in words:
        return "maintenance"
    if any(word in words for word in ("degraded", "minor", "major", "critical", "outage", "down")):
        return "degraded"
    if any(word in words for word in ("operational", "none", "ok", "up")):
        return "operational"
    return "unknown"


def _moment(value: object) -> dt.datetime | None:
    try:
        at = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)
