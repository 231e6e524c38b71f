"""Answers for everybody else while the books are under maintenance."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from bookbridge.books.status.queries import open_window
from bookbridge.books.status.rules import Window, retry_after_seconds
from bookbridge.kit.formatting import moment

# What answers during maintenance: the status page itself, and staff who end the maintenance.
ALWAYS_OPEN = ("/status", "/static/", "/staff/maintenance", "/users/sign_in", "/users/sign_out")
JSON_PATHS = ("/api/", "/oauth/token", "/oauth/revoke")


class MaintenanceMiddleware:
    """During a window the API answers 503 with Retry-After, and pages a calm notice."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(ALWAYS_OPEN):
            return self.respond(request)
        window = open_window(timezone.now())
        if window is None:
            return self.respond(request)
        return notice(request, window)


def notice(request: HttpRequest, window: Window) -> HttpResponse:
    """The 503 that suits who asked."""
    wait = retry_after_seconds(window.ends_at, timezone.now())
    if request.path.startswith(JSON_PATHS):
        sentence = _("The books are under maintenance until %(end)s: %(reason)s") % {
            "end": moment(window.ends_at),
            "reason": window.reason,
        }
        response = HttpResponse(
            msgspec.json.encode({"errors": [sentence], "retry-after": wait}),
            content_type="application/json",
            status=503,
        )
    else:
        response = render(request, "status/maintenance.html", {"window": window}, status=503)
    response.headers["Retry-After"] = str(wait)
    response.headers["Cache-Control"] = "no-store"
    return response
