"""The two sides of trade, and which records count towards control totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bookbridge.bridge.datatypes.keys import DataType

Body = Mapping[str, Any]
Sums = dict[str, Decimal]

ZERO = Decimal(0)
PENNY = Decimal("0.01")
DEBTORS, CREDITORS = "trade_debtors", "trade_creditors"
VAT, EXCHANGE, RETAINED = "vat", "exchange", "retained_earnings"
ROLES = (DEBTORS, CREDITORS, VAT, EXCHANGE, RETAINED)


def pennies(amount: Decimal) -> Decimal:
    return Decimal(amount).quantize(PENNY, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Side:
    """One side of trade: signs are those of the claim's control posting."""

    control: str
    sign: int
    contact: str
    claim_link: str


SALES = Side(DEBTORS, 1, "customerRef", "Invoice")
PURCHASES = Side(CREDITORS, -1, "supplierRef", "Bill")

DOCUMENTS = {
    DataType.INVOICES: (SALES, True),
    DataType.CREDIT_NOTES: (SALES, False),
    DataType.BILLS: (PURCHASES, True),
    DataType.BILL_CREDIT_NOTES: (PURCHASES, False),
}
PAYMENTS = {DataType.PAYMENTS: SALES, DataType.BILL_PAYMENTS: PURCHASES}
DIRECT = {DataType.DIRECT_INCOMES: 1, DataType.DIRECT_COSTS: -1}


def is_deleted(body: Body) -> bool:
    return bool((body.get("metadata") or {}).get("isDeleted"))


def is_posted(body: Body) -> bool:
    """Drafts, deleted and cancelled documents are not; one that was written off is."""
    status = body["status"]
    if status == "Draft" or is_deleted(body):
        return False
    return status != "Void" or bool(body.get("paymentAllocations"))


def loose_links(body: Body) -> Iterable[Body]:
    for line in body.get("lines", ()):
        for link in line["links"]:
            if link["type"] in {"PaymentOnAccount", "Unlinked"}:
                yield link
