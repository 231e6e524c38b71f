"""HTTP with a source as every connector needs it: limits, and what each failure means.

A connector's own client gives the paths and the headers; what is here never follows a redirect,
reads no body past its limit, and raises nothing but the errors of `connectors.errors`.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx
import msgspec

from bookbridge.bridge.connectors.contract import RateHint, SourceRequest
from bookbridge.bridge.connectors.errors import (
    MaintenanceError,
    NotSupportedError,
    PermanentError,
    RateLimitedError,
    ReauthoriseError,
    RetryLaterError,
    SourceShapeError,
)

TIMEOUT = httpx.Timeout(connect=10.0, read=60.0, write=10.0, pool=10.0)
BODY_BYTES_MAX = 64 * 1024 * 1024
RETRY_AFTER_SECONDS_MAX = 24 * 60 * 60
ERROR_TEXT_CHARACTERS_MAX = 300
# A page says what it is near its beginning.
MAINTENANCE_WORD_BYTES = 20_000
ABSENT = frozenset({403, 404, 405, 410, 501})

T = TypeVar("T")
Authorisation = Callable[[str], Mapping[str, str]]


@dataclass(frozen=True)
class Reply:
    """A read answer: `body` whole and within its limit."""

    status: int
    body: bytes
    etag: str | None
    content_type: str
    retry_after: dt.timedelta | None
    location: str


def bearer(token: str) -> Mapping[str, str]:
    """The header that most platforms want; pass another function where it is another one."""
    return {"Authorization": f"Bearer {token}"}


def get(
    request: SourceRequest,
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    etag: str | None = None,
    optional: bool = False,
    authorisation: Authorisation = bearer,
) -> Reply:
    """One GET: a 200 with a body that is no page for people, or a 304 when `etag` still holds.

    A refused token is renewed once. NotSupportedError for 403 and 404 only where the list is
    `optional`, PermanentError otherwise."""
    reply = _answer(request, url, params, etag, authorisation)
    if reply.status == 304:
        return reply
    path = httpx.URL(url).path
    if reply.status in ABSENT and optional:
        raise NotSupportedError(f"The source answered {reply.status} to {path}.")
    return _usable(reply, path)


def find(
    request: SourceRequest, url: str, *, authorisation: Authorisation = bearer
) -> Reply | None:
    """The same for one record; None when the source says that it is not, or no longer, there."""
    reply = _answer(request, url, None, None, authorisation)
    if reply.status in {404, 410}:
        return None
    return _usable(reply, httpx.URL(url).path)


def decoded(reply: Reply, shape: msgspec.json.Decoder[T], *, path: str) -> T:
    """The body in the shape that the connector knows; SourceShapeError names what is unknown."""
    return parsed(reply.body, shape, path=path)


def parsed(body: bytes, shape: msgspec.json.Decoder[T], *, path: str) -> T:
    """The same for a part of a body, such as one record of a list."""
    try:
        return shape.decode(body)
    except msgspec.ValidationError as error:
        raise SourceShapeError("Unknown shape", path=path, field=str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RetryLaterError(f"The source's answer to {path} is broken JSON: {error}") from error


def raise_if_unavailable(reply: Reply, path: str) -> None:
    """Raises what a busy, broken or moved server calls for; returns when there is an answer."""
    if reply.status == 429:
        raise RateLimitedError(
            f"The source limits the rate of requests ({path}).", after=reply.retry_after
        )
    if reply.status == 503 or (reply.status >= 500 and _speaks_of_maintenance(reply)):
        raise MaintenanceError("The source is down for maintenance.", after=reply.retry_after)
    if reply.status >= 500 or reply.status in {408, 425}:
        raise RetryLaterError(
            f"The source answered {reply.status} to {path}.", after=reply.retry_after
        )
    if reply.status in {301, 308}:
        raise PermanentError(
            f"The source redirects {path} to {reply.location}: the host in the settings is not the "
            "right one. Redirects are not followed, so that tokens go nowhere else."
        )
    if reply.status in {302, 303, 307} and "maintenance" in reply.location.lower():
        raise MaintenanceError("The source sends everybody to its maintenance page.")
    if reply.status in {302, 303, 307}:
        raise RetryLaterError(f"The source redirects {path} to {reply.location} for now.")


def read_limited(
    response: httpx.Response, bytes_max: int, *, seconds_max: float | None = None
) -> Reply:
    """The whole body of a streamed response; PermanentError when it is larger than allowed,
    RetryLaterError when it takes longer than `seconds_max`."""
    chunks: list[bytes] = []
    size = 0
    until = None if seconds_max is None else time.monotonic() + seconds_max
    for chunk in response.iter_bytes():
        size += len(chunk)
        if size > bytes_max:
            raise PermanentError(
                f"The source's answer to {response.url.path} is larger than {bytes_max} bytes."
            )
        if until is not None and time.monotonic() > until:
            raise RetryLaterError(f"The answer to {response.url.path} took too long.")
        chunks.append(chunk)
    headers = response.headers
    return Reply(
        status=response.status_code,
        body=b"".join(chunks),
        etag=headers.get("etag"),
        content_type=headers.get("content-type", ""),
        retry_after=_retry_after(headers),
        location=headers.get("location", ""),
    )


def is_maintenance_page(reply: Reply) -> bool:
    """Whether a page for people, and not JSON, speaks of maintenance."""
    return _is_html(reply) and _speaks_of_maintenance(reply)


def _answer(
    request: SourceRequest,
    url: str,
    params: Mapping[str, str] | None,
    etag: str | None,
    authorisation: Authorisation,
) -> Reply:
    path = httpx.URL(url).path
    token = request.access_token(None)
    reply = _send(request, url, params, etag, authorisation(token))
    if reply.status == 401:
        fresh = request.access_token(token)
        reply = _send(request, url, params, etag, authorisation(fresh))
        if reply.status == 401:
            raise ReauthoriseError(f"The source refuses a fresh access token for {path}.")
    raise_if_unavailable(reply, path)
    return reply


def _usable(reply: Reply, path: str) -> Reply:
    if reply.status in ABSENT:
        raise PermanentError(_refusal(reply, path))
    if reply.status != 200:
        raise PermanentError(f"The source answered {reply.status} to {path}: {_error_text(reply)}")
    if is_maintenance_page(reply):
        raise MaintenanceError("The source shows a maintenance page.", after=reply.retry_after)
    if _is_html(reply) or not reply.body:
        raise RetryLaterError(f"The source answered {path} with a page instead of JSON.")
    return reply


def _send(
    request: SourceRequest,
    url: str,
    params: Mapping[str, str] | None,
    etag: str | None,
    authorisation: Mapping[str, str],
) -> Reply:
    headers = {"Accept": "application/json", **authorisation}
    if etag is not None:
        headers["If-None-Match"] = etag
    request.before_request()
    try:
        with request.http.stream(
            "GET", url, params=params, headers=headers, timeout=TIMEOUT, follow_redirects=False
        ) as response:
            hint = rate_hint(response.headers)
            if hint is not None:
                request.heed(hint)
            return read_limited(response, BODY_BYTES_MAX)
    except (httpx.TransportError, httpx.DecodingError) as error:
        path = httpx.URL(url).path
        raise RetryLaterError(f"The source did not answer {path}: {error!r}") from error


def rate_hint(headers: httpx.Headers) -> RateHint | None:
    """What X-RateLimit headers say, if they are there: seconds to go, or a time as such."""
    remaining = headers.get("x-ratelimit-remaining", "")
    resets = headers.get("x-ratelimit-reset", "")
    if not (remaining.isdigit() and resets.isdigit()):
        return None
    seconds = int(resets)
    if seconds > RETRY_AFTER_SECONDS_MAX:
        try:
            seconds -= int(parsedate_to_datetime(headers.get("date", "")).timestamp())
        except (TypeError, ValueError):
            return None
    if not 0 <= seconds <= RETRY_AFTER_SECONDS_MAX:
        return None
    return RateHint(int(remaining), dt.timedelta(seconds=seconds))


def _speaks_of_maintenance(reply: Reply) -> bool:
    return b"aintenance" in reply.body[:MAINTENANCE_WORD_BYTES]


def _is_html(reply: Reply) -> bool:
    return "html" in reply.content_type or reply.body.lstrip()[:1] == b"<"


def _retry_after(headers: httpx.Headers) -> dt.timedelta | None:
    """Seconds, or a date that is compared with the server's own clock."""
    value = headers.get("retry-after", "").strip()
    if value.isdigit():
        return dt.timedelta(seconds=min(int(value), RETRY_AFTER_SECONDS_MAX))
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError):
        return None
    limit = dt.timedelta(seconds=RETRY_AFTER_SECONDS_MAX)
    return min(max(wait, dt.timedelta(0)), limit)


def _refusal(reply: Reply, path: str) -> str:
    if reply.status == 403:
        return f"The source forbids {path} to this app: the company is no longer shared with it."
    return f"The source has no {path} (answered {reply.status}): the company is gone from it."


def _error_text(reply: Reply) -> str:
    """What the source says went wrong: `errors` as strings or objects, or `error`."""
    try:
        body = msgspec.json.decode(reply.body)
    except msgspec.MsgspecError:
        return "no reason given"
    errors = body.get("errors", body.get("error")) if isinstance(body, dict) else None
    return str(errors)[:ERROR_TEXT_CHARACTERS_MAX] if errors else "no reason given"
