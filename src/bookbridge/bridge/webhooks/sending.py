"""Sends messages over HTTP: several at once, each within its time, none believed too much."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from bookbridge.bridge.webhooks.rules import SLOW_DOWN
from bookbridge.kit.public_hosts import LIMITS, AsyncPinnedTransport, trusted

# From the first step of the connection to the receiver's status line.
TIMEOUT_SECONDS = 15.0
SENT_AT_ONCE_MAX = 4
RESPONSE_BYTES_MAX = 4096
RESPONSE_CHARACTERS_KEPT = 1000
ERROR_CHARACTERS_KEPT = 500
USER_AGENT = "Bookbridge-Webhooks/0.1"
RETRY_AFTER_SECONDS_MAX = 7 * 24 * 3600


@dataclass(frozen=True)
class Outgoing:
    """What is sent, and where."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass
class Answer:
    """What came back, if anything did."""

    status: int | None = None
    text: str = ""
    error: str = ""
    duration: dt.timedelta = dt.timedelta(0)
    retry_after: dt.timedelta | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def send_all(outgoing: Sequence[Outgoing]) -> list[Answer]:
    """Send each and say what came back, in the same order; never raises for what is outside."""
    return asyncio.run(_send_all(outgoing))


async def _send_all(outgoing: Sequence[Outgoing]) -> list[Answer]:
    async with _client() as http:
        return await asyncio.gather(*(_send(http, one) for one in outgoing))


def _client() -> httpx.AsyncClient:
    """Redirects are not followed: a signed message goes where its owner sent it, or nowhere."""
    transport = (
        httpx.AsyncHTTPTransport(limits=LIMITS, trust_env=False, verify=trusted())
        if settings.ALLOW_PRIVATE_HOSTS
        else AsyncPinnedTransport()
    )
    return httpx.AsyncClient(
        transport=transport, timeout=httpx.Timeout(TIMEOUT_SECONDS), follow_redirects=False
    )


async def _send(http: httpx.AsyncClient, outgoing: Outgoing) -> Answer:
    answer = Answer()
    started = time.monotonic()
    try:
        # One clock over everything: a receiver that sends a byte now and then is late as well.
        async with asyncio.timeout(TIMEOUT_SECONDS):
            async with http.stream(
                "POST", outgoing.url, content=outgoing.body, headers=_headers(outgoing)
            ) as response:
                answer.status = response.status_code
                answer.retry_after = _retry_after(response)
                await _read_beginning(response, answer)
    except TimeoutError:
        answer.error = _("No answer within %(seconds)d seconds.") % {"seconds": TIMEOUT_SECONDS}
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
        said = str(error).strip() or type(error).__name__
        answer.error = said.replace("\0", "")[:ERROR_CHARACTERS_KEPT]
    if answer.status is not None:
        # The status line is the answer; what is wrong with the rest does not change it.
        answer.error = "" if answer.is_success else _refusal(answer.status)
    answer.duration = dt.timedelta(seconds=time.monotonic() - started)
    return answer


def _headers(outgoing: Outgoing) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        # What comes back is only kept to be read by people: a packed answer would need unpacking.
        "Accept-Encoding": "identity",
        **outgoing.headers,
    }


async def _read_beginning(response: httpx.Response, answer: Answer) -> None:
    beginning = b""
    async for chunk in response.aiter_raw():
        beginning += chunk
        text = beginning[:RESPONSE_BYTES_MAX].decode("utf-8", "replace").replace("\0", "")
        answer.text = text[:RESPONSE_CHARACTERS_KEPT]
        if len(beginning) >= RESPONSE_BYTES_MAX:
            return


def _refusal(status: int) -> str:
    if 300 <= status < 400:
        return _("Answered %(status)d: redirects are not followed.") % {"status": status}
    return _("Answered %(status)d.") % {"status": status}


def _retry_after(response: httpx.Response) -> dt.timedelta | None:
    """The wait that an overloaded receiver names, in seconds or as a date."""
    text = response.headers.get("Retry-After", "").strip()
    if response.status_code not in SLOW_DOWN or not text:
        return None
    if text.isascii() and text.isdigit():
        return dt.timedelta(seconds=min(int(text[:9]), RETRY_AFTER_SECONDS_MAX))
    try:
        named = parsedate_to_datetime(text)
    except ValueError:
        return None
    if named.tzinfo is None:
        named = named.replace(tzinfo=dt.UTC)
    wait = named - dt.datetime.now(dt.UTC)
    return min(max(wait, dt.timedelta(0)), dt.timedelta(seconds=RETRY_AFTER_SECONDS_MAX))
