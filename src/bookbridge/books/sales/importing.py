"""Reads a file of sales history twice: first to check and count, then to hand out documents. Pure.

The lines of one document need not be adjacent, so a document is complete when it has as many lines
as the first reading counted. Only documents between their first and last line are in memory.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path

from bookbridge.books.sales.import_layout import (
    ADJUSTMENT,
    CREDIT_NOTE,
    CellError,
    Layout,
    Problem,
    SalesRow,
    read_layout,
)
from bookbridge.books.tax.rules import line_net

GZIP_MAGIC = b"\x1f\x8b"
PROBLEMS_MAX = 20
LINE_LENGTH_MAX = 1_000_000
DIGEST_BYTES = 16
ZERO = Decimal(0)


class SalesFileError(Exception):
    """The file cannot be imported; nothing was changed. `problems` say where and why."""

    code = "sales_file_refused"

    def __init__(self, sentence: str, problems: list[Problem] | None = None) -> None:
        self.problems = problems or []
        super().__init__("\n".join([sentence, *(f"  {problem}" for problem in self.problems)]))


@dataclass(slots=True)
class DocumentHead:
    """What the first reading knows of a document."""

    kind: str
    date: dt.date
    customer: str
    first_line: int
    line_count: int
    digest: bytes
    total: Decimal = ZERO

    @property
    def fingerprint(self) -> bytes:
        """The same for the same content; the books keep of an adjustment only its amount."""
        if self.kind == ADJUSTMENT:
            return adjustment_digest(first_digest(self.kind, self.date, ""), self.total)
        return self.digest


@dataclass(frozen=True, slots=True)
class CustomerSeen:
    """A customer as the file first names it."""

    reference: str
    name: str
    country: str


@dataclass(slots=True)
class Survey:
    """The first reading of a file: its documents, its customers, and what is wrong with it."""

    layout: Layout
    heads: dict[str, DocumentHead] = field(default_factory=dict)
    customers: dict[str, CustomerSeen] = field(default_factory=dict)
    line_count: int = 0


@dataclass(frozen=True, slots=True)
class SalesDocument:
    """One document with all its lines, in the order of the file."""

    number: str
    head: DocumentHead
    rows: list[SalesRow]


class SalesFile:
    """A CSV file, plain or gzipped, in UTF-8."""

    def __init__(self, path: Path, mapping: Mapping[str, str]) -> None:
        self.path, self.mapping = path, mapping

    def survey(self) -> Survey:
        """Check every line and count the lines of each document; raises SalesFileError."""
        problems: list[Problem] = []
        with self._rows() as rows:
            survey = Survey(self._layout(rows))
            for line, row in rows:
                if not any(row):
                    continue
                try:
                    _add(survey, line, survey.layout.read(row))
                except CellError as error:
                    problems.append(survey.layout.problem(line, error))
                if len(problems) >= PROBLEMS_MAX:
                    break
        if problems:
            more = " at least" if len(problems) >= PROBLEMS_MAX else ""
            raise SalesFileError(
                f"Nothing was imported: {self.path.name} has{more} {len(problems)} problem(s).",
                problems,
            )
        if not survey.heads:
            raise SalesFileError(f"{self.path.name} has no lines below its header.")
        return survey

    def documents(self, survey: Survey) -> Iterator[SalesDocument]:
        """Every document of a surveyed file, each as soon as its last line is read."""
        waiting: dict[str, list[SalesRow]] = {}
        with self._rows() as rows:
            self._layout(rows)
            for _line, cells in rows:
                if not any(cells):
                    continue
                row = survey.layout.read(cells)
                held = waiting.setdefault(row.number, [])
                held.append(row)
                head = survey.heads[row.number]
                if len(held) == head.line_count:
                    yield SalesDocument(row.number, head, waiting.pop(row.number))

    def _layout(self, rows: Iterator[tuple[int, list[str]]]) -> Layout:
        _line, header = next(rows, (0, []))
        try:
            return read_layout(header, self.mapping)
        except ValueError as error:
            raise SalesFileError(f"{self.path.name}: {error}") from error

    @contextmanager
    def _rows(self) -> Iterator[Iterator[tuple[int, list[str]]]]:
        try:
            with (
                self.path.open("rb") as raw,
                _unzipped(raw) as plain,
                io.TextIOWrapper(plain, encoding="utf-8-sig", newline="") as text,
            ):
                yield self._numbered(text)
        except OSError as error:
            raise SalesFileError(f"{self.path} cannot be read: {error}.") from error

    def _numbered(self, text: io.TextIOWrapper) -> Iterator[tuple[int, list[str]]]:
        csv.field_size_limit(LINE_LENGTH_MAX)
        reader = csv.reader(text, strict=True)
        try:
            for row in reader:
                yield reader.line_num, row
        except UnicodeDecodeError as error:
            raise SalesFileError(
                f"{self.path.name} is not UTF-8 text after line {reader.line_num}."
            ) from error
        except csv.Error as error:
            raise SalesFileError(
                f"{self.path.name} is not CSV at line {reader.line_num}: {error}."
            ) from error
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise SalesFileError(f"{self.path.name} is a broken gzip file: {error}.") from error


def _unzipped(raw: io.BufferedReader) -> io.BufferedReader | gzip.GzipFile:
    return gzip.GzipFile(fileobj=raw) if raw.peek(2)[:2] == GZIP_MAGIC else raw


def first_digest(kind: str, date: dt.date, customer: str) -> bytes:
    """The fingerprint of a document without lines."""
    text = f"{kind}\x1f{date.isoformat()}\x1f{customer}"
    return blake2b(text.encode(), digest_size=DIGEST_BYTES).digest()


def next_digest(before: bytes, description: str, quantity: Decimal, price: Decimal) -> bytes:
    """The fingerprint with one more line; the same from a file and from the books."""
    text = f"{description}\x1f{quantity:.4f}\x1f{price:.4f}"
    return blake2b(before + text.encode(), digest_size=DIGEST_BYTES).digest()


def adjustment_digest(before: bytes, amount: Decimal) -> bytes:
    return next_digest(before, "", Decimal(1), amount)


def booked_quantity(kind: str, quantity: Decimal) -> Decimal:
    """Credit notes are negative in files and positive in the books."""
    return -quantity if kind == CREDIT_NOTE else quantity


def _add(survey: Survey, line: int, row: SalesRow) -> None:
    survey.line_count += 1
    head = survey.heads.get(row.number)
    if head is None:
        head = survey.heads[row.number] = DocumentHead(
            kind=row.kind,
            date=row.date,
            customer=row.customer,
            first_line=line,
            line_count=0,
            digest=first_digest(row.kind, row.date, row.customer),
        )
    _refuse_contradiction(head, row)
    head.line_count += 1
    head.total += line_net(row.quantity, row.price)
    quantity = booked_quantity(row.kind, row.quantity)
    head.digest = next_digest(head.digest, row.description, quantity, row.price)
    if row.kind != ADJUSTMENT and row.customer not in survey.customers:
        survey.customers[row.customer] = CustomerSeen(row.customer, row.customer_name, row.country)


def _refuse_contradiction(head: DocumentHead, row: SalesRow) -> None:
    """A document has one date, one customer and one kind."""
    where = f"but document {row.number} began at line {head.first_line} with"
    if row.date != head.date:
        raise CellError("date", row.date.isoformat(), f"{where} {head.date.isoformat()}")
    if row.customer != head.customer:
        raise CellError("customer", row.customer, f"{where} “{head.customer}”")
    if row.kind != head.kind:
        raise CellError("kind", row.kind, f"{where} {head.kind}")
