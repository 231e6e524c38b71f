"""Debts in foreign currencies, in base currency: each leaves at the rate at which it came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec

ZERO = Decimal(0)
PENNY = Decimal("0.01")

Key = tuple[str, str]
# What settling needs of a payment. A payment waits for all documents, so it should be small.
_NEEDED = (
    "id",
    "date",
    "currency",
    "currencyRate",
    "totalAmount",
    "accountRef",
    "customerRef",
    "supplierRef",
    "lines",
)
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)


def packed(body: Mapping[str, Any]) -> bytes:
    """A payment as a short text; figures stay exact."""
    return _ENCODER.encode({key: body[key] for key in _NEEDED if key in body})


def unpacked(text: bytes) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _DECODER.decode(text)
    return found


@dataclass
class _Debt:
    control: str
    contact_id: str
    open_amount: Decimal
    open_base: Decimal
    rate: Decimal
    is_claim: bool


class ForeignDebts:
    """Open foreign documents. The last allocation takes what is left, so no penny is stranded."""

    def __init__(self) -> None:
        self._debts: dict[Key, _Debt] = {}

    def owe(
        self,
        key: Key,
        control: str,
        contact_id: str,
        amount: Decimal,
        base: Decimal,
        rate: Decimal,
        *,
        is_claim: bool,
    ) -> None:
        """A document of `amount`, worth `base` (negative for a credit note) when it was made."""
        signed = amount if is_claim else -amount
        self._debts[key] = _Debt(control, contact_id, signed, base, rate, is_claim)

    def settle(self, key: Key, amount: Decimal, rate: Decimal) -> Decimal:
        """Take `amount` (of a credit note negative) off a document; what it was worth in base. A
        document that is not known goes at the payment's own rate."""
        debt = self._debts.get(key)
        if debt is None:
            return (amount * rate).quantize(PENNY, rounding=ROUND_HALF_UP)
        if amount == debt.open_amount:
            base = debt.open_base
        else:
            base = (amount * debt.rate).quantize(PENNY, rounding=ROUND_HALF_UP)
        debt.open_amount -= amount
        debt.open_base -= base
        return base

    def take_balances(self, control: str) -> Iterator[tuple[str, Decimal]]:
        """What is open per document in base currency; each is handed out once."""
        for debt in self._debts.values():
            if debt.control == control and debt.open_base:
                yield debt.contact_id, debt.open_base
                debt.open_base = ZERO
