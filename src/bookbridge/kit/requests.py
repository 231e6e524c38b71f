"""What every request carries: an id to find it in the logs by, and a strict content policy."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from bookbridge.kit.logs import REQUEST_ID, about

Respond = Callable[[HttpRequest], HttpResponse]
REQUEST_ID_LENGTH_MAX = 64
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'self'; frame-ancestors 'none'"
)


class RequestIdMiddleware:
    """Takes `X-Request-Id` from a proxy, or makes one, and answers with it."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        usable = 0 < len(given) <= REQUEST_ID_LENGTH_MAX and given.isascii() and given.isprintable()
        request_id = given if usable else uuid.uuid4().hex
        request.META["bookbridge.request_id"] = request_id
        with about(REQUEST_ID, request_id):
            response = self.respond(request)
        response.headers["X-Request-Id"] = request_id
        return response


class ContentSecurityPolicyMiddleware:
    """Only our own files: no inline script or style, no framing."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        return response
