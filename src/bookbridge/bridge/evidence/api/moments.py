"""Times that callers give."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from bookbridge.bridge.api.errors import bad_request


def moment_of(name: str, text: str | None) -> dt.datetime | None:
    """A time, or the end of a day, in UTC unless it says otherwise; raises a 400."""
    if not text:
        return None
    try:
        at = dt.datetime.fromisoformat(text.replace(" ", "+"))
        if len(text) == len("2026-01-31"):
            at = at.replace(hour=23, minute=59, second=59, microsecond=999999)
        return at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise bad_request(
            _("%(name)s is a date or a time such as 2026-01-31T12:00:00Z.") % {"name": name}
        ) from error
