"""The tax codes that every organisation starts with, and their rates by date; pure data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

STANDARD, REDUCED, ZERO_RATED, EXEMPT, NO_VAT, REVERSE_CHARGE = "ST", "RR", "ZR", "EX", "NV", "RC"


@dataclass(frozen=True, slots=True)
class OpeningCode:
    """A tax code with its percentages, each from a day on."""

    code: str
    description: str
    rates: tuple[tuple[dt.date, Decimal], ...]


VAT_BEGAN = dt.date(1973, 4, 1)
NOTHING = ((VAT_BEGAN, Decimal(0)),)

OPENING_CODES = (
    OpeningCode(
        STANDARD,
        "Standard",
        (
            (dt.date(1991, 4, 1), Decimal("17.5")),
            (dt.date(2008, 12, 1), Decimal(15)),
            (dt.date(2010, 1, 1), Decimal("17.5")),
            (dt.date(2011, 1, 4), Decimal(20)),
        ),
    ),
    OpeningCode(REDUCED, "Reduced", ((dt.date(1997, 9, 1), Decimal(5)),)),
    OpeningCode(EXEMPT, "Exempt or zero", NOTHING),
    OpeningCode(NO_VAT, "Not VATable", NOTHING),
    OpeningCode(ZERO_RATED, "Zero rated", NOTHING),
    OpeningCode(REVERSE_CHARGE, "Reverse charge", NOTHING),
)
