"""The one formatter of dates and figures that people read."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import formats, timezone

MINUS = "\N{MINUS SIGN}"


def money(amount: Decimal | int | None, currency: str = "") -> str:
    """Two decimals, thousands separated for the reader's language, a true minus sign."""
    if amount is None:
        return ""
    text = formats.number_format(
        abs(Decimal(amount)), decimal_pos=2, use_l10n=True, force_grouping=True
    )
    sign = MINUS if amount < 0 else ""
    return f"{sign}{text} {currency}".strip() if currency else f"{sign}{text}"


def whole(count: int) -> str:
    """A count with thousands separated."""
    return str(formats.number_format(count, decimal_pos=0, use_l10n=True, force_grouping=True))


def day(date: dt.date | None) -> str:
    """`15 Mar 2026`; empty for no date."""
    return "" if date is None else str(formats.date_format(date, "j M Y"))


def moment(at: dt.datetime | None) -> str:
    """`15 Mar 2026, 14:05` in the reader's time zone; empty for no time."""
    return "" if at is None else str(formats.date_format(timezone.localtime(at), "j M Y, H:i"))
