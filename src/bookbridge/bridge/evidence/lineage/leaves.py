"""Leaves of JSON by pointer, and how to change one so that whatever depends on it shows."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

NESTING_MAX = 12
_DATE = re.compile(r"\d{4}[-/]\d{2}[-/]\d{2}$")
_MONTH = re.compile(r"[12]\d{3}-\d{2}$")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
_WORD = re.compile(r"[A-Za-z0-9]+")
ALIAS_YEARS = 40
DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)


def leaves(value: Any, pointer: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Every scalar that says something, with its JSON pointer; null and blank say nothing."""
    if depth > NESTING_MAX:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            name = key.replace("~", "~0").replace("/", "~1")
            yield from leaves(inner, f"{pointer}/{name}", depth + 1)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from leaves(inner, f"{pointer}/{position}", depth + 1)
    elif value is not None and value != "":
        yield pointer, value


def replaced(value: Any, pointer: str, new: Any) -> Any:
    """The same JSON with another leaf at the pointer; what is not on the way is shared."""
    if not pointer:
        return new
    part, _, rest = pointer[1:].partition("/")
    below = f"/{rest}" if rest else ""
    if isinstance(value, list):
        place = int(part)
        return [replaced(one, below, new) if i == place else one for i, one in enumerate(value)]
    key = part.replace("~1", "/").replace("~0", "~")
    return {
        one: replaced(inner, below, new) if one == key else inner for one, inner in value.items()
    }


def alias_of(record_id: str) -> str:
    """Another name of the same kind: digits stay digits, a month stays a month."""
    if _MONTH.match(record_id):
        return f"{int(record_id[:4]) + ALIAS_YEARS:04d}{record_id[4:]}"
    return f"{record_id}0007" if record_id.isdigit() else f"{record_id}~"


def variants(value: Any, ids: Collection[str]) -> Iterator[tuple[Any, str | None]]:
    """Other values of the same kind, the likeliest to be accepted first; beside one that stands
    for a reference, the id that it is another name of."""
    if isinstance(value, bool):
        yield not value, None
    elif isinstance(value, int):
        if str(value) in ids:
            yield int(alias_of(str(value))), str(value)
        yield value + 1, None
    elif isinstance(value, Decimal):
        yield value + 1, None
    elif isinstance(value, str):
        if value in ids:
            yield alias_of(value), value
        for part in _WORD.finditer(value):
            if part[0] in ids and part[0] != value:
                # A reference inside a longer word, such as `customer-501`.
                start, end = part.span()
                yield f"{value[:start]}{alias_of(part[0])}{value[end:]}", part[0]
        yield from ((one, None) for one in _other_texts(value))


def words(text: str) -> set[str]:
    return set(_WORD.findall(text))


def _other_texts(text: str) -> Iterator[str]:
    if _DATE.match(text):
        date = dt.date.fromisoformat(text.replace("/", "-"))
        for other in (date + DAY, date - DAY):
            yield other.isoformat().replace("-", text[4])
    elif _MOMENT.match(text):
        yield from _other_moments(text)
    else:
        try:
            number = Decimal(text)
        except InvalidOperation:
            pass
        else:
            if number.is_finite():
                yield str(number + 1)
        yield f"{text}~"
        yield f"x{text}"


def _other_moments(text: str) -> Iterator[str]:
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        return
    for other in (at + SECOND, at - SECOND, at + DAY):
        yield other.isoformat().replace("+00:00", "Z" if text.endswith("Z") else "+00:00")
