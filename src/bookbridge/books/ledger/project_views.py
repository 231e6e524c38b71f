"""Pages of projects: what each brought in and cost, and starting or closing one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Q, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from bookbridge.books.ledger import operations, queries
from bookbridge.books.ledger.errors import LedgerError
from bookbridge.books.ledger.forms import ProjectForm
from bookbridge.books.ledger.models import (
    EXPENSE_CATEGORIES,
    INCOME_CATEGORIES,
    Posting,
    Project,
)
from bookbridge.books.web.access import MemberRequest, member_required
from bookbridge.books.web.forms import show_refusal
from bookbridge.kit.listing import Choice, Column, Listing, Status

form_page = require_http_methods(["GET", "HEAD", "POST"])
NOTHING = (Decimal(0), Decimal(0))


def project_results(organisation_id: int) -> dict[int, tuple[Decimal, Decimal]]:
    """What each project brought in and what it cost, over all time."""
    rows = (
        Posting.objects.filter(organisation_id=organisation_id, project__isnull=False)
        .values_list("project_id")
        .annotate(
            income=-Sum(
                "amount",
                filter=Q(account__category__in=list(INCOME_CATEGORIES)),
                default=Decimal(0),
            ),
            costs=Sum(
                "amount",
                filter=Q(account__category__in=list(EXPENSE_CATEGORIES)),
                default=Decimal(0),
            ),
        )
    )
    return {project_id: (income, costs) for project_id, income, costs in rows if project_id}


def _listing(request: Any) -> Listing[Project]:
    organisation_id = request.organisation.pk
    results = project_results(organisation_id)

    def income(project: Project) -> Decimal:
        return results.get(project.pk, NOTHING)[0]

    def costs(project: Project) -> Decimal:
        return results.get(project.pk, NOTHING)[1]

    def status(project: Project) -> Status:
        is_open = project.status == Project.Status.OPEN
        return Status("ok" if is_open else "none", project.get_status_display())

    columns: list[Column[Project]] = [
        Column("name", gettext_lazy("Name"), lambda p: p.name, order=("name",)),
        Column("status", gettext_lazy("Status"), status, kind="status", is_optional=True),
        Column(
            "started",
            gettext_lazy("Started"),
            lambda p: p.date_started,
            kind="day",
            order=("date_started",),
            is_optional=True,
        ),
        Column("income", gettext_lazy("Income"), income, kind="money"),
        Column("costs", gettext_lazy("Costs"), costs, kind="money"),
        Column("profit", gettext_lazy("Profit"), lambda p: income(p) - costs(p), kind="money"),
    ]
    return Listing(
        request,
        queries.projects(organisation_id),
        columns,
        default_sort="name",
        search=("name",),
        search_hint=gettext_lazy("Search name"),
        choices=[
            Choice("status", "open", gettext_lazy("Open"), Q(status=Project.Status.OPEN)),
            Choice("status", "closed", gettext_lazy("Closed"), Q(status=Project.Status.CLOSED)),
        ],
        row_href=lambda p: reverse("edit_project", args=[organisation_id, p.pk]),
        name="projects",
    )


@member_required
@require_safe
def projects(request: MemberRequest) -> HttpResponse:
    listing = _listing(request)
    if request.GET.get("format") == "csv":
        return listing.csv()
    return render(request, "ledger/projects.html", {"listing": listing})


@member_required
@form_page
def new_project(request: MemberRequest) -> HttpResponse:
    form = ProjectForm(request.POST if request.method == "POST" else None)
    return _form_page(request, form, None)


@member_required
@form_page
def edit_project(request: MemberRequest, project_id: int) -> HttpResponse:
    project = queries.projects(request.organisation.pk).filter(pk=project_id).first()
    if project is None:
        raise Http404
    initial = {name: getattr(project, name) for name in ProjectForm.base_fields}
    form = ProjectForm(request.POST) if request.method == "POST" else ProjectForm(initial=initial)
    return _form_page(request, form, project)


def _form_page(request: MemberRequest, form: ProjectForm, project: Project | None) -> HttpResponse:
    if form.is_valid():
        given: dict[str, Any] = {"organisation_id": request.organisation.pk, "actor": request.actor}
        try:
            if project is None:
                operations.create_project(**given, at=timezone.now(), **form.cleaned_data)
            else:
                operations.update_project(
                    **given, project_id=project.pk, at=timezone.now(), **form.cleaned_data
                )
        except LedgerError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("projects", request.organisation.pk)
    context = {"form": form, "project": project}
    status = 422 if form.is_bound else 200
    return render(request, "ledger/project.html", context, status=status)
