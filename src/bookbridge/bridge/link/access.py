"""How an owner, who has no account here, reaches a page of Link: by a company that exists."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from bookbridge.bridge.clients.models import Client
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.models import Company
from bookbridge.bridge.companies.queries import client_of_company

Parts = ParamSpec("Parts")


class LinkRequest(HttpRequest):
    """A request of an owner for a company that exists."""

    client: Client
    company: Company


LinkView = Callable[Concatenate[LinkRequest, Parts], HttpResponse]


def link_page(view: LinkView[Parts]) -> Callable[..., HttpResponse]:
    """Finds the company and its client; a link that leads nowhere gets a calm page."""

    @wraps(view)
    def guarded(
        request: LinkRequest, company_id: UUID, *args: Parts.args, **kwargs: Parts.kwargs
    ) -> HttpResponse:
        client_id = client_of_company(company_id)
        if client_id is None:
            return calm(
                request,
                heading=_("This link no longer works"),
                explanation=_("Ask whoever sent it to you for a new one. Nothing was shared."),
                status=404,
            )
        with client_scope(client_id):
            request.client = Client.objects.get(id=client_id)
            request.company = Company.objects.get(id=company_id)
            return view(request, *args, **kwargs)

    return guarded


def calm(
    request: HttpRequest, *, heading: str, explanation: str, status: int = 200, **more: object
) -> HttpResponse:
    """A page that says what happened and, with next_url and next_label, the one next step."""
    context = {"heading": heading, "explanation": explanation, **more}
    return render(request, "link/calm.html", context, status=status)
