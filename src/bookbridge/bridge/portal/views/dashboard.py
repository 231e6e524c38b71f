"""The first page: how many connections are in each state, and which need somebody."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from bookbridge.bridge.companies.models import Company
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.integrations.queries import list_integrations
from bookbridge.bridge.portal.queries import connection_counts, needing_attention
from bookbridge.bridge.web.access import PortalRequest, portal_page


@require_GET
@portal_page()
def dashboard(request: PortalRequest) -> HttpResponse:
    counts = connection_counts()
    context = {
        "section": "dashboard",
        "company_count": Company.objects.count(),
        "linked": counts.get(Connection.Status.LINKED, 0),
        "pending": counts.get(Connection.Status.PENDING_AUTH, 0),
        "deauthorised": counts.get(Connection.Status.DEAUTHORIZED, 0),
        "unlinked": counts.get(Connection.Status.UNLINKED, 0),
        "attention": needing_attention(),
        "enabled": any(found.is_enabled for found in list_integrations(request.place.client_id)),
    }
    return render(request, "portal/dashboard.html", context)
