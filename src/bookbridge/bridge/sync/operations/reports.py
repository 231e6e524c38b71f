"""The source's own reports, read before and after a refresh."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

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


def read_reports_before(*, session: SourceSession, refresh: Refresh) -> None:
    """Keep the reports as they stand before the first list of a full refresh is read."""
    if not refresh.is_full or refresh.reports_before is not None:
        return
    as_of = session.request.today
    stored = read_reports(session, as_of)
    with client_scope(session.place.client_id):
        Refresh.objects.filter(client_id=session.place.client_id, id=refresh.id).update(
            reports_before=stored, as_of=as_of
        )


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
