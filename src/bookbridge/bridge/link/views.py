"""Link: the owner connects their books. One question a page, and always a way out."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bookbridge.bridge.clients.models import Client
from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.connections.operations import (
    AuthorisationError,
    ConsentDeniedError,
    choose_source_company,
    complete_authorisation,
    create_connection,
    start_authorisation,
)
from bookbridge.bridge.connectors.errors import PermanentError
from bookbridge.bridge.integrations.queries import (
    Integration,
    IntegrationNotFoundError,
    IntegrationNotReadyError,
    connector_of,
    integration,
)
from bookbridge.bridge.link.access import LinkRequest, calm, link_page
from bookbridge.bridge.link.consent import keep_consent
from bookbridge.bridge.link.queries import (
    consent_sections,
    linked_connections,
    software_choices,
)

OWNER = Actor(None, "Company owner")
BROWSER = "link_browser"
BROWSER_BYTES = 24


def _context(request: LinkRequest, heading: str, step: int) -> dict[str, object]:
    return {
        "client": request.client,
        "company": request.company,
        "heading": heading,
        "step": step,
        "leave_url": reverse("link:left", args=[request.company.id]),
    }


@require_GET
@link_page
def landing(request: LinkRequest) -> HttpResponse:
    heading = _("Share the books of %(company)s") % {"company": request.company.name}
    linked = [
        {
            "name": connector_of(one.integration_key).manifest.name,
            "source_company_name": one.source_company_name,
        }
        for one in linked_connections(request.client, request.company.id)
    ]
    context = _context(request, heading, 1) | {"linked": linked}
    return render(request, "link/landing.html", context)


@require_GET
@link_page
def software(request: LinkRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    context = _context(request, _("Which software keeps your books?"), 2) | {
        "query": query,
        "choices": software_choices(request.client, query),
    }
    return render(request, "link/software.html", context)


@require_GET
@link_page
def sharing(request: LinkRequest, key: str) -> HttpResponse:
    found = _enabled(request, key)
    if isinstance(found, HttpResponse):
        return found
    context = _context(request, _("What will be shared"), 3) | {
        "integration": found.manifest,
        "sections": consent_sections(request.client, found.manifest),
        "connection_id": request.GET.get("connection", ""),
    }
    return render(request, "link/sharing.html", context)


@require_POST
@link_page
def authorisation(request: LinkRequest, key: str) -> HttpResponse:
    """The owner agreed: on to the software's own sign-in."""
    found = _enabled(request, key)
    if isinstance(found, HttpResponse):
        return found
    connection = _connection_to_use(request, key)
    address = start_authorisation(
        client_id=request.client.id,
        connection_id=connection.id,
        session_key=_browser(request),
        redirect_uri=f"{settings.PUBLIC_URL}{reverse('link:callback')}",
        actor=OWNER,
        at=timezone.now(),
    )
    return redirect(address)


def _connection_to_use(request: LinkRequest, key: str) -> Connection:
    """The connection that the link named, else one that waits for this owner, else a new one."""
    mine = Connection.objects.filter(
        client_id=request.client.id, company_id=request.company.id, integration_key=key
    )
    named = request.POST.get("connection", "")
    try:
        found = mine.filter(id=UUID(named)).first() if named else None
    except ValueError:
        found = None
    found = found or mine.exclude(status=Connection.Status.LINKED).order_by("-created_at").first()
    found = found or mine.filter(status=Connection.Status.LINKED).first()
    return found or create_connection(
        client_id=request.client.id,
        company_id=request.company.id,
        integration_key=key,
        actor=OWNER,
        at=timezone.now(),
    )


def _browser(request: HttpRequest) -> str:
    """What binds a journey to this browser."""
    if BROWSER not in request.session:
        request.session[BROWSER] = secrets.token_urlsafe(BROWSER_BYTES)
    return str(request.session[BROWSER])


def _enabled(request: LinkRequest, key: str) -> Integration | HttpResponse:
    try:
        found = integration(request.client.id, key)
    except IntegrationNotFoundError:
        found = None
    if found is not None and found.is_enabled:
        return found
    return calm(
        request,
        heading=_("This software cannot be connected now"),
        explanation=_("%(client)s has not switched it on.") % {"client": request.client.name},
        status=404,
        client=request.client,
        next_url=reverse("link:software", args=[request.company.id]),
        next_label=_("See what can be connected"),
    )


