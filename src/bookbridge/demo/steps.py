"""What the demo sends to the bookkeeping API, as values: paths and bodies with symbolic ids."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

PENNY = Decimal("0.01")
RATES = {"ST": Decimal(20), "RR": Decimal(5), "ZR": Decimal(0), "EX": Decimal(0), "NV": Decimal(0)}


@dataclass(frozen=True)
class Ref:
    """The id that an earlier step was given; `key` names that step."""

    key: str


def nominal(code: str) -> tuple[str, Ref]:
    """The nominal account with this code, as the API names what a bank line is for."""
    return "NominalAccount", Ref(f"nominal:{code}")


@dataclass(frozen=True)
class Step:
    """One POST: `path` below the company, its parts texts or Refs; `body` with Refs for ids."""

    key: str
    path: tuple[str | Ref, ...]
    body: Mapping[str, Any]
    date: dt.date


@dataclass(frozen=True)
class Line:
    """One line of a document; amounts in the document's currency, net of VAT."""

    description: str
    quantity: Decimal
    price: Decimal
    code: str
    tax_code: str
    project: str = ""
    item: str = ""

    @property
    def net(self) -> Decimal:
        return penny(self.quantity * self.price)

    @property
    def tax(self) -> Decimal:
        return penny(self.net * RATES[self.tax_code] / 100)

    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "description": self.description,
            "quantity": str(self.quantity),
            "price": str(self.price),
            "nominal_code": self.code,
            "tax_code": self.tax_code,
        }
        if self.project:
            found["project_id"] = Ref(self.project)
        if self.item:
            found["item_id"] = Ref(self.item)
        return found


@dataclass
class Document:
    """An invoice or a bill while the demo still has to be paid for it."""

    key: str
    party: str
    date: dt.date
    due_date: dt.date
    lines: tuple[Line, ...]
    currency: str = "GBP"
    rate: Decimal = Decimal(1)
    paid: Decimal = field(default=Decimal(0))

    @property
    def tax(self) -> Decimal:
        return sum((line.tax for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        return sum((line.net + line.tax for line in self.lines), Decimal(0))

    @property
    def outstanding(self) -> Decimal:
        return self.total - self.paid


def penny(amount: Decimal) -> Decimal:
    """Half-up, away from zero, to the penny."""
    return amount.quantize(PENNY, rounding=ROUND_HALF_UP)


def split_gross(gross: Decimal, tax_code: str) -> tuple[Decimal, Decimal]:
    """Net and VAT of a price that includes VAT, in pounds; they add up to it."""
    rate = RATES[tax_code]
    tax = penny(gross * rate / (100 + rate))
    return gross - tax, tax
