"""Reads about maintenance."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from bookbridge.books.status.models import MaintenanceWindow
from bookbridge.books.status.rules import ServiceState, Window, service_state

HISTORY_SHOWN_MAX = 20


def state_at(at: dt.datetime) -> ServiceState:
    """The state of the service, with all that is planned and the latest of what has been."""
    finished = Coalesce(F("ended_early_at"), F("ends_at"))
    # A window that was ended before it began never happened.
    windows = MaintenanceWindow.objects.annotate(finished=finished).filter(
        finished__gt=F("starts_at")
    )
    coming = windows.filter(finished__gt=at)
    past = windows.filter(finished__lte=at).order_by("-finished")[:HISTORY_SHOWN_MAX]
    return service_state(
        [Window(w.pk, w.starts_at, w.finishes_at, w.reason) for w in (*coming, *past)], at
    )


def open_window(at: dt.datetime) -> Window | None:
    """The window that is open now, if any: one small query, asked on every request."""
    window = (
        MaintenanceWindow.objects.filter(
            Q(ended_early_at__isnull=True) | Q(ended_early_at__gt=at),
            starts_at__lte=at,
            ends_at__gt=at,
        )
        .order_by("-ends_at")
        .first()
    )
    if window is None:
        return None
    return Window(window.pk, window.starts_at, window.finishes_at, window.reason)
