"""What has happened so far in the demo, and the dice that decide what comes next."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from decimal import Decimal

from bookbridge.demo.steps import Document


@dataclass
class Story:
    """What has happened so far, and the dice."""

    dice: random.Random
    as_of: dt.date
    number: int = 1000
    counts: dict[str, int] = field(default_factory=dict)
    invoices: list[Document] = field(default_factory=list)
    bills: list[Document] = field(default_factory=list)
    vat_by_quarter: dict[dt.date, Decimal] = field(default_factory=dict)

    def key(self, kind: str) -> str:
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return f"{kind}:{self.counts[kind]}"

    def owe_vat(self, date: dt.date, amount: Decimal) -> None:
        quarter = dt.date(date.year, (date.month - 1) // 3 * 3 + 1, 1)
        self.vat_by_quarter[quarter] = self.vat_by_quarter.get(quarter, Decimal(0)) + amount
