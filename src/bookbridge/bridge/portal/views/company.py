"""One company: overview, connections, data by type, read history with certificates."""

from __future__ import annotations

import json
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from bookbridge.bridge.companies.models import Company
from bookbridge.bridge.connections.models import Connection, ConnectionEvent, ConnectionFailure
from bookbridge.bridge.connections.operations import (
    ConnectionStateError,
    delete_connection,
    unlink_connection,
)
from bookbridge.bridge.datatypes.facts import FACTS
from bookbridge.bridge.datatypes.keys import DataType
from bookbridge.bridge.portal.columns import cell, columns_of
from bookbridge.bridge.portal.health import connections_down
from bookbridge.bridge.portal.queries import (
    certificates_of,
    connection_row,
    connections_of,
    data_type_states,
)
from bookbridge.bridge.portal.views.companies import link_url
from bookbridge.bridge.portal.words import data_type_name, dataset_words
from bookbridge.bridge.records.models import Record
from bookbridge.bridge.sync.models import Certificate, Dataset
from bookbridge.bridge.web.access import PortalRequest, portal_page

PAGE_SIZE = 50
EVENTS_MAX = 100


def _context(request: HttpRequest, company: Company, tab: str) -> dict[str, object]:
    linked = connections_of([company.id]).get(company.id, [])
    return {
        "section": "companies",
        "tab": tab,
        "company": company,
        "link_url": link_url(company),
        "connections": [connection_row(one) for one in linked],
        "is_linked": any(one.is_linked for one in linked),
        "sources_down": connections_down(linked, timezone.now()),
    }


@require_GET
@portal_page()
def summary(request: PortalRequest, company_id: UUID) -> HttpResponse:
    company = get_object_or_404(Company, id=company_id)
    certificates = certificates_of(company.id)
    context = _context(request, company, "summary") | {
        "states": data_type_states(company.id),
        "reconciliations": [_certificate(one) for one in certificates.values()],
    }
    return render(request, "portal/summary.html", context)


@require_GET
@portal_page("can_read_data")
def data(request: PortalRequest, company_id: UUID) -> HttpResponse:
    company = get_object_or_404(Company, id=company_id)
    states = data_type_states(company.id)
    context = _context(request, company, "data") | {
        "states": states,
        "is_running": any(state.is_running for state in states),
    }
    template = "portal/data_states.html" if request.htmx else "portal/data.html"  # type: ignore[attr-defined]
    return render(request, template, context)


@require_GET
@portal_page("can_read_data")
def data_type(request: PortalRequest, company_id: UUID, key: str) -> HttpResponse:
    """The records of one data type, newest business date first."""
    company = get_object_or_404(Company, id=company_id)
    if key not in {known.value for known in DataType}:
        raise Http404
    records = Record.objects.filter(company_id=company.id, data_type=key)
    if request.GET.get("deleted") != "with":
        records = records.filter(is_deleted=False)
    search = request.GET.get("q", "").strip()
    number_field = FACTS[DataType(key)].number_field
    if search:
        records = (
            records.filter(**{f"body__{number_field}__icontains": search})
            if number_field
            else (records.filter(record_id=search))
        )
    records = records.order_by("-order_date", "id_length", "record_id")
    page = Paginator(records, PAGE_SIZE).get_page(request.GET.get("page"))
    columns = columns_of(key)
    context = _context(request, company, "data") | {
        "key": key,
        "name": data_type_name(key),
        "columns": columns,
        "page": page,
        "search": search,
        "rows": [
            {
                "record": record,
                "cells": [(column.kind, cell(record.body, column)) for column in columns],
            }
            for record in page
        ],
    }
    return render(request, "portal/data_type.html", context)


@require_GET
@portal_page("can_read_data")
def record(
    request: PortalRequest, company_id: UUID, key: str, connection_id: UUID, record_id: str
) -> HttpResponse:
    company = get_object_or_404(Company, id=company_id)
    found = get_object_or_404(
        Record,
        company_id=company.id,
        connection_id=connection_id,
        data_type=key,
        id_length=len(record_id),
        record_id=record_id,
    )
    context = _context(request, company, "data") | {
        "key": key,
        "name": data_type_name(key),
        "record": found,
        "text": json.dumps(found.body, indent=2, ensure_ascii=False, default=str),
        "sources": found.sources,
    }
    return render(request, "portal/record.html", context)


