"""Companies: list, new, edit, delete, and asking an owner for data."""

from __future__ import annotations

import csv
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bookbridge.bridge.companies.models import Company
from bookbridge.bridge.companies.operations import (
    create_company,
    update_company,
)
from bookbridge.bridge.companies.rules import CompanyInvalidError
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.evidence.operations.erasure import erase_company
from bookbridge.bridge.portal.forms import CompanyForm, DeletionForm
from bookbridge.bridge.portal.health import sources_down
from bookbridge.bridge.portal.queries import companies as find_companies
from bookbridge.bridge.portal.queries import connection_row, connections_of
from bookbridge.bridge.portal.words import connection_words
from bookbridge.bridge.sync.models import Dataset
from bookbridge.bridge.sync.operations import (
    NotInProgressError,
    RefreshError,
    cancel_dataset,
    request_refresh,
)
from bookbridge.bridge.web.access import PortalRequest, portal_page

PAGE_SIZE = 50
EXPORT_ROWS_MAX = 10_000


def link_url(company: Company) -> str:
    """The address that a company's owner is sent."""
    return f"{settings.PUBLIC_URL}{reverse('link:landing', args=[company.id])}"


@require_GET
@portal_page()
def companies(request: PortalRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip()
    status = request.GET.get("status", "")
    found = find_companies(search, status, request.GET.get("sort", ""))
    if request.GET.get("format") == "csv":
        return _export(list(found[:EXPORT_ROWS_MAX]))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    linked = connections_of(company.id for company in page)
    rows = [
        {
            "company": company,
            "link_url": link_url(company),
            "connections": [connection_row(one) for one in linked.get(company.id, [])],
        }
        for company in page
    ]
    context = {
        "section": "companies",
        "page": page,
        "rows": rows,
        "search": search,
        "status": status,
        "statuses": [(value, connection_words(value)[1]) for value in Connection.Status.values],
        "status_word": connection_words(status)[1] if status else "",
        "sources_down": sources_down(request, timezone.now()),
    }
    return render(request, "portal/companies.html", context)


def _export(found: list[Company]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="companies.csv"'
    writer = csv.writer(response)
    writer.writerow(["id", "name", "created", "connections", "last_sync", "link_url"])
    linked = connections_of(company.id for company in found)
    for company in found:
        statuses = " ".join(one.status for one in linked.get(company.id, []))
        synced = getattr(company, "synced_at", None)
        # A leading sign would be a formula to a spreadsheet.
        name = f"'{company.name}" if company.name[:1] in "=+-@" else company.name
        writer.writerow(
            [company.id, name, company.created_at.isoformat(), statuses,
             synced.isoformat() if synced else "", link_url(company)]
        )  # fmt: skip
    return response


@require_http_methods(["GET", "POST"])
@portal_page("can_change_companies")
def new_company(request: PortalRequest) -> HttpResponse:
    form = CompanyForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                company = create_company(
                    client_id=request.place.client_id,
                    name=form.cleaned_data["name"],
                    description=form.cleaned_data["description"] or None,
                    actor=request.actor,
                    at=timezone.now(),
                )
            except CompanyInvalidError as error:
                form.add_error(error.field, str(error))
            else:
                messages.success(request, _("Company created. Send its owner the Link URL."))
                return redirect("portal:request_data", company.id)
    context = {"section": "companies", "form": form}
    return render(request, "portal/company_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@portal_page("can_change_companies")
def edit_company(request: PortalRequest, company_id: UUID) -> HttpResponse:
    company = get_object_or_404(Company, id=company_id)
    initial = {"name": company.name, "description": company.description or ""}
    form = CompanyForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            changes = {
                "name": form.cleaned_data["name"],
                "description": form.cleaned_data["description"] or None,
            }
            try:
                update_company(
                    client_id=request.place.client_id,
                    company_id=company.id,
                    changes=changes,
                    actor=request.actor,
                    at=timezone.now(),
                )
            except CompanyInvalidError as error:
                form.add_error(error.field, str(error))
            else:
                messages.success(request, _("Saved."))
                return redirect("portal:summary", company.id)
    context = {"section": "companies", "form": form, "company": company}
    return render(request, "portal/company_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@portal_page("can_change_companies")
def deletion(request: PortalRequest, company_id: UUID) -> HttpResponse:
    company = get_object_or_404(Company, id=company_id)
    form = DeletionForm(request.POST or None, company_name=company.name)
    if request.method == "POST" and form.is_valid():
        erase_company(
            client_id=request.place.client_id,
            company_id=company.id,
            actor=request.actor,
            at=timezone.now(),
        )
        messages.success(request, _("%(name)s was deleted.") % {"name": company.name})
        return redirect("portal:companies")
    status = 422 if request.method == "POST" else 200
    context = {"section": "companies", "company": company, "form": form}
    return render(request, "portal/company_deletion.html", context, status=status)


@require_GET
@portal_page()
def request_data(request: PortalRequest, company_id: UUID) -> HttpResponse:
    company = get_object_or_404(Company, id=company_id)
    context = {"section": "companies", "company": company, "link_url": link_url(company)}
    return render(request, "portal/request_data.html", context)


@require_POST
@portal_page("can_change_companies")
def refresh(request: PortalRequest, company_id: UUID) -> HttpResponse:
    """Read everything again."""
    company = get_object_or_404(Company, id=company_id)
    try:
        request_refresh(
            client_id=request.place.client_id,
            company_id=company.id,
            actor=request.actor,
            at=timezone.now(),
        )
        messages.success(request, _("Reading has begun."))
    except RefreshError as error:
        messages.error(request, str(error))
    return redirect("portal:data", company.id)


@require_POST
@portal_page("can_change_companies")
def cancel(request: PortalRequest, company_id: UUID, dataset_id: UUID) -> HttpResponse:
    """End a read that waits or is under way."""
    found = get_object_or_404(Dataset, company_id=company_id, id=dataset_id)
    try:
        cancel_dataset(
            client_id=request.place.client_id,
            company_id=company_id,
            dataset_id=found.id,
            actor=request.actor,
            at=timezone.now(),
        )
        messages.success(request, _("The read is cancelled."))
    except NotInProgressError as error:
        messages.error(request, str(error))
    return redirect("portal:dataset", company_id, dataset_id)
