"""Reads a request body or query field by field, and collects every mistake before refusing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bookbridge.books.api.dates import lenient_date
from bookbridge.books.api.errors import BodyTooBigError, InvalidInputError

# Money and prices arrive as JSON numbers or as strings; neither ever becomes a float.
_decoder = msgspec.json.Decoder(float_hook=Decimal)
ROWS_MAX = 5000
TEXT_LENGTH_MAX = 10_000
# What the ledger's columns hold before the point, and the decimals that a price may have.
DIGITS_MAX, DECIMALS_MAX = 12, 12
YEARS = range(1900, 2200)
TRUE_WORDS = frozenset({"true", "1", "yes"})
FALSE_WORDS = frozenset({"false", "0", "no", ""})


class Fields:
    """One object of a body; keys may be written with underscores or dashes."""

    def __init__(
        self,
        values: Mapping[str, Any],
        problems: dict[str, list[str]] | None = None,
        path: str = "",
    ) -> None:
        self.values = {str(key).replace("-", "_"): value for key, value in values.items()}
        self.problems = {} if problems is None else problems
        self.path = path

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def refuse(self, name: str, sentence: str) -> None:
        self.problems.setdefault(self.path + name, []).append(sentence)

    def check(self) -> None:
        """Refuses the whole request if anything that was read is wrong."""
        if self.problems:
            sentences = [
                f"{name}: {sentence}" for name, some in self.problems.items() for sentence in some
            ]
            raise InvalidInputError(*sentences, fields=self.problems)

    def text(self, name: str, default: str = "", *, required: bool = False) -> str:
        value = self.values.get(name)
        if value is None:
            value = default
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            self.refuse(name, _("Write text."))
            return default
        text = str(value).strip()
        if len(text) > TEXT_LENGTH_MAX or "\x00" in text:
            self.refuse(name, _("This text is too long, or has characters that cannot be kept."))
            return default
        if required and not text:
            self.refuse(name, _("This is needed."))
        return text

    def whole(self, name: str, *, required: bool = False) -> int | None:
        value = self.values.get(name)
        if value is None or value == "":
            if required:
                self.refuse(name, _("This is needed."))
            return None
        text = str(value).strip()
        if isinstance(value, bool) or not text.isascii() or not text.isdigit() or len(text) > 18:
            self.refuse(name, _("Write a whole number."))
            return None
        return int(text)

    def number(self, name: str, *, required: bool = False) -> Decimal | None:
        value = self.values.get(name)
        if value is None or value == "":
            if required:
                self.refuse(name, _("This is needed."))
            return None
        try:
            number = Decimal(str(value).strip())
        except InvalidOperation:
            number = Decimal("NaN")
        if isinstance(value, bool) or not _is_usable(number):
            self.refuse(name, _("Write a number, such as 12.50."))
            return None
        return number

    def date(self, name: str, *, required: bool = False) -> dt.date | None:
        value = self.values.get(name)
        if value is None or value == "":
            if required:
                self.refuse(name, _("This is needed."))
            return None
        found = lenient_date(str(value))
        if found is None or found.year not in YEARS:
            self.refuse(name, _("Write a date, such as 2026-03-15."))
            return None
        return found

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.values.get(name)
        if value is None:
            return default
        word = str(value).strip().lower()
        if word in TRUE_WORDS:
            return True
        if word not in FALSE_WORDS:
            self.refuse(name, _("Write true or false."))
        return False

    def one(self, name: str) -> Fields:
        """A nested object; absent is empty."""
        value = self.values.get(name)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            self.refuse(name, _("Write an object."))
            value = {}
        return Fields(value, self.problems, f"{self.path}{name}.")

    def rows(self, name: str, *, required: bool = False) -> list[Fields]:
        """Nested objects: a list, or the numbered object that some form libraries send."""
        value = self.values.get(name)
        if isinstance(value, dict):
            value = list(value.values())
        if value is None:
            value = []
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            self.refuse(name, _("Write a list of objects."))
            value = []
        if required and not value:
            self.refuse(name, _("Give at least one."))
        if len(value) > ROWS_MAX:
            self.refuse(name, _("At most %(count)d at once.") % {"count": ROWS_MAX})
            value = []
        return [
            Fields(row, self.problems, f"{self.path}{name}[{position}].")
            for position, row in enumerate(value, start=1)
        ]


def _is_usable(number: Decimal) -> bool:
    if not number.is_finite() or number.adjusted() >= DIGITS_MAX:
        return False
    exponent = number.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -DECIMALS_MAX


def body_of(request: HttpRequest, wrapper: str = "") -> Fields:
    """The body as an object: JSON or a form, bare or inside the resource's own key."""
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return Fields(request.POST.dict())
    try:
        raw = request.body
    except RequestDataTooBig as error:
        raise BodyTooBigError(_("The body is too big; send less at once.")) from error
    if not raw.strip():
        return Fields({})
    try:
        decoded = _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInputError(_("The body is not JSON: %(why)s") % {"why": error}) from error
    if not isinstance(decoded, dict):
        raise InvalidInputError(_("The body must be a JSON object."))
    inner = decoded.get(wrapper) if wrapper else None
    if isinstance(inner, dict):
        # Some clients send the same fields flat and wrapped, to be safe.
        return Fields({**decoded, **inner})
    return Fields(decoded)


def query_of(request: HttpRequest) -> Fields:
    return Fields(request.GET.dict())
