"""The source's own reports, read before and after a refresh."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from django.utils import timezone

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.contract import SourceReports
from bookbridge.bridge.connectors.errors import (
    NotSupportedError,
    PermanentError,
    SourceShapeError,
)
from bookbridge.bridge.sync.models import Refresh
from bookbridge.bridge.sync.session import SourceSession

UNREADABLE = (NotSupportedError, PermanentError, SourceShapeError)


def read_reports_before(*, session: SourceSession) -> None:
    """Keep the reports as they stand before the lists of a full refresh are read.

    A refresh that was asked for while another is under way shares in what is read from now on.
    """
    place = session.place
    waiting = Refresh.objects.filter(
        client_id=place.client_id,
        connection_id=place.connection_id,
        completed_at=None,
        is_full=True,
        reports_before__isnull=True,
    )
    with client_scope(place.client_id):
        if not waiting.exists():
            return
    as_of, at = session.request.today, timezone.now()
    stored = read_reports(session, as_of)
    with client_scope(place.client_id):
        waiting.update(reports_before=stored, as_of=as_of, reports_at=at)


def read_reports(session: SourceSession, as_of: dt.date) -> dict[str, Any]:
    """The reports as plain JSON, or the reason why the source gives none."""
    try:
        reports = session.connector.read_reports(session.request, as_of)
    except UNREADABLE as error:
        return {"unavailable": str(error)}
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(reports))
    return plain


def reports_of(stored: dict[str, Any]) -> SourceReports:
    """The reports again, from the JSON in which they are kept."""
    return msgspec.convert(stored, SourceReports, strict=False)
