"""HTTP with a source: only where the public internet is, unless a setting allows more."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
from django.conf import settings

from bookbridge.bridge.integrations.rules import HostRefusedError
from bookbridge.kit.public_hosts import (
    HTTPS_PORT,
    LIMITS,
    PinnedTransport,
    PrivateHostError,
    public_address,
    trusted,
)

TIMEOUT = httpx.Timeout(connect=10.0, read=60.0, write=10.0, pool=10.0)
USER_AGENT = "Bookbridge/0.1"


def check_host(host: str) -> None:
    """Raises HostRefusedError unless every address of the host is public."""
    if not settings.ALLOW_PRIVATE_HOSTS:
        parts = urlsplit(host)
        try:
            public_address(parts.hostname or "", parts.port or HTTPS_PORT)
        except PrivateHostError as error:
            raise HostRefusedError(str(error)) from error


def source_client() -> httpx.Client:
    """A client for one source. It follows no redirects, so tokens go nowhere else."""
    transport = (
        httpx.HTTPTransport(limits=LIMITS, trust_env=False, verify=trusted())
        if settings.ALLOW_PRIVATE_HOSTS
        else PinnedTransport()
    )
    return httpx.Client(
        transport=transport,
        timeout=TIMEOUT,
        follow_redirects=False,
        headers={"User-Agent": USER_AGENT},
    )
