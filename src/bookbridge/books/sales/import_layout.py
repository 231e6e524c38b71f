"""What the columns of a sales file mean, and how one row reads. Pure.

A file says its layout by its header. Two are known without being told: our own, whose columns are
called like FIELDS, and RETAIL, the public year of an online retailer. Any other is mapped column by
column.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from bookbridge.books.contacts.rules import COUNTRY_CODES

NUMBER, DATE, PRICE = "number", "date", "price"
REQUIRED = (NUMBER, DATE, PRICE)
FIELDS = (
    NUMBER,
    DATE,
    "kind",
    "customer",
    "customer_name",
    "country",
    "item",
    "description",
    "quantity",
    PRICE,
)
RETAIL = {
    "Invoice": NUMBER,
    "StockCode": "item",
    "Description": "description",
    "Quantity": "quantity",
    "InvoiceDate": DATE,
    "Price": PRICE,
    "Customer ID": "customer",
    "Country": "country",
}

INVOICE, CREDIT_NOTE, ADJUSTMENT = "INVOICE", "CREDIT_NOTE", "ADJUSTMENT"
KIND_WORDS = {
    "": INVOICE,
    "invoice": INVOICE,
    "credit note": CREDIT_NOTE,
    "credit_note": CREDIT_NOTE,
    "creditnote": CREDIT_NOTE,
    "adjustment": ADJUSTMENT,
}
# The retailer's first letters; everything else is an invoice.
KIND_LETTERS = {"C": CREDIT_NOTE, "A": ADJUSTMENT}

NUMBER_LENGTH_MAX = 60
REFERENCE_LENGTH_MAX = 60
NAME_LENGTH_MAX = 200
DESCRIPTION_LENGTH_MAX = 1000
FIGURE_MAX = Decimal(10) ** 11
FIGURE_PLACES = Decimal("0.0001")
BRITISH_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
# Spreadsheets write the whole number of a customer as a fraction.
FRACTIONAL_ID = re.compile(r"\d+\.0")

COUNTRY_NAMES = {
    "australia": "AU", "austria": "AT", "bahrain": "BH", "belgium": "BE", "bermuda": "BM",
    "brazil": "BR", "canada": "CA", "china": "CN", "cyprus": "CY", "czech republic": "CZ",
    "denmark": "DK", "eire": "IE", "finland": "FI", "france": "FR", "germany": "DE",
    "greece": "GR", "hong kong": "HK", "iceland": "IS", "india": "IN", "ireland": "IE",
    "israel": "IL", "italy": "IT", "japan": "JP", "korea": "KR", "lebanon": "LB",
    "lithuania": "LT", "malta": "MT", "netherlands": "NL", "new zealand": "NZ", "nigeria": "NG",
    "norway": "NO", "poland": "PL", "portugal": "PT", "rsa": "ZA", "saudi arabia": "SA",
    "singapore": "SG", "south africa": "ZA", "spain": "ES", "sweden": "SE", "switzerland": "CH",
    "thailand": "TH", "uk": "GB", "united arab emirates": "AE", "united kingdom": "GB",
    "united states": "US", "usa": "US",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file: where, what stands there, and why it cannot be."""

    line: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: “{self.value}” {self.reason}"


