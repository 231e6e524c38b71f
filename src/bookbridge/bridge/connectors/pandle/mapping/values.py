"""Small values that every mapping needs: dates, rates, words, the common tail of a record."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from html import unescape
from typing import Any

from bookbridge.bridge.connectors.errors import RecordRejectedError

ZERO = Decimal(0)
ONE = Decimal(1)
PENNY = Decimal("0.01")
RATE_STEP = Decimal("0.000000001")
PRICE_STEP = Decimal("0.0001")
UNKNOWN_CURRENCY = "XXX"


@lru_cache(maxsize=8192)
def _business_date(text: str) -> tuple[str, dt.date]:
    date = dt.date.fromisoformat(text[:10].replace("/", "-"))
    return f"{date.isoformat()}T00:00:00", date


def business_date(text: str | None, field: str) -> tuple[str, dt.date]:
    """A local date as the public API writes it, and as a date; rejects what is none."""
    try:
        return _business_date(text or "")
    except ValueError:
        raise RecordRejectedError("not a date", field=field, value=text) from None


def optional_date(text: str | None, field: str) -> str | None:
    return business_date(text, field)[0] if text else None


@lru_cache(maxsize=8192)
def moment(text: str | None) -> dt.datetime | None:
    """A time at the source in UTC; None when absent or of no known form."""
    if not text:
        return None
    try:
        parsed = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=dt.UTC)
    return parsed.astimezone(dt.UTC)


def newest(*texts: str | None) -> dt.datetime | None:
    return max((at for at in map(moment, texts) if at is not None), default=None)


def written_moment(at: dt.datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def with_tail(
    body: dict[str, Any], at: dt.datetime | None, *, is_deleted: bool = False, is_void: bool = False
) -> dict[str, Any]:
    """Adds metadata, and the source's date of change unless the record is deleted or void."""
    body["metadata"] = {"isDeleted": is_deleted}
    if at is not None and not is_deleted and not is_void:
        body["sourceModifiedDate"] = written_moment(at)
    return body


def set_given(body: dict[str, Any], **fields: Any) -> None:
    """Sets the fields that the source gives: an unknown one is absent, never blank."""
    for name, value in fields.items():
        if value is not None and value != "":
            body[name] = value


def pennies(amount: Decimal) -> Decimal:
    return amount.quantize(PENNY, rounding=ROUND_HALF_UP)


def rate_of(base: Decimal, foreign: Decimal) -> Decimal:
    """foreign x rate = base, to nine decimals and no trailing zeros."""
    return plain((base / foreign).quantize(RATE_STEP, rounding=ROUND_HALF_UP))


def plain(number: Decimal) -> Decimal:
    """Without trailing zeros and without exponent."""
    short = number.normalize()
    return short.quantize(ONE) if short.as_tuple().exponent > 0 else short  # type: ignore[operator]


def given(amount: Decimal | None, field: str) -> Decimal:
    if amount is None:
        raise RecordRejectedError("no amount", field=field, value=None)
    return amount


def word(text: str | None) -> str:
    """A source's word in one form: lower case, underscores."""
    return "" if text is None else text.strip().lower().replace("-", "_").replace(" ", "_")


def plain_text(text: str | None) -> str | None:
    """Without HTML escapes, which some of the source's names carry (L)."""
    if not text:
        return None
    return unescape(text) if "&" in text else text
