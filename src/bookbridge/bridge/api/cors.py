"""Which web pages may call the API from a browser: those of the origins that a client allowed."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse

from bookbridge.bridge.api.replies import empty_reply

ALLOWED_HEADERS = "Authorization, Content-Type, Idempotency-Key, X-Request-Id"
EXPOSED_HEADERS = (
    "X-Rate-Limit-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Reset, Retry-After, X-Request-Id"
)
PREFLIGHT_SECONDS = 600
ORIGIN_LENGTH_MAX = 500

_OF_CLIENT = "SELECT EXISTS (SELECT FROM clients_client WHERE allowed_origins ? %s AND id = %s)"
_OF_COMPANY = (
    "SELECT EXISTS (SELECT FROM clients_client"
    " WHERE allowed_origins ? %s AND id = client_of_company(%s))"
)
# A preflight carries no key, and most paths name no client: any client's page may then ask.
_OF_ANYBODY = "SELECT EXISTS (SELECT FROM clients_client WHERE allowed_origins ? %s)"


def is_preflight(request: HttpRequest) -> bool:
    """Whether a browser is asking on behalf of a page if it may call at all."""
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def preflight(
    request: HttpRequest, methods: Iterable[str], company_id: UUID | None
) -> HttpResponse:
    """What a page of this origin may do here; nothing, when no client allowed it."""
    response = empty_reply(204)
    headers = origin_headers(request, company_id=company_id)
    if "Access-Control-Allow-Origin" in headers:
        headers["Access-Control-Allow-Methods"] = ", ".join(methods)
        headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
        headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    for name, value in headers.items():
        response.headers[name] = value
    return response


def origin_headers(
    request: HttpRequest, *, client_id: UUID | None = None, company_id: UUID | None = None
) -> dict[str, str]:
    """What lets the page that asked read the answer; nothing for requests that no page sent."""
    origin = request.headers.get("Origin", "").rstrip("/").lower()
    if not 0 < len(origin) <= ORIGIN_LENGTH_MAX or "\x00" in origin:
        return {}
    headers = {"Vary": "Origin"}
    if _is_allowed(origin, client_id, company_id):
        headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
        headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
    return headers


def _is_allowed(origin: str, client_id: UUID | None, company_id: UUID | None) -> bool:
    with connection.cursor() as cursor:
        if client_id is not None:
            cursor.execute(_OF_CLIENT, [origin, client_id])
        elif company_id is not None:
            cursor.execute(_OF_COMPANY, [origin, company_id])
        else:
            cursor.execute(_OF_ANYBODY, [origin])
        return bool(cursor.fetchone()[0])
