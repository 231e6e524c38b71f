"""Planning and ending maintenance."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext as _

from bookbridge.books.organisations.rules import Actor
from bookbridge.books.status.models import REASON_LENGTH_MAX, MaintenanceWindow

WINDOW_LENGTH_MAX = dt.timedelta(days=2)


class MaintenanceWindowError(Exception):
    """These times cannot be planned; the sentence says why."""

    code = "maintenance_window_invalid"


def plan_maintenance(
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    reason: str,
    actor: Actor,
    at: dt.datetime,
) -> MaintenanceWindow:
    """Announce a window; raises MaintenanceWindowError."""
    if ends_at <= starts_at:
        raise MaintenanceWindowError(_("Maintenance must end after it starts."))
    if ends_at <= at:
        raise MaintenanceWindowError(_("This time has already passed."))
    if ends_at - starts_at > WINDOW_LENGTH_MAX:
        raise MaintenanceWindowError(_("Maintenance may last two days at most."))
    reason = reason.strip()
    if not reason:
        raise MaintenanceWindowError(_("Say in a sentence what the maintenance is for."))
    return MaintenanceWindow.objects.create(
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason[:REASON_LENGTH_MAX],
        planned_by=actor.name,
        planned_at=at,
    )


def end_maintenance(*, at: dt.datetime) -> int:
    """End whatever is open now, and return how many windows that were."""
    return MaintenanceWindow.objects.filter(
        Q(ended_early_at__isnull=True) | Q(ended_early_at__gt=at),
        starts_at__lte=at,
        ends_at__gt=at,
    ).update(ended_early_at=at)


def cancel_maintenance(*, window_id: int, at: dt.datetime) -> None:
    """Take back a window that is planned, or end the one that is open."""
    MaintenanceWindow.objects.filter(pk=window_id, ends_at__gt=at).update(ended_early_at=at)
