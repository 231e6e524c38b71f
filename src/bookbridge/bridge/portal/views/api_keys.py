"""Developers > API keys: shown once, at most ten, the last stays."""

from __future__ import annotations

import base64
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bookbridge.bridge.clients.operations import ClientError, create_api_key, revoke_api_key
from bookbridge.bridge.clients.queries import api_keys_of
from bookbridge.bridge.clients.rules import API_KEYS_MAX
from bookbridge.bridge.portal.forms import ApiKeyForm
from bookbridge.bridge.web.access import PortalRequest, portal_page

RIGHT = "can_manage_keys"


@require_http_methods(["GET", "POST"])
@portal_page(RIGHT)
def api_keys(request: PortalRequest) -> HttpResponse:
    form = ApiKeyForm(request.POST or None)
    raw, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _key, raw = create_api_key(
                    client_id=request.place.client_id,
                    name=form.cleaned_data["name"],
                    actor=request.actor,
                    at=timezone.now(),
                )
            except ClientError as error:
                form.add_error(None, str(error))
            else:
                form, status = ApiKeyForm(), 201
    context = {
        "section": "api-keys",
        "form": form,
        "keys": list(api_keys_of(request.place.client_id)),
        "most": API_KEYS_MAX,
        "raw": raw,
        "header": f"Basic {base64.b64encode(raw.encode()).decode()}" if raw else "",
    }
    response = render(request, "portal/api_keys.html", context, status=status)
    if raw:
        response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
@portal_page(RIGHT)
def revocation(request: PortalRequest, key_id: UUID) -> HttpResponse:
    """End a key at once."""
    try:
        revoke_api_key(
            client_id=request.place.client_id,
            key_id=key_id,
            actor=request.actor,
            at=timezone.now(),
        )
        messages.success(request, _("The key no longer works."))
    except ClientError as error:
        messages.error(request, str(error))
    return redirect("portal:api_keys")
