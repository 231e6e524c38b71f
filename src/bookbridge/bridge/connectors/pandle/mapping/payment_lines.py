"""One line of a payment: an amount, and the links that cancel it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bookbridge.bridge.connectors.pandle.mapping.values import ONE

Line = dict[str, Any]


def payment_line(amount: Decimal, allocated_on_text: str, *links: dict[str, Any]) -> Line:
    """A link is in the payment's own currency, so its rate is always one."""
    return {
        "amount": amount,
        "links": [{**link, "currencyRate": ONE} for link in links],
        "allocatedOnDate": allocated_on_text,
    }
