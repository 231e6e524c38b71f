"""Financial years: pure date arithmetic."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FinancialYear:
    """A year of the books, both days included."""

    start: dt.date
    end: dt.date


def anniversary(start: dt.date, year: int) -> dt.date:
    """The same day of another year; 29 February becomes 1 March where there is none."""
    try:
        return start.replace(year=year)
    except ValueError:
        return dt.date(year, 3, 1)


def financial_year(first_start: dt.date, date: dt.date) -> FinancialYear:
    """The year holding `date`, for books whose years begin on anniversaries of `first_start`."""
    start = anniversary(first_start, date.year)
    if start > date:
        start = anniversary(first_start, date.year - 1)
    following = anniversary(first_start, start.year + 1)
    return FinancialYear(start=start, end=following - dt.timedelta(days=1))
