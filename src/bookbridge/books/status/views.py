"""The status page, its JSON, and the page on which staff plan maintenance."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookbridge.books.organisations.models import User
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.status import operations
from bookbridge.books.status.forms import MaintenanceForm
from bookbridge.books.status.queries import state_at
from bookbridge.books.status.rules import ServiceState, Window


def message_for(state: ServiceState) -> str:
    if state.current is not None:
        return _("Under maintenance: %(reason)s") % {"reason": state.current.reason}
    return _("All services are running.")


@require_safe
@never_cache
def status(request: HttpRequest) -> HttpResponse:
    state = state_at(timezone.now())
    return render(request, "status/status.html", {"state": state, "message": message_for(state)})


@require_safe
@never_cache
def status_json(request: HttpRequest) -> HttpResponse:
    state = state_at(timezone.now())
    body = {
        "state": state.state,
        "message": message_for(state),
        "current": _window_json(state.current) if state.current else None,
        "planned": [_window_json(window) for window in state.planned],
        "history": [_window_json(window) for window in state.history],
    }
    response = HttpResponse(msgspec.json.encode(body), content_type="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _window_json(window: Window) -> dict[str, Any]:
    return {
        "from": _utc(window.starts_at),
        "to": _utc(window.ends_at),
        "reason": window.reason,
    }


def _utc(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def maintenance(request: HttpRequest) -> HttpResponse:
    """Staff see what is planned and plan more."""
    user = _staff(request)
    form = MaintenanceForm(request.POST if request.method == "POST" else None)
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        try:
            operations.plan_maintenance(
                starts_at=form.cleaned_data["starts_at"],
                ends_at=form.cleaned_data["ends_at"],
                reason=form.cleaned_data["reason"],
                actor=Actor(user.pk, user.display_name),
                at=now,
            )
            return redirect("maintenance")
        except operations.MaintenanceWindowError as error:
            form.add_error(None, str(error))
    context = {"form": form, "state": state_at(now)}
    return render(request, "status/plan.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def maintenance_end(request: HttpRequest, window_id: int) -> HttpResponse:
    """Ends the open window, or takes a planned one back."""
    _staff(request)
    operations.cancel_maintenance(window_id=window_id, at=timezone.now())
    return redirect("maintenance")


def _staff(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    if not request.user.is_staff:
        raise PermissionDenied(_("Only staff may plan maintenance."))
    return request.user