@require_GET
@portal_page()
def history(request: PortalRequest, company_id: UUID) -> HttpResponse:
    company = get_object_or_404(Company, id=company_id)
    datasets = Dataset.objects.filter(company_id=company.id).order_by("-requested_at", "id")
    wanted = request.GET.get("type", "")
    if wanted:
        datasets = datasets.filter(data_type=wanted)
    page = Paginator(datasets, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [
        {
            "dataset": dataset,
            "name": data_type_name(dataset.data_type),
            "shown": dataset_words(dataset.status),
            "seconds": _seconds(dataset),
        }
        for dataset in page
    ]
    context = _context(request, company, "history") | {
        "page": page,
        "rows": rows,
        "type": wanted,
        "type_name": data_type_name(wanted) if wanted else "",
        "is_running": any(not dataset.is_completed for dataset in page),
    }
    template = "portal/history_rows.html" if request.htmx else "portal/history.html"  # type: ignore[attr-defined]
    return render(request, template, context)


def _seconds(dataset: Dataset) -> float | None:
    if dataset.completed_at is None:
        return None
    return round(
        (dataset.completed_at - (dataset.started_at or dataset.requested_at)).total_seconds(), 1
    )


@require_GET
@portal_page()
def dataset(request: PortalRequest, company_id: UUID, dataset_id: UUID) -> HttpResponse:
    """One dataset: what it proved, and whether the books agree."""
    company = get_object_or_404(Company, id=company_id)
    found = get_object_or_404(Dataset, company_id=company.id, id=dataset_id)
    own = Certificate.objects.filter(company_id=company.id, dataset_id=found.id).last()
    reconciliation = Certificate.objects.filter(
        company_id=company.id,
        refresh_id=found.refresh_id,
        kind=Certificate.Kind.RECONCILIATION,
    ).last()
    context = _context(request, company, "history") | {
        "dataset": found,
        "name": data_type_name(found.data_type),
        "shown": dataset_words(found.status),
        "seconds": _seconds(found),
        "certificate": _certificate(own) if own else None,
        "reconciliation": _certificate(reconciliation) if reconciliation else None,
    }
    return render(request, "portal/dataset.html", context)


def _certificate(found: Certificate) -> dict[str, object]:
    tones = {"COMPLETE": "ok", "RECONCILED": "ok", "NOT_COMPARED": "none"}
    words = {
        "COMPLETE": _("Complete"),
        "INCOMPLETE": _("Incomplete"),
        "RECONCILED": _("Reconciled"),
        "DIFFERENCES": _("Differences"),
        "MOVED": _("Moved during the scan"),
        "NOT_COMPARED": _("Not compared"),
    }
    body = json.loads(found.text)
    return {
        "certificate": found,
        "body": body,
        # Pairs, since a template would take the list called `items` for the dictionary's method.
        "lists": list(body.get("lists", {}).items()),
        "tone": tones.get(found.outcome, "bad"),
        "word": words.get(found.outcome, found.outcome),
    }


@require_GET
@portal_page()
def certificate_text(
    request: PortalRequest, company_id: UUID, certificate_id: UUID
) -> HttpResponse:
    """The signed text itself, to keep."""
    found = get_object_or_404(Certificate, company_id=company_id, id=certificate_id)
    signed = {
        "certificate": json.loads(found.text),
        "signedText": found.text,
        "keyId": found.key_id,
        "signature": bytes(found.signature).hex(),
    }
    response = HttpResponse(json.dumps(signed, indent=2), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="certificate-{found.id}.json"'
    return response


@require_GET
@portal_page()
def connections(request: PortalRequest, company_id: UUID) -> HttpResponse:
    company = get_object_or_404(Company, id=company_id)
    context = _context(request, company, "connections") | {
        "events": ConnectionEvent.objects.filter(company_id=company.id).order_by("-at")[
            :EVENTS_MAX
        ],
        "failures": ConnectionFailure.objects.filter(company_id=company.id).order_by("-errored_at")[
            :EVENTS_MAX
        ],
    }
    return render(request, "portal/connections.html", context)


@require_POST
@portal_page("can_manage_integrations")
def unlink(request: PortalRequest, company_id: UUID, connection_id: UUID) -> HttpResponse:
    """Stop reading; what was read stays."""
    get_object_or_404(Connection, company_id=company_id, id=connection_id)
    try:
        unlink_connection(
            client_id=request.place.client_id,
            connection_id=connection_id,
            actor=request.actor,
            at=timezone.now(),
        )
        messages.success(request, _("Unlinked. What was read stays readable."))
    except ConnectionStateError as error:
        messages.error(request, str(error))
    return redirect("portal:connections", company_id)


@require_POST
@portal_page("can_manage_integrations")
def deletion(request: PortalRequest, company_id: UUID, connection_id: UUID) -> HttpResponse:
    """Delete a connection and everything that was read through it."""
    get_object_or_404(Connection, company_id=company_id, id=connection_id)
    if request.POST.get("confirmed") == "yes":
        delete_connection(
            client_id=request.place.client_id,
            connection_id=connection_id,
            actor=request.actor,
            at=timezone.now(),
        )
        messages.success(request, _("The connection and its data were deleted."))
    return redirect("portal:connections", company_id)
