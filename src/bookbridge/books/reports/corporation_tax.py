"""Corporation tax by dated rates, with marginal relief. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

PENNY = Decimal("0.01")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class CorporationTaxRates:
    """Rates from a day on; between the limits the main rate is relieved by a fraction."""

    valid_from: dt.date
    small_rate: Decimal
    main_rate: Decimal
    lower_limit: Decimal
    upper_limit: Decimal
    relief_fraction: Decimal


RATES = (
    CorporationTaxRates(dt.date(2017, 4, 1), Decimal("0.19"), Decimal("0.19"), ZERO, ZERO, ZERO),
    CorporationTaxRates(
        dt.date(2023, 4, 1),
        Decimal("0.19"),
        Decimal("0.25"),
        Decimal(50_000),
        Decimal(250_000),
        Decimal(3) / Decimal(200),
    ),
)


def corporation_tax(profit: Decimal, year_end: dt.date, distributions: Decimal = ZERO) -> Decimal:
    """The tax on a year's profit; `distributions` are exempt ones that count towards the limits."""
    if profit <= 0:
        return ZERO
    rates = max(
        (rates for rates in RATES if rates.valid_from <= year_end),
        key=lambda rates: rates.valid_from,
        default=RATES[0],
    )
    augmented = profit + distributions
    if augmented <= rates.lower_limit:
        tax = profit * rates.small_rate
    else:
        tax = profit * rates.main_rate
        if augmented < rates.upper_limit:
            tax -= rates.relief_fraction * (rates.upper_limit - augmented) * profit / augmented
    return tax.quantize(PENNY, rounding=ROUND_HALF_UP)
