"""Making and changing projects."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from bookbridge.books.ledger.errors import ProjectInvalidError, UnknownProjectError
from bookbridge.books.ledger.models import Project
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope


def create_project(
    *,
    organisation_id: int,
    name: str,
    status: str = Project.Status.OPEN,
    date_started: dt.date | None = None,
    actor: Actor,
    at: dt.datetime,
) -> Project:
    """Start a project; raises ProjectInvalidError."""
    with organisation_scope(organisation_id):
        return Project.objects.create(
            organisation_id=organisation_id,
            name=_checked_name(name),
            status=_checked_status(status),
            date_started=date_started,
            created_at=at,
            updated_at=at,
        )


def update_project(
    *,
    organisation_id: int,
    project_id: int,
    name: str | None = None,
    status: str | None = None,
    date_started: dt.date | None = None,
    actor: Actor,
    at: dt.datetime,
) -> Project:
    """Change what is given; raises UnknownProjectError and ProjectInvalidError."""
    with organisation_scope(organisation_id):
        project = (
            Project.objects.select_for_update(no_key=True)
            .filter(organisation_id=organisation_id, pk=project_id)
            .first()
        )
        if project is None:
            raise UnknownProjectError(project_id)
        if name is not None:
            project.name = _checked_name(name)
        if status is not None:
            project.status = _checked_status(status)
        if date_started is not None:
            project.date_started = date_started
        project.updated_at = at
        project.save()
        return project


def _checked_name(name: str) -> str:
    if not name.strip() or len(name.strip()) > 200:
        raise ProjectInvalidError("name", _("Give the project a name of up to 200 letters."))
    return name.strip()


def _checked_status(status: str) -> str:
    for known in Project.Status.values:
        if known.lower() == status.strip().lower():
            return str(known)
    raise ProjectInvalidError("status", _("A project is Open or Closed."))
