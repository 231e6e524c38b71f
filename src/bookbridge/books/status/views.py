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
from bookbridge.books.status.forms import MaintenanceForm, StartNowForm
from bookbridge.books.status.queries import state_at
from bookbridge.books.status.rules import ServiceState, Window

# Two forms of one page, of which both have a reason.
NOW_IDS = "now_%s"


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
    return _plan_page(request, now, form=form)


@login_required
@require_POST
def maintenance_now(request: HttpRequest) -> HttpResponse:
    """Begins maintenance at once, after a page that says what this does."""
    user, now = _staff(request), timezone.now()
    form = StartNowForm(request.POST, auto_id=NOW_IDS)
    if not form.is_valid():
        return _plan_page(request, now, now_form=form)
    ends_at = now + dt.timedelta(minutes=form.cleaned_data["minutes"])
    if "confirmed" not in request.POST:
        return render(request, "status/start.html", {"form": form, "ends_at": ends_at})
    try:
        operations.plan_maintenance(
            starts_at=now,
            ends_at=ends_at,
            reason=form.cleaned_data["reason"],
            actor=Actor(user.pk, user.display_name),
            at=now,
        )
    except operations.MaintenanceWindowError as error:
        form.add_error(None, str(error))
        return _plan_page(request, now, now_form=form)
    return redirect("maintenance")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def maintenance_end(request: HttpRequest, window_id: int) -> HttpResponse:
    """Ends the open window, or takes a planned one back; a GET asks whether to."""
    _staff(request)
    now = timezone.now()
    if request.method == "POST":
        operations.cancel_maintenance(window_id=window_id, at=now)
        return redirect("maintenance")
    state = state_at(now)
    shown = [one for one in (state.current, *state.planned) if one and one.id == window_id]
    if not shown:
        return redirect("maintenance")
    context = {"window": shown[0], "is_open": shown[0] == state.current}
    return render(request, "status/end.html", context)


def _plan_page(
    request: HttpRequest,
    at: dt.datetime,
    *,
    form: MaintenanceForm | None = None,
    now_form: StartNowForm | None = None,
) -> HttpResponse:
    form, now_form = form or MaintenanceForm(), now_form or StartNowForm(auto_id=NOW_IDS)
    context = {"form": form, "now_form": now_form, "state": state_at(at)}
    is_refused = form.is_bound or now_form.is_bound
    return render(request, "status/plan.html", context, status=422 if is_refused else 200)


def _staff(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    if not request.user.is_staff:
        raise PermissionDenied(_("Only staff may plan maintenance."))
    return request.user
