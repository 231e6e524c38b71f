"""Where Pandle's API is; how it is called is as with any source (`connectors.calling`)."""

from __future__ import annotations

from collections.abc import Mapping

from bookbridge.bridge.connectors import calling
from bookbridge.bridge.connectors.calling import Reply
from bookbridge.bridge.connectors.contract import SourceRequest

API_ROOT = "/api/v1"


def get(
    request: SourceRequest,
    path: str,
    *,
    params: Mapping[str, str] | None = None,
    etag: str | None = None,
    optional: bool = False,
) -> Reply:
    """One GET below `/api/v1`: a 200 with JSON, or a 304 when `etag` still holds."""
    url = api_url(request.base_url, path)
    return calling.get(request, url, params=params, etag=etag, optional=optional)


def find(request: SourceRequest, path: str) -> Reply | None:
    """The same for one record; None when the source says that it is not, or no longer, there."""
    return calling.find(request, api_url(request.base_url, path))


def api_url(base_url: str, path: str) -> str:
    return f"{base_url.rstrip('/').removesuffix(API_ROOT)}{API_ROOT}{path}"
