"""Periods as people write them: `this quarter`, `last year`, `1/4-30/6`, `mar 2026`. Pure.

Years and quarters are those of the organisation's financial year.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from bookbridge.books.organisations.years import FinancialYear, financial_year

MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_abbr) if name}
YEAR_MIN, YEAR_MAX = 1900, 9990
DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?")
ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
RANGE = re.compile(r"\s*(?:\bto\b|\.\.|\N{EN DASH}|\s-\s|-)\s*")
QUARTER = re.compile(r"q([1-4])(?:\s+(\d{4}))?")
MONTH = re.compile(r"([a-z]{3})[a-z]*(?:\s+(\d{4}))?")


@dataclass(frozen=True, slots=True)
class Period:
    """Some days, both ends included."""

    start: dt.date
    end: dt.date


class PeriodUnclearError(ValueError):
    """The words name no period."""

    code = "period_unclear"


def parse_period(text: str, *, today: dt.date, first_year_start: dt.date) -> Period:
    """The period that the words mean; raises PeriodUnclearError."""
    words = " ".join(text.lower().split())
    year = financial_year(first_year_start, today)
    try:
        found = (
            _named(words, today, first_year_start, year)
            or _quarter(words, first_year_start, today)
            or _month(words, today)
            or _year(words, first_year_start)
            or _range(words, today)
        )
    except ValueError as error:
        raise PeriodUnclearError(text) from error
    if found is None or found.end < found.start:
        raise PeriodUnclearError(text)
    return found


def _named(words: str, today: dt.date, first: dt.date, year: FinancialYear) -> Period | None:
    day = dt.timedelta(days=1)
    if words in {"today", "yesterday"}:
        date = today if words == "today" else today - day
        return Period(date, date)
    if words in {"all", "everything"}:
        return Period(dt.date(YEAR_MIN, 1, 1), dt.date(YEAR_MAX, 12, 31))
    if words in {"this year", "last year", "next year"}:
        at = {"this": today, "last": year.start - day, "next": year.end + day}[words[:4]]
        whole = financial_year(first, at)
        return Period(whole.start, whole.end)
    if words == "year to date":
        return Period(year.start, today)
    if words in {"this month", "last month"}:
        month = month_holding(today)
        return month if words == "this month" else month_holding(month.start - day)
    if words in {"this quarter", "last quarter"}:
        quarter = quarter_holding(first, today)
        return quarter if words == "this quarter" else quarter_holding(first, quarter.start - day)
    return None


def month_holding(date: dt.date) -> Period:
    last = calendar.monthrange(date.year, date.month)[1]
    return Period(date.replace(day=1), date.replace(day=last))


def add_months(date: dt.date, count: int) -> dt.date:
    """The same day some months on, or the last day of that month."""
    month = date.month - 1 + count
    year, month = date.year + month // 12, month % 12 + 1
    return dt.date(year, month, min(date.day, calendar.monthrange(year, month)[1]))


def quarter_holding(first_year_start: dt.date, date: dt.date) -> Period:
    """The quarter of the financial year that holds a day."""
    start = financial_year(first_year_start, date).start
    quarters = [_nth_quarter(start, n) for n in range(4)]
    return next(q for q in reversed(quarters) if q.start <= date)


def _nth_quarter(year_start: dt.date, n: int) -> Period:
    after = add_months(year_start, 3 * n + 3)
    return Period(add_months(year_start, 3 * n), after - dt.timedelta(days=1))


def _quarter(words: str, first: dt.date, today: dt.date) -> Period | None:
    """`q2`, or `q2 2026`: of the financial year that ends in 2026."""
    found = QUARTER.fullmatch(words)
    if not found:
        return None
    at = _year(found[2], first) if found[2] else None
    start = at.start if at else financial_year(first, today).start
    return _nth_quarter(start, int(found[1]) - 1)


def _month(words: str, today: dt.date) -> Period | None:
    """`mar 2026`, or `march`: the latest one that has begun."""
    found = MONTH.fullmatch(words)
    if not found or found[1] not in MONTHS:
        return None
    month = MONTHS[found[1]]
    year = int(found[2]) if found[2] else today.year - (month > today.month)
    return month_holding(dt.date(year, month, 1))


def _year(words: str, first: dt.date) -> Period | None:
    """`2026`: the financial year that ends in 2026."""
    if not re.fullmatch(r"\d{4}", words) or not YEAR_MIN < int(words) < YEAR_MAX:
        return None
    ends_on_same_year = first.month == 1 and first.day == 1
    at = dt.date(int(words) - (not ends_on_same_year), first.month, min(first.day, 28))
    if first.day > 28:
        at += dt.timedelta(days=4)
    whole = financial_year(first, at)
    return Period(whole.start, whole.end)


def _range(words: str, today: dt.date) -> Period | None:
    """`1/4-30/6`, `1/4/2025 to 31/3/2026`, `2026-01-01..2026-03-31`, or one day."""
    days = _days(words, today)
    if not days:
        return None
    return Period(days[0], days[-1])


def _days(words: str, today: dt.date) -> list[dt.date]:
    iso = ISO_DAY.findall(words)
    if iso:
        rest = RANGE.sub("", ISO_DAY.sub("", words)).strip()
        return [] if rest or len(iso) > 2 else [dt.date(*map(int, parts)) for parts in iso]
    parts = RANGE.split(words)
    found = [DAY.fullmatch(part) for part in parts]
    if len(parts) > 2 or not all(found):
        return []
    last_year = _written_year(found[-1][3], today.year) if found[-1] else today.year
    days = [dt.date(_written_year(m[3], last_year), int(m[2]), int(m[1])) for m in found if m]
    if len(days) == 2 and days[0] > days[1] and found[0] and not found[0][3]:
        # `1/10-31/3` begins in the year before the one in which it ends.
        days[0] = days[0].replace(year=days[0].year - 1)
    return days


def _written_year(text: str | None, otherwise: int) -> int:
    if not text:
        return otherwise
    return int(text) if len(text) == 4 else 2000 + int(text)
