"""HTTP to addresses that others typed in: the address that was checked is the one that is called.

A name may point to the public internet when it is entered and into our own network when it is
called. So it is resolved and checked for every call, and what was checked is connected to.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address

import certifi
import httpx
from django.utils.translation import gettext as _

PINNED_SECONDS = 60.0
LIMITS = httpx.Limits(max_connections=4, max_keepalive_connections=2)
HTTPS_PORT = 443


class PrivateHostError(Exception):
    """A host that is not, or not only, on the public internet."""

    code = "host_not_public"


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet, also when it hides in an IPv6 form."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        hidden = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if hidden is not None:
            return _is_public_v4(hidden)
        return ip.is_global and not ip.is_multicast and not _is_translated(ip)
    return _is_public_v4(ip)


def public_address(name: str, port: int) -> str:
    """One address of a host name; raises PrivateHostError if any of them is not public."""
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    # A name that no resolver takes: too long a label, or an empty one.
    except (OSError, UnicodeError) as error:
        raise PrivateHostError(
            _("The host %(host)s has no address. Is it spelt right?") % {"host": name}
        ) from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not is_public(address.partition("%")[0]):
            raise PrivateHostError(
                _("The host %(host)s is not on the public internet.") % {"host": name}
            )
    return addresses[0]


class Pins:
    """The checked address of each host, for as long as it may be used."""

    def __init__(self) -> None:
        self._until: dict[tuple[str, int], tuple[str, float]] = {}

    def pin(self, request: httpx.Request) -> None:
        """Have the request go to a checked address; raises a ConnectError.

        Certificate and Host header stay those of the name.
        """
        url = request.url
        if url.scheme != "https":
            raise httpx.UnsupportedProtocol("Only https is called.", request=request)
        try:
            address = self._address(url.host, url.port or HTTPS_PORT)
        except PrivateHostError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        request.extensions = {**request.extensions, "sni_hostname": url.host}
        request.url = url.copy_with(host=address)

    def _address(self, name: str, port: int) -> str:
        address, until = self._until.get((name, port), ("", 0.0))
        if time.monotonic() >= until:
            address = public_address(name, port)
            self._until[name, port] = (address, time.monotonic() + PINNED_SECONDS)
        return address


class PinnedTransport(httpx.HTTPTransport):
    """Resolves and checks a host, then connects to that very address."""

    def __init__(self) -> None:
        super().__init__(limits=LIMITS, trust_env=False, verify=trusted())
        self._pins = Pins()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._pins.pin(request)
        return super().handle_request(request)


class AsyncPinnedTransport(httpx.AsyncHTTPTransport):
    """The same for asynchronous clients; names are resolved in a thread."""

    def __init__(self) -> None:
        super().__init__(limits=LIMITS, trust_env=False, verify=trusted())
        self._pins = Pins()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.to_thread(self._pins.pin, request)
        return await super().handle_async_request(request)


@cache
def trusted() -> ssl.SSLContext:
    """Whom we trust; read once a process, since reading it takes longer than most requests."""
    return ssl.create_default_context(cafile=certifi.where())


def _is_public_v4(ip: IPv4Address) -> bool:
    return ip.is_global and not ip.is_multicast


def _is_translated(ip: IPv6Address) -> bool:
    """NAT64 (64:ff9b::/96) reaches IPv4 addresses that its own form does not show."""
    return ip.packed[:12] == bytes.fromhex("0064ff9b0000000000000000")
