"""Who may open a portal page: signed in, in a client, with the right; one client's rows only."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from bookbridge.bridge.clients.models import ClientUser, User
from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.clients.tenancy import client_scope

Parts = ParamSpec("Parts")
CHOSEN_CLIENT = "client_id"


class PortalRequest(HttpRequest):
    """A request of somebody who is signed in to the portal."""

    user: User
    place: ClientUser
    actor: Actor


PortalView = Callable[Concatenate[PortalRequest, Parts], HttpResponse]
PlainView = Callable[Concatenate[HttpRequest, Parts], HttpResponse]


def portal_page(
    right: str = "", *, in_transaction: bool = True
) -> Callable[[PortalView[Parts]], PlainView[Parts]]:
    """Opens the client's rows for a signed-in user who has `right`, a property of ClientUser.

    A page that calls a source has no transaction of its own: it would be open all that time.
    """

    def decorate(view: PortalView[Parts]) -> PlainView[Parts]:
        def guarded(
            request: HttpRequest, /, *args: Parts.args, **kwargs: Parts.kwargs
        ) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            place = place_of(request)
            found: Any = request
            found.place, found.actor = place, Actor(place.user_id, str(place.user))
            if right and not getattr(place, right):
                return render(request, "portal/refused.html", status=403)
            with client_scope(place.client_id) if in_transaction else nullcontext():
                return view(found, *args, **kwargs)

        update_wrapper(guarded, view)
        return guarded

    return decorate


def place_of(request: HttpRequest) -> ClientUser:
    """The chosen client of the signed-in user, else the first; raises Http404 without any."""
    places = ClientUser.objects.select_related("client", "user").filter(user=request.user.pk or 0)
    chosen = request.session.get(CHOSEN_CLIENT)
    for place in sorted(places, key=lambda place: place.client.created_at):
        if chosen is None or str(place.client_id) == chosen:
            return place
    raise Http404
