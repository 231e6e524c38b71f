"""HTTP with a source, pinned: the address that was checked is the address that is called."""

from __future__ import annotations

import socket
import ssl
import time
from functools import cache
from urllib.parse import urlsplit

import certifi
import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from bookbridge.bridge.integrations.rules import HostRefusedError, is_public

PINNED_SECONDS = 60.0
TIMEOUT = httpx.Timeout(connect=10.0, read=60.0, write=10.0, pool=10.0)
LIMITS = httpx.Limits(max_connections=4, max_keepalive_connections=2)
USER_AGENT = "Bookbridge/0.1"


def check_host(host: str) -> None:
    """Raises HostRefusedError unless every address of the host is public."""
    if not settings.ALLOW_PRIVATE_HOSTS:
        parts = urlsplit(host)
        public_address(parts.hostname or "", parts.port or 443)


def public_address(name: str, port: int) -> str:
    """One address of a host name; raises HostRefusedError if any of them is not public."""
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise HostRefusedError(
            _("The host %(host)s has no address. Is it spelt right?") % {"host": name}
        ) from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not is_public(address.partition("%")[0]):
            raise HostRefusedError(
                _("The host %(host)s is not on the public internet.") % {"host": name}
            )
    return addresses[0]


class PinnedTransport(httpx.HTTPTransport):
    """Resolves and checks a host, then connects to that very address.

    Certificate and Host header stay those of the name. A name that begins to point into a
    private network after the check is thereby never followed.
    """

    def __init__(self) -> None:
        super().__init__(limits=LIMITS, trust_env=False, verify=_trusted())
        self._pins: dict[tuple[str, int], tuple[str, float]] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if url.scheme != "https":
            raise httpx.UnsupportedProtocol("Sources are called over https only.", request=request)
        try:
            address = self._address(url.host, url.port or 443)
        except HostRefusedError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        request.extensions = {**request.extensions, "sni_hostname": url.host}
        request.url = url.copy_with(host=address)
        return super().handle_request(request)

    def _address(self, name: str, port: int) -> str:
        address, until = self._pins.get((name, port), ("", 0.0))
        if time.monotonic() >= until:
            address = public_address(name, port)
            self._pins[name, port] = (address, time.monotonic() + PINNED_SECONDS)
        return address


@cache
def _trusted() -> ssl.SSLContext:
    """Whom we trust; read once a process, since reading it takes longer than most requests."""
    return ssl.create_default_context(cafile=certifi.where())


def source_client() -> httpx.Client:
    """A client for one source. It follows no redirects, so tokens go nowhere else."""
    transport = (
        httpx.HTTPTransport(limits=LIMITS, trust_env=False, verify=_trusted())
        if settings.ALLOW_PRIVATE_HOSTS
        else PinnedTransport()
    )
    return httpx.Client(
        transport=transport,
        timeout=TIMEOUT,
        follow_redirects=False,
        headers={"User-Agent": USER_AGENT},
    )
