"""Lists that people search, filter, sort, page through and take away as CSV.

A list is described once, as columns and filters; the URL holds its whole state, so that a view can
be shared and the back button works.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.functional import Promise, cached_property

Row = TypeVar("Row", bound=Model)
Words = str | Promise
PAGE_SIZES = (50, 100, 250)
SEARCH_LENGTH_MAX = 100
CSV_CHUNK = 2000
# A spreadsheet would take a text cell that begins so for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Status:
    """A state in one word and its tone: ok, wait, warn, bad or none."""

    tone: str
    word: Words

    def __str__(self) -> str:
        return str(self.word)


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column: how its value is read, shown and ordered."""

    key: str
    label: Words
    value: Callable[[Row], Any]
    kind: str = "text"
    order: tuple[str, ...] = ()
    href: Callable[[Row], str] | None = None
    is_optional: bool = False
    total: str = ""

    @property
    def css(self) -> str:
        classes = ["num"] if self.kind in {"money", "count"} else []
        if self.kind in {"day", "moment"}:
            classes.append("nowrap")
        if self.is_optional:
            classes.append("table-optional")
        return " ".join(classes)


@dataclass(frozen=True)
class Choice:
    """A filter that is on or off; choices of one `param` exclude each other."""

    param: str
    value: str
    label: Words
    condition: Q


@dataclass(frozen=True)
class Chip:
    """A choice as a link: turns itself on, or off when it is on."""

    label: Words
    href: str
    is_on: bool


@dataclass(frozen=True)
class Cell:
    """A value ready to be shown."""

    value: Any
    kind: str
    css: str
    href: str


@dataclass(frozen=True)
class Heading:
    """A column's head, with the link that sorts by it."""

    label: Words
    css: str
    href: str
    direction: str


@dataclass
class Listing(Generic[Row]):
    """A queryset as a page of rows, by what the request asks for."""

    request: HttpRequest
    rows: QuerySet[Row]
    columns: Sequence[Column[Row]]
    default_sort: str
    search: Sequence[str] = ()
    choices: Sequence[Choice] = ()
    row_href: Callable[[Row], str] | None = None
    row_css: Callable[[Row], str] | None = None
    name: str = "list"
    search_hint: Words = ""
    usual_size: int = PAGE_SIZES[0]
    _chosen: QuerySet[Row] | None = field(default=None, init=False)

    @property
    def query(self) -> QueryDict:
        return self.request.GET

    @property
    def text(self) -> str:
        return self.query.get("q", "").strip()[:SEARCH_LENGTH_MAX]

    @property
    def sort(self) -> str:
        asked = self.query.get("sort", "")
        known = {column.key for column in self.columns if column.order}
        return asked if asked.removeprefix("-") in known else self.default_sort

    @property
    def active(self) -> list[Choice]:
        return [c for c in self.choices if self.query.get(c.param) == c.value]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.active)

    @property
    def chosen(self) -> QuerySet[Row]:
        """Every row that the search and the filters leave, in order."""
        if self._chosen is None:
            rows = self.rows
            if self.text:
                wanted = Q()
                for name in self.search:
                    wanted |= Q(**{f"{name}__icontains": self.text})
                rows = rows.filter(wanted)
            for choice in self.active:
                rows = rows.filter(choice.condition)
            self._chosen = rows.order_by(*self._order())
        return self._chosen

    def _order(self) -> list[str]:
        key, back = self.sort.removeprefix("-"), self.sort.startswith("-")
        column = next(c for c in self.columns if c.key == key)
        sign = "-" if back else ""
        return [f"{sign}{name}" for name in (*column.order, "id")]

    @property
    def size(self) -> int:
        asked = self.query.get("size", "")
        return int(asked) if asked in {str(size) for size in PAGE_SIZES} else self.usual_size

    @cached_property
    def page(self) -> Page[Row]:
        return Paginator(self.chosen, self.size).get_page(self.query.get("page"))

    @property
    def shown(self) -> list[Column[Row]]:
        """The columns that the reader has not hidden; the first always stays."""
        hidden = set(self.query.get("hide", "").split(","))
        return [c for n, c in enumerate(self.columns) if n == 0 or c.key not in hidden]

    def link(self, **changes: str | None) -> str:
        """The list's URL with some of its state changed; None takes a part out."""
        query = self.query.copy()
        query.pop("page", None)
        for key, value in changes.items():
            if value:
                query[key] = value
            else:
                query.pop(key, None)
        return f"?{query.urlencode()}" if query else self.request.path

    @property
    def chips(self) -> list[Chip]:
        active = self.active
        return [
            Chip(c.label, self.link(**{c.param: None if c in active else c.value}), c in active)
            for c in self.choices
        ]

    @property
    def column_chips(self) -> list[Chip]:
        """The column chooser: a link for each column that shows or hides it."""
        shown = {c.key for c in self.shown}
        out = []
        for column in self.columns[1:]:
            kept = shown ^ {column.key}
            hide = ",".join(c.key for c in self.columns[1:] if c.key not in kept)
            out.append(Chip(column.label, self.link(hide=hide), column.key in shown))
        return out

    @property
    def clear_href(self) -> str:
        return self.link(q=None, **{c.param: None for c in self.choices})

    @property
    def csv_href(self) -> str:
        return self.link(format="csv")

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the search form carries along."""
        return [(k, str(v)) for k, v in self.query.items() if k not in {"q", "page", "format"}]

    @property
    def headings(self) -> list[Heading]:
        words = {"": "ascending", "-": "descending"}
        out = []
        for column in self.shown:
            here = self.sort.removeprefix("-") == column.key
            sign = "-" if self.sort.startswith("-") else ""
            following = f"-{column.key}" if here and not sign else column.key
            href = self.link(sort=following) if column.order else ""
            out.append(Heading(column.label, column.css, href, words[sign] if here else ""))
        return out

    def table(self, rows: Sequence[Row]) -> Iterator[tuple[str, list[Cell]]]:
        """Each row's class and cells; the first cell links to the row's own page."""
        for row in rows:
            cells = []
            for n, column in enumerate(self.shown):
                link = self.row_href if n == 0 and self.row_href else column.href
                href = link(row) if link else ""
                cells.append(Cell(column.value(row), column.kind, column.css, href))
            yield (self.row_css(row) if self.row_css else ""), cells

    @property
    def totals(self) -> list[Cell]:
        """The sums of the columns that have one, over all chosen rows; empty without any."""
        sums = {c.key: Sum(c.total) for c in self.shown if c.total}
        if not sums:
            return []
        found = self.chosen.order_by().aggregate(**sums)
        return [
            Cell(found.get(c.key, "") if c.total else "", c.kind, c.css, "") for c in self.shown
        ]

    def csv(self) -> HttpResponse:
        """Exactly what is shown, all pages of it; figures without separators."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([str(c.label) for c in self.shown])
        for row in self.chosen.iterator(CSV_CHUNK):
            writer.writerow([plain(c.value(row)) for c in self.shown])
        return csv_response(self.name, out.getvalue())


def plain(value: object) -> str:
    """A value as a spreadsheet reads it."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_response(name: str, text: str) -> HttpResponse:
    """A CSV file to keep, with the mark by which spreadsheets know UTF-8."""
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
