"""What makes an entry worth a second look: rules about dates, changes and numbers, all pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bookbridge.bridge.records.differences import FieldChange, differences

# A month is reported a while after it ends; entries that arrive in between are daily work.
GRACE = dt.timedelta(days=30)
# Two years back is far back, whatever the year-ends are.
LONG_AGO = dt.timedelta(days=365)
CHANGES_TOLD_MAX = 20
# Fields by which a document says something else than it did. What follows when it is paid (its
# open amount, its allocations, its status) is daily work and not among them.
TOLD = (
    "/issueDate",
    "/date",
    "/postedOn",
    "/currency",
    "/currencyRate",
    "/subTotal",
    "/taxAmount",
    "/totalTaxAmount",
    "/totalAmount",
    "/lineItems/*/subTotal",
    "/lineItems/*/taxAmount",
    "/lineItems/*/totalAmount",
    "/lineItems/*/accountRef/id",
    "/journalLines/*/netAmount",
    "/journalLines/*/accountRef/id",
    "/from/amount",
    "/to/amount",
)
PUT_ASIDE = frozenset({"Void", "Draft"})


@dataclass(frozen=True)
class Gap:
    """Numbers that are missing between two that are there."""

    prefix: str
    first: int
    last: int
    width: int
    before_id: str
    after_id: str

    @property
    def count(self) -> int:
        return self.last - self.first + 1

    def written(self, number: int) -> str:
        return f"{self.prefix}{number:0{self.width}d}"


def reporting_date(business_date: dt.date) -> dt.date:
    """The end of the month in which an entry is dated."""
    following = (business_date.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return following - dt.timedelta(days=1)


def was_reported(business_date: dt.date, at: dt.datetime) -> bool:
    """Whether the month of this date counted as closed and reported at this time."""
    return at.date() > reporting_date(business_date) + GRACE


def weight(business_date: dt.date, at: dt.datetime, year_end: dt.date | None) -> str:
    """How much a late change weighs: most if a whole financial year was over and reported."""
    if at.date() - business_date > LONG_AGO:
        return "high"
    if year_end is not None and business_date <= year_end and at.date() > year_end + GRACE:
        return "high"
    return "medium"


def last_year_end(year_start: dt.date | None, at: dt.datetime) -> dt.date | None:
    """The last day of the financial year that ended last, if it is known when years begin."""
    if year_start is None:
        return None
    day = min(year_start.day, 28)
    start = dt.date(at.year, year_start.month, day)
    if start > at.date():
        start = dt.date(at.year - 1, year_start.month, day)
    return start - dt.timedelta(days=1)


def told_changes(before: Any, after: Any) -> list[FieldChange]:
    """Changes by which a document says something else than it did."""
    found = []
    for change in differences(before, after):
        if change.field == "/status":
            if PUT_ASIDE & {change.before, change.after}:
                found.append(change)
        elif change.field in TOLD and not _is_same_figure(change.before, change.after):
            found.append(change)
    return found[:CHANGES_TOLD_MAX]


def _is_same_figure(before: Any, after: Any) -> bool:
    numbers = (Decimal, int)
    return isinstance(before, numbers) and isinstance(after, numbers) and before == after


def gaps(numbered: Iterable[tuple[str, int, int, str]]) -> Iterator[Gap]:
    """What is missing in (prefix, number, width, record id), which come in order."""
    last: tuple[str, int, int, str] | None = None
    for one in numbered:
        if last is not None and last[0] == one[0] and one[1] > last[1] + 1:
            yield Gap(one[0], last[1] + 1, one[1] - 1, one[2], last[3], one[3])
        last = one


def business_date_of(body: Mapping[str, Any]) -> dt.date | None:
    """The date of a record by whichever name its type has for it."""
    for field in ("issueDate", "date", "postedOn"):
        text = body.get(field)
        if isinstance(text, str):
            return dt.date.fromisoformat(text[:10])
    return None
