"""Dates as the known clients of this API write them: ISO, slashed, mixed or day first. Pure."""

from __future__ import annotations

import datetime as dt
import re

YEAR_FIRST = re.compile(r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ].*)?$")
DAY_FIRST = re.compile(r"^(\d{1,2})[-/](\d{1,2})[-/](\d{4})$")


def lenient_date(text: str) -> dt.date | None:
    """The date that was meant, or None where the text is no date."""
    text = text.strip()
    found = YEAR_FIRST.match(text)
    if found:
        year, month, day = found.groups()
    else:
        found = DAY_FIRST.match(text)
        if not found:
            return None
        day, month, year = found.groups()
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