@require_GET
@link_page
def start(request: LinkRequest, connection_id: UUID) -> HttpResponse:
    """A connection's own Link URL: straight to what will be shared."""
    connection = Connection.objects.filter(
        client_id=request.client.id, company_id=request.company.id, id=connection_id
    ).first()
    if connection is None:
        return redirect("link:landing", request.company.id)
    address = reverse("link:sharing", args=[request.company.id, connection.integration_key])
    return redirect(f"{address}?connection={connection.id}")


@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """The software sends the owner back here."""
    try:
        outcome = complete_authorisation(
            state=request.GET.get("state", ""),
            session_key=_browser(request),
            code=request.GET.get("code"),
            error=request.GET.get("error"),
            at=timezone.now(),
        )
    except AuthorisationError as error:
        return _not_linked(request, error)
    except IntegrationNotReadyError as error:
        return calm(request, heading=_("Not connected"), explanation=str(error), status=409)
    connection = outcome.connection
    if connection.is_linked:
        keep_consent(connection)
    page = "link:business" if outcome.needs_choice else "link:done"
    return redirect(page, connection.company_id, connection.id)


def _not_linked(request: HttpRequest, error: AuthorisationError) -> HttpResponse:
    denied = isinstance(error, ConsentDeniedError)
    heading = _("Nothing was shared") if denied else _("Not connected yet")
    explanation = str(error)
    more: dict[str, object] = {}
    if error.connection is not None:
        client = Client.objects.get(id=error.connection.client_id)
        more = {
            "next_url": reverse("link:landing", args=[error.connection.company_id]),
            "next_label": _("Start again"),
            "client": client,
        }
        if isinstance(error.__cause__, PermanentError):
            # What is wrong is the client's to mend; its own page and timeline say what.
            explanation = _(
                "%(client)s has to correct its own settings first. Nothing was shared. Tell them, "
                "and open this link again later."
            ) % {"client": client.name}
    # A "no" is an answer, not an error.
    return calm(
        request, heading=heading, explanation=explanation, status=200 if denied else 409, **more
    )


@require_http_methods(["GET", "POST"])
@link_page
def business(request: LinkRequest, connection_id: UUID) -> HttpResponse:
    """Several businesses under one sign-in: which one?"""
    connection = Connection.objects.filter(
        client_id=request.client.id, company_id=request.company.id, id=connection_id
    ).first()
    if connection is None or not connection.awaits_choice:
        return redirect("link:landing", request.company.id)
    context = _context(request, _("Which business is it?"), 4) | {"connection": connection}
    if request.method == "GET":
        return render(request, "link/business.html", context)
    try:
        linked = choose_source_company(
            client_id=request.client.id,
            connection_id=connection.id,
            source_company_id=request.POST.get("source_company_id", ""),
            actor=OWNER,
            at=timezone.now(),
        )
    except AuthorisationError as error:
        return render(request, "link/business.html", context | {"error": str(error)}, status=422)
    keep_consent(linked)
    return redirect("link:done", request.company.id, connection.id)


@require_GET
@link_page
def done(request: LinkRequest, connection_id: UUID) -> HttpResponse:
    connection = Connection.objects.filter(
        client_id=request.client.id, company_id=request.company.id, id=connection_id
    ).first()
    if connection is None or not connection.is_linked:
        return redirect("link:landing", request.company.id)
    context = _context(request, _("Connected"), 0) | {
        "connection": connection,
        "integration": connector_of(connection.integration_key).manifest,
        "leave_url": "",
    }
    return render(request, "link/done.html", context)


@require_GET
@link_page
def left(request: LinkRequest) -> HttpResponse:
    """The owner stopped: nothing happened."""
    return calm(
        request,
        heading=_("Nothing was shared"),
        explanation=_("You can close this page, or come back to the same link later."),
        client=request.client,
        next_url=reverse("link:landing", args=[request.company.id]),
        next_label=_("Go back to the start"),
    )
