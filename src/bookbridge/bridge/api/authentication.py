"""Who is calling: the client behind an API key, or behind a token for one company.

Finding the client and counting the request are one statement, outside any tenant's scope.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from django.core import signing
from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bookbridge.bridge.api.errors import ApiError
from bookbridge.bridge.clients.queries import API_KEY_LENGTH_MAX, hash_of_key
from bookbridge.bridge.clients.rules import Actor

COMPANY_TOKEN_SECONDS = 24 * 60 * 60
_COMPANY_TOKEN_SALT = "bookbridge.bridge.company-token"  # noqa: S105 - a name, not a secret
_HEADER_LENGTH_MAX = 1000

_FIND_AND_COUNT = """
WITH caller AS ({caller}),
counted AS (
    INSERT INTO api_requestcount (client_id, day, requests)
    SELECT client_id, %s, 1 FROM caller
    ON CONFLICT (client_id, day) DO UPDATE SET requests = api_requestcount.requests + 1
    RETURNING requests
)
SELECT caller.client_id, caller.name, counted.requests FROM caller, counted
"""
_BY_KEY = _FIND_AND_COUNT.format(
    caller="SELECT client_id, name FROM clients_apikey WHERE key_hash = %s AND revoked_at IS NULL"
)
_BY_CLIENT = _FIND_AND_COUNT.format(
    caller="SELECT id AS client_id, 'company token' AS name FROM clients_client WHERE id = %s"
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


def identify(request: HttpRequest, at: dt.datetime) -> Caller:
    """The caller of a request; raises a 401."""
    header = request.headers.get("Authorization", "")
    scheme, _space, value = header.partition(" ")
    value = value.strip()
    if value and len(header) <= _HEADER_LENGTH_MAX:
        match scheme.lower():
            case "basic":
                return _caller_of_key(value, at)
            case "bearer":
                return _caller_of_token(value, at)
    raise _unauthorised()


def company_token(client_id: UUID, company_id: UUID) -> str:
    """A token that opens one company for a day."""
    return signing.dumps([client_id.hex, company_id.hex], salt=_COMPANY_TOKEN_SALT, compress=False)


def _caller_of_key(encoded: str, at: dt.datetime) -> Caller:
    try:
        raw = base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise _unauthorised() from error
    # Generic HTTP clients send the key as a user name, with an empty password after a colon.
    raw = raw.removesuffix(":")
    if not raw or len(raw) > API_KEY_LENGTH_MAX:
        raise _unauthorised()
    return _counted(_BY_KEY, hash_of_key(raw), at)


def _caller_of_token(token: str, at: dt.datetime) -> Caller:
    try:
        client, company = signing.loads(
            token, salt=_COMPANY_TOKEN_SALT, max_age=COMPANY_TOKEN_SECONDS
        )
    except signing.BadSignature as error:
        raise _unauthorised() from error
    return _counted(_BY_CLIENT, UUID(hex=client), at, company_id=UUID(hex=company))


def _counted(
    sql: str, who: bytes | UUID, at: dt.datetime, *, company_id: UUID | None = None
) -> Caller:
    with connection.cursor() as cursor:
        cursor.execute(sql, [who, at.astimezone(dt.UTC).date()])
        row = cursor.fetchone()
    if row is None:
        raise _unauthorised()
    client_id, name, requests = row
    return Caller(client_id, name, requests, company_id)


def _unauthorised() -> ApiError:
    return ApiError(
        HTTPStatus.UNAUTHORIZED,
        _("Send a live API key as 'Authorization: Basic' and the Base64 of the key."),
        headers={"WWW-Authenticate": 'Basic realm="Bookbridge API"'},
    )
