"""Answers for everybody else while the books are under maintenance."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from bookbridge.books.status.queries import open_window
from bookbridge.books.status.rules import Window, retry_after_seconds
from bookbridge.kit.formatting import moment

# What answers during maintenance: the status page itself, and staff who end the maintenance.
ALWAYS_OPEN = ("/status", "/static/", "/staff/maintenance", "/users/sign_in", "/users/sign_out")
JSON_PATHS = ("/api/", "/oauth/token", "/oauth/revoke")
# What was typed comes back on the notice, to be sent again; nothing secret does, and no file.
KEPT_CHARACTERS_MAX = 200_000
SECRET_WORDS = ("password", "secret", "code")
TOKEN_FIELD = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field


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
        body = msgspec.json.encode(_refusal(window, wait))
        response = HttpResponse(body, content_type="application/json", status=503)
    else:
        context = {"window": window, "kept": kept_fields(request), "is_write": is_write(request)}
        response = render(request, "status/maintenance.html", context, status=503)
    response.headers["Retry-After"] = str(wait)
    response.headers["Cache-Control"] = "no-store"
    return response


def is_write(request: HttpRequest) -> bool:
    return request.method not in {"GET", "HEAD", "OPTIONS"}


def kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What a form sent, for sending it again when the books are open; empty where it cannot be.

    Only where the form was ours: another site's must not come back with a button of ours below it.
    """
    if request.method != "POST" or _is_foreign(request):
        return []
    try:
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
    except (RequestDataTooBig, TooManyFieldsSent):
        return []
    fields = [(name, value) for name, value in fields if name != TOKEN_FIELD]
    is_secret = any(word in name.lower() for name, _value in fields for word in SECRET_WORDS)
    is_long = sum(len(name) + len(value) for name, value in fields) > KEPT_CHARACTERS_MAX
    return [] if is_secret or is_long or request.FILES else fields


def _is_foreign(request: HttpRequest) -> bool:
    def never_called(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    check = CsrfViewMiddleware(never_called)
    return check.process_view(request, never_called, (), {}) is not None


def _refusal(window: Window, wait: int) -> dict[str, object]:
    """The API's shape of errors and that of OAuth 2 (RFC 6749, 5.2) in one."""
    sentence = _("The books are under maintenance until %(end)s: %(reason)s") % {
        "end": moment(window.ends_at),
        "reason": window.reason,
    }
    return {
        "errors": [sentence],
        "error": "temporarily_unavailable",
        "error_description": sentence,
        "retry-after": wait,
    }
