"""API: projects, and the income and costs that are tagged to them."""

from __future__ import annotations

from collections.abc import Collection

from django.http.response import HttpResponseBase
from django.urls import path

from bookbridge.books.api import sql
from bookbridge.books.api.endpoint import Call, endpoint
from bookbridge.books.api.errors import NotFoundError
from bookbridge.books.api.fields import body_of
from bookbridge.books.api.listing import Listing, Part
from bookbridge.books.api.rendering import money, resource_object, short_list
from bookbridge.books.ledger import queries
from bookbridge.books.ledger.models import (
    EXPENSE_CATEGORIES,
    INCOME_CATEGORIES,
    Posting,
)
from bookbridge.books.ledger.operations import create_project, update_project

PROJECT = Part(
    table="ledger_project",
    item=sql.resource(
        "projects",
        {
            "name": "d.name",
            "status": "d.status",
            "date-started": "d.date_started",
            "updated-at": sql.moment("d.updated_at"),
        },
    ),
)


def projects(call: Call) -> Listing:
    return Listing(call.company_id, [PROJECT])


def list_projects(call: Call) -> HttpResponseBase:
    return projects(call).respond(call.request)


def show_project(call: Call, project_id: int) -> HttpResponseBase:
    return projects(call).one(project_id)


def make_project(call: Call) -> HttpResponseBase:
    body = body_of(call.request, "project")
    name, status = body.text("name", required=True), body.text("status", "Open")
    started = body.date("date_started")
    body.check()
    project = create_project(
        organisation_id=call.company_id,
        name=name,
        status=status.capitalize(),
        date_started=started,
        actor=call.actor,
        at=call.at,
    )
    return projects(call).one(project.pk, status=201)


def change_project(call: Call, project_id: int) -> HttpResponseBase:
    projects(call).one(project_id)
    body = body_of(call.request, "project")
    name = body.text("name") if "name" in body else None
    status = body.text("status").capitalize() if "status" in body else None
    started = body.date("date_started")
    body.check()
    update_project(
        organisation_id=call.company_id,
        project_id=project_id,
        name=name,
        status=status,
        date_started=started,
        actor=call.actor,
        at=call.at,
    )
    return projects(call).one(project_id)


def income(call: Call, project_id: int) -> HttpResponseBase:
    return _transactions(call, project_id, INCOME_CATEGORIES)


def expenses(call: Call, project_id: int) -> HttpResponseBase:
    return _transactions(call, project_id, EXPENSE_CATEGORIES)


def _transactions(call: Call, project_id: int, categories: Collection[str]) -> HttpResponseBase:
    """Oldest first; income is positive and costs are negative, net of VAT."""
    if not queries.projects(call.company_id).filter(pk=project_id).exists():
        raise NotFoundError
    postings = (
        Posting.objects.select_related("entry", "account")
        .filter(
            organisation_id=call.company_id,
            project_id=project_id,
            account__category__in=categories,
        )
        .order_by("date", "entry_id", "position")
    )
    return short_list(
        call.request,
        [
            resource_object(
                "project-transactions",
                f"{posting.entry_id}-{posting.position}",
                {
                    "date": posting.date.isoformat(),
                    "description": posting.entry.description,
                    "total-amount": money(-posting.amount),
                    "nominal-account-id": str(posting.account_id),
                    "journal-entry-id": str(posting.entry_id),
                },
            )
            for posting in postings
        ],
    )


C = "companies/<int:company_id>/projects"
urlpatterns = [
    path(C, endpoint(get=list_projects, post=make_project)),
    path(C + "/<int:project_id>", endpoint(get=show_project, patch=change_project)),
    path(C + "/<int:project_id>/income_transactions", endpoint(get=income)),
    path(C + "/<int:project_id>/expense_transactions", endpoint(get=expenses)),
]
