"""`asOf`: reading what was known at a past time instead of what is known now."""

from __future__ import annotations

import datetime as dt
import re

from django.db.models import Min
from django.utils.translation import gettext as _

from bookbridge.bridge.api.description import Parameter
from bookbridge.bridge.api.endpoint import Call
from bookbridge.bridge.api.errors import bad_request, not_found
from bookbridge.bridge.api.replies import moment
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.datatypes import DatasetStatus, DataType
from bookbridge.bridge.sync.models import Dataset

AS_OF = Parameter(
    "asOf",
    str,
    "What was known at this past time (2026-01-31T12:00:00Z), or at the end of this day, UTC "
    "(2026-01-31); what is known now when absent.",
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ENDS_WITH_LOST_PLUS = re.compile(r" (?=\d\d:?\d\d$)", re.ASCII)


def as_of(call: Call) -> dt.datetime | None:
    """The time that a request asks for; None for now. Raises a 400."""
    text = call.parameter("asOf")
    if not text:
        return None
    at = _end_of_day(text, call.at) if _DAY.fullmatch(text) else _moment(text)
    if at > call.at:
        raise bad_request(
            _("asOf is in the future: %(at)s. Nobody knows yet what will be known then.")
            % {"at": moment(at)}
        )
    return at


def _end_of_day(text: str, now: dt.datetime) -> dt.datetime:
    """The last instant of a day; of today, what there has been of it."""
    start = _moment(text)
    if start > now:
        return start
    return min(start + dt.timedelta(days=1) - dt.timedelta(microseconds=1), now)


def _moment(text: str) -> dt.datetime:
    try:
        # A '+' of an offset arrives as a space where the caller forgot to encode it.
        at = dt.datetime.fromisoformat(_ENDS_WITH_LOST_PLUS.sub("+", text))
        return at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise bad_request(
            _("asOf is a time (2026-01-31T12:00:00Z) or a day (2026-01-31), not '%(text)s'.")
            % {"text": text[:40]}
        ) from error


def check_known(source: Connection, data_type: DataType, at: dt.datetime | None) -> None:
    """Refuses a report of a time before its data were first read: it would show nothing as if there
    had been nothing. Raises a 404."""
    if at is None:
        return
    first = Dataset.objects.filter(
        client_id=source.client_id,
        company_id=source.company_id,
        connection_id=source.id,
        data_type=data_type.value,
        status=DatasetStatus.COMPLETE,
    ).aggregate(first=Min("completed_at"))["first"]
    if first is None or at < first:
        raise not_found(
            _("Nothing was known of %(data_type)s at %(at)s: it was first read at %(first)s.")
            % {"data_type": data_type.value, "at": moment(at), "first": moment(first) or "-"}
        )