class CellError(ValueError):
    """A cell cannot be read; the layout adds the line and the column's name."""

    def __init__(self, field: str, value: str, reason: str) -> None:
        self.field, self.value, self.reason = field, value, reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class SalesRow:
    """One line of one document as the file has it: signed, before any booking."""

    number: str
    kind: str
    date: dt.date
    customer: str
    customer_name: str
    country: str
    description: str
    quantity: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each field stands in a row."""

    columns: Mapping[str, int]
    names: Mapping[str, str]
    has_kind_letters: bool

    def cell(self, row: Sequence[str], field: str) -> str:
        index = self.columns.get(field)
        return row[index].strip() if index is not None and index < len(row) else ""

    def read(self, row: Sequence[str]) -> SalesRow:
        """The row's values; raises CellError for the first that cannot be."""
        number = self._text(row, NUMBER, NUMBER_LENGTH_MAX)
        if not number:
            raise CellError(NUMBER, "", "is missing: every line names its document")
        item = self.cell(row, "item")
        description = " ".join(word for word in (item, self.cell(row, "description")) if word)
        customer = self._text(row, "customer", REFERENCE_LENGTH_MAX)
        if FRACTIONAL_ID.fullmatch(customer):
            customer = customer[:-2]
        quantity = self.cell(row, "quantity")
        return SalesRow(
            number=number,
            kind=self._kind(row, number),
            date=read_date(self.cell(row, DATE)),
            customer=customer,
            customer_name=self._text(row, "customer_name", NAME_LENGTH_MAX),
            country=read_country(self.cell(row, "country")),
            description=description[:DESCRIPTION_LENGTH_MAX],
            quantity=read_figure("quantity", quantity) if quantity else Decimal(1),
            price=read_figure(PRICE, self.cell(row, PRICE)),
        )

    def problem(self, line: int, error: CellError) -> Problem:
        name = self.names.get(error.field, error.field)
        return Problem(line=line, column=name, value=error.value, reason=error.reason)

    def _kind(self, row: Sequence[str], number: str) -> str:
        if self.has_kind_letters:
            return KIND_LETTERS.get(number[0], INVOICE)
        word = self.cell(row, "kind")
        kind = KIND_WORDS.get(word.lower())
        if kind is None:
            raise CellError("kind", word, "is none of invoice, credit note, adjustment")
        return kind

    def _text(self, row: Sequence[str], field: str, length_max: int) -> str:
        text = self.cell(row, field)
        if len(text) > length_max:
            raise CellError(field, text, f"is longer than {length_max} letters")
        return text


def read_layout(header: Sequence[str], mapping: Mapping[str, str]) -> Layout:
    """The layout of a file with this header; `mapping` is from column to field.

    Raises ValueError with a sentence for people.
    """
    names = [name.strip() for name in header]
    is_retail = not mapping and set(RETAIL) <= set(names)
    if is_retail:
        fields = dict(RETAIL)
    else:
        fields = {name: name.lower() for name in names if name.lower() in FIELDS}
        fields.update(mapping)
    for column, field in fields.items():
        if field not in FIELDS:
            raise ValueError(f"“{field}” is not a field. The fields are {', '.join(FIELDS)}.")
        if column not in names:
            raise ValueError(f"There is no column “{column}”. The file has: {', '.join(names)}.")
    columns = {field: names.index(column) for column, field in fields.items()}
    missing = [field for field in REQUIRED if field not in columns]
    if missing:
        raise ValueError(
            f"No column says the {' or the '.join(missing)} of a line. The file has: "
            f"{', '.join(names)}. Name them with --map COLUMN=FIELD."
        )
    by_field = {field: column for column, field in fields.items()}
    return Layout(columns=columns, names=by_field, has_kind_letters=is_retail)


def read_date(text: str) -> dt.date:
    """A day, with or without a time: 2026-01-31 or 31/01/2026."""
    try:
        british = BRITISH_DATE.match(text)
        if british:
            day, month, year = (int(part) for part in british.groups())
            return dt.date(year, month, day)
        return dt.date.fromisoformat(text[:10])
    except ValueError as error:
        raise CellError(DATE, text, "is not a date; write 2026-01-31 or 31/01/2026") from error


def read_figure(field: str, text: str) -> Decimal:
    """A signed figure with up to four decimals; thousands may be parted with commas."""
    try:
        figure = Decimal(text.replace(",", ""))
    except InvalidOperation as error:
        raise CellError(field, text, "is not a number") from error
    if not figure.is_finite() or abs(figure) >= FIGURE_MAX:
        raise CellError(field, text, "is too large a number")
    if figure != figure.quantize(FIGURE_PLACES):
        raise CellError(field, text, "has more than four decimals")
    return figure


def read_country(text: str) -> str:
    """The two letters of a country, or nothing for a name that we do not know."""
    if text.upper() in COUNTRY_CODES:
        return text.upper()
    return COUNTRY_NAMES.get(text.lower(), "")
