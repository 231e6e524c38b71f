"""Who is calling: the client behind an API key, or behind a token for one company.

Counting the caller's address, finding the client and counting its request are one statement,
outside any tenant's scope.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bookbridge.bridge.api.errors import ApiError
from bookbridge.bridge.api.limits import Visit
from bookbridge.bridge.clients.queries import API_KEY_LENGTH_MAX, hash_of_key
from bookbridge.bridge.clients.rules import Actor

COMPANY_TOKEN_SECONDS = 24 * 60 * 60
ADDRESS_LENGTH_MAX = 64
_COMPANY_TOKEN_SALT = "bookbridge.bridge.company-token"  # noqa: S105 - a name, not a secret
_HEADER_LENGTH_MAX = 1000

# A flood from one address is counted, and costs the client whose key it uses nothing.
_COUNT_AND_FIND = """
WITH visit AS (
    INSERT INTO api_visitcount AS one (address, minute, requests) VALUES (%s, %s, 1)
    ON CONFLICT (address, minute) DO UPDATE SET requests = one.requests + 1
    RETURNING requests
),
caller AS (SELECT * FROM ({caller}) AS found WHERE (SELECT requests FROM visit) <= %s),
counted AS (
    INSERT INTO api_requestcount AS one (client_id, day, requests)
    SELECT client_id, %s, 1 FROM caller
    ON CONFLICT (client_id, day) DO UPDATE SET requests = one.requests + 1
    RETURNING requests
)
SELECT visit.requests, caller.client_id, caller.name, counted.requests
  FROM visit LEFT JOIN (caller CROSS JOIN counted) ON true
"""
_BY_KEY = _COUNT_AND_FIND.format(
    caller="SELECT client_id, name FROM clients_apikey WHERE key_hash = %s AND revoked_at IS NULL"
    " UNION ALL SELECT id, 'Zapier' FROM clients_client WHERE zapier_key_hash = %s"
)
_BY_CLIENT = _COUNT_AND_FIND.format(
    caller="SELECT id AS client_id, 'company token' AS name FROM clients_client WHERE id = %s"
)
_NOBODY = _COUNT_AND_FIND.format(
    caller="SELECT id AS client_id, '' AS name FROM clients_client WHERE false"
)


@dataclass(frozen=True)
class Caller:
    """A client that proved who it is; `company_id` is set where its token opens one company."""

    client_id: UUID
    name: str
    requests_today: int
    company_id: UUID | None = None

    @property
    def actor(self) -> Actor:
        return Actor(user_id=None, name=f"API: {self.name}")


@dataclass(frozen=True)
class _Claim:
    """What a request says of its caller: how to find it, and by what."""

    sql: str = _NOBODY
    params: tuple[bytes | UUID, ...] = ()
    company_id: UUID | None = None


def identify(request: HttpRequest, at: dt.datetime) -> tuple[Visit, Caller | None]:
    """Counts the request; its caller is None without a live key or token."""
    claim = _claim(request)
    minute = at.replace(second=0, microsecond=0)
    limit = settings.API_REQUESTS_PER_MINUTE
    with connection.cursor() as cursor:
        cursor.execute(
            claim.sql,
            [_address(request), minute, *claim.params, limit, at.astimezone(dt.UTC).date()],
        )
        visits, client_id, name, requests = cursor.fetchone()
    visit = Visit(limit=limit, used=visits, minute=minute)
    if client_id is None:
        return visit, None
    return visit, Caller(client_id, name, requests, claim.company_id)


def company_token(client_id: UUID, company_id: UUID) -> str:
    """A token that opens one company for a day."""
    return signing.dumps([client_id.hex, company_id.hex], salt=_COMPANY_TOKEN_SALT, compress=False)


def unauthorised() -> ApiError:
    return ApiError(
        HTTPStatus.UNAUTHORIZED,
        _("Send a live API key as 'Authorization: Basic' and the Base64 of the key."),
        headers={"WWW-Authenticate": 'Basic realm="Bookbridge API"'},
    )


def _claim(request: HttpRequest) -> _Claim:
    header = request.headers.get("Authorization", "")
    scheme, _space, value = header.partition(" ")
    value = value.strip()
    if value and len(header) <= _HEADER_LENGTH_MAX:
        match scheme.lower():
            case "basic":
                return _claim_of_key(value)
            case "bearer":
                return _claim_of_token(value)
    return _Claim()


def _claim_of_key(encoded: str) -> _Claim:
    try:
        raw = base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return _Claim()
    # Generic HTTP clients send the key as a user name, with an empty password after a colon.
    raw = raw.removesuffix(":")
    if not raw or len(raw) > API_KEY_LENGTH_MAX:
        return _Claim()
    digest = hash_of_key(raw)
    return _Claim(_BY_KEY, (digest, digest))


def _claim_of_token(token: str) -> _Claim:
    try:
        client, company = signing.loads(
            token, salt=_COMPANY_TOKEN_SALT, max_age=COMPANY_TOKEN_SECONDS
        )
    except signing.BadSignature:
        return _Claim()
    return _Claim(_BY_CLIENT, (UUID(hex=client),), UUID(hex=company))


def _address(request: HttpRequest) -> str:
    """The caller's own address; behind a proxy of ours, the one that the proxy saw."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY:
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
    return address[:ADDRESS_LENGTH_MAX]
