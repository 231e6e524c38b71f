"""Settings > Integrations: keys, on or off, and how to register with the provider."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections.operations import save_integration_settings
from bookbridge.bridge.integrations.health import client_health
from bookbridge.bridge.integrations.operations import await_keys, set_enabled, test_settings
from bookbridge.bridge.integrations.queries import (
    Integration,
    IntegrationNotFoundError,
    IntegrationNotReadyError,
    client_id_of,
    integration,
    list_integrations,
)
from bookbridge.bridge.integrations.rules import SettingsRefusedError
from bookbridge.bridge.portal.forms import IntegrationForm
from bookbridge.bridge.web.access import PortalRequest, portal_page

RIGHT = "can_manage_integrations"


def redirect_uri() -> str:
    """Where providers send owners back to: one address for the whole installation."""
    return f"{settings.PUBLIC_URL}{reverse('link:callback')}"


@require_GET
@portal_page(RIGHT)
def integrations(request: PortalRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip()
    everything = list_integrations(request.place.client_id)
    shown = [one for one in everything if search.lower() in one.manifest.name.lower()]
    context = {
        "section": "integrations",
        "rows": [_row(one) for one in shown],
        "search": search,
        "enabled": sum(one.is_enabled for one in everything),
        "ready": sum(one.has_keys and not one.is_enabled for one in everything),
        "missing": sum(not one.has_keys for one in everything),
    }
    return render(request, "portal/integrations.html", context)


@require_http_methods(["GET", "POST"])
@portal_page(RIGHT)
def integration_settings(request: PortalRequest, key: str) -> HttpResponse:
    found = _found(request, key)
    saved = found.settings
    initial = {
        "host": saved.host if saved else found.manifest.default_host,
        "client_id": client_id_of(saved) if saved else "",
    }
    form = IntegrationForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        if form.is_valid() and _save(request, key, form):
            messages.success(request, _("Settings saved."))
            ask = "" if found.is_enabled else "?ask=enable"
            return redirect(reverse("portal:integration", args=[key]) + ask)
        status = 422
    now = timezone.now()
    health = client_health(request.place.client_id, key, now)
    context = {
        "section": "integrations",
        "health": health,
        "health_sentence": health.sentence(now),
        "form": form,
        "ask_enable": request.GET.get("ask") == "enable" and not found.is_enabled,
        "redirect_uri": redirect_uri(),
        "letter": _letter(request, found),
        **_row(found),
    }
    return render(request, "portal/integration.html", context, status=status)


def _save(request: PortalRequest, key: str, form: IntegrationForm) -> bool:
    try:
        save_integration_settings(
            client_id=request.place.client_id,
            integration_key=key,
            host=form.cleaned_data["host"],
            app_client_id=form.cleaned_data["client_id"],
            client_secret=form.cleaned_data["client_secret"],
            actor=request.actor,
            at=timezone.now(),
        )
    except SettingsRefusedError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return False
    return True


@require_POST
@portal_page(RIGHT)
def enablement(request: PortalRequest, key: str) -> HttpResponse:
    """On or off."""
    found = _found(request, key)
    wanted = request.POST.get("is_enabled") == "true"
    try:
        set_enabled(
            client_id=request.place.client_id,
            integration_key=key,
            is_enabled=wanted,
            actor=request.actor,
            at=timezone.now(),
        )
    except SettingsRefusedError as error:
        messages.error(request, str(error))
    else:
        name = found.manifest.name
        text = (
            _("%(name)s is on: companies can choose it in Link.")
            if wanted
            else _(
                "%(name)s is off. Existing connections stay; companies cannot choose it in Link."
            )
        )
        messages.success(request, text % {"name": name})
    return redirect("portal:integration", key)


@require_POST
@portal_page(RIGHT)
def waiting(request: PortalRequest, key: str) -> HttpResponse:
    """Remember that keys were asked for."""
    _found(request, key)
    await_keys(
        client_id=request.place.client_id,
        integration_key=key,
        actor=request.actor,
        at=timezone.now(),
    )
    messages.success(request, _("Noted: keys are awaited. Enter them here when they come."))
    return redirect("portal:integration", key)


@require_POST
@portal_page(RIGHT, in_transaction=False)
def connection_test(request: PortalRequest, key: str) -> HttpResponse:
    """Ask the provider whether it knows the keys."""
    with client_scope(request.place.client_id):
        _found(request, key)
    try:
        answer = test_settings(
            client_id=request.place.client_id, integration_key=key, redirect_uri=redirect_uri()
        )
        messages.success(request, answer)
    except (SettingsRefusedError, IntegrationNotReadyError) as error:
        messages.error(request, str(error))
    return redirect("portal:integration", key)


def _found(request: PortalRequest, key: str) -> Integration:
    try:
        return integration(request.place.client_id, key)
    except IntegrationNotFoundError as error:
        raise Http404 from error


def _row(found: Integration) -> dict[str, object]:
    if found.is_enabled:
        tone, word = "ok", _("Enabled")
    elif found.has_keys:
        tone, word = "none", _("Ready")
    else:
        tone, word = "none", _("Not set up")
    return {"integration": found, "manifest": found.manifest, "tone": tone, "word": word}


def _letter(request: PortalRequest, found: Integration) -> str:
    lines = (
        _("App name: %(name)s") % {"name": request.place.client.name},
        _("Description: We read our customers' accounts, with their consent, through Bookbridge."),
        _("Re-direct URI: %(uri)s") % {"uri": redirect_uri()},
    )
    return "\n".join(lines)
