"""Lines of documents: posted figures are passed on and checked, never recomputed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bookbridge.bridge.connectors.errors import RecordRejectedError
from bookbridge.bridge.connectors.pandle import wire
from bookbridge.bridge.connectors.pandle.mapping.lookups import Lookups
from bookbridge.bridge.connectors.pandle.mapping.values import (
    ONE,
    PENNY,
    PRICE_STEP,
    ZERO,
    pennies,
    plain,
)

HUNDRED = Decimal(100)
MINUS_PENNY = -PENNY


@dataclass
class Lines:
    """The public line items of a document and their sums."""

    items: list[dict[str, Any]] = field(default_factory=list)
    net: Decimal = ZERO
    tax: Decimal = ZERO
    total: Decimal = ZERO
    warnings: list[str] = field(default_factory=list)


def document_lines(
    lines: Sequence[wire.DocumentLine], lookups: Lookups, *, flag: str, sign: int
) -> Lines:
    """`flag` is isDirectIncome or isDirectCost; `sign` -1 turns a negative document round."""
    found = Lines()
    accounts, taxes = lookups.account_refs, lookups.tax_refs
    net_sum = tax_sum = total_sum = ZERO
    for position, line in enumerate(lines):
        net, tax = line.net_amount, line.tax_amount
        if net is None or tax is None:
            raise RecordRejectedError(
                "a line has no amount", field=f"invoice-lines[{position}].net-amount", value=net
            )
        total = line.total_amount
        if total is None:
            total = net + tax
        elif total != net + tax:
            raise RecordRejectedError(
                f"a line's total is not its net {net} plus tax {tax}",
                field=f"invoice-lines[{position}].total-amount",
                value=str(total),
            )
        if sign < 0:
            net, tax, total = -net, -tax, -total
        quantity, price = line.quantity, line.price
        if quantity is None or price is None:
            quantity, price = _whole(net, quantity)
        else:
            if sign < 0:
                quantity = -quantity
            gap = quantity * price - net
            if gap > PENNY or gap < MINUS_PENNY:
                price = _unit_amount(line, quantity, price, net, total, position, found.warnings)
        item: dict[str, Any] = {
            "unitAmount": price,
            "quantity": quantity,
            "subTotal": net,
            "taxAmount": tax,
            "totalAmount": total,
            "trackingCategoryRefs": [],
            flag: False,
        }
        if line.description:
            item["description"] = line.description
        if line.nominal_account_id is not None:
            item["accountRef"] = accounts[line.nominal_account_id]
        if line.tax_code_id is not None:
            item["taxRateRef"] = taxes[line.tax_code_id]
        if line.item_id is not None or line.project_id is not None or line.discount_percent:
            _add_rare(item, line, lookups, quantity * price, net)
        found.items.append(item)
        net_sum += net
        tax_sum += tax
        total_sum += total
    found.net, found.tax, found.total = net_sum, tax_sum, total_sum
    return found


def check_sums(head: wire.DocumentHead, lines: Lines, sign: int) -> None:
    """The document's figures are the sums of its lines, or the source contradicts itself."""
    for name, stated, summed in (
        ("net-amount", head.net_amount, lines.net),
        ("tax-amount", head.tax_amount, lines.tax),
        ("total-amount", head.total_amount, lines.total),
    ):
        if stated is None or stated * sign != summed:
            raise RecordRejectedError(
                f"the document does not equal the sum of its lines, {summed * sign}",
                field=name,
                value=None if stated is None else str(stated),
            )


def tracking_refs(project: dict[str, Any]) -> dict[str, Any]:
    """A project on a line of a document, in both of the ways that the public API has."""
    return {
        "trackingCategoryRefs": [project],
        "tracking": {
            "categoryRefs": [project],
            "isBilledTo": "NotApplicable",
            "isRebilledTo": "NotApplicable",
        },
    }


def _whole(net: Decimal, quantity: Decimal | None) -> tuple[Decimal, Decimal]:
    """Quantity and unit amount where the source does not give both; the amount is not negative."""
    if quantity:
        return quantity, plain((net / quantity).quantize(PRICE_STEP, rounding=ROUND_HALF_UP))
    return (ONE, net) if net >= 0 else (-ONE, -net)


def _unit_amount(
    line: wire.DocumentLine,
    quantity: Decimal,
    price: Decimal,
    net: Decimal,
    total: Decimal,
    position: int,
    warnings: list[str],
) -> Decimal:
    """The price before discount and tax when quantity times price is not the net amount."""
    gross = quantity * price
    if line.discount_percent:
        discounted = gross * (HUNDRED - line.discount_percent) / HUNDRED
        if abs(discounted - net) <= PENNY:
            return price
    if quantity and abs(gross - total) <= PENNY:
        return plain((net / quantity).quantize(PRICE_STEP, rounding=ROUND_HALF_UP))
    warnings.append(f"line {position + 1}: {quantity} x {price} is not the posted net amount {net}")
    return price


def _add_rare(
    item: dict[str, Any],
    line: wire.DocumentLine,
    lookups: Lookups,
    gross: Decimal,
    net: Decimal,
) -> None:
    if line.discount_percent:
        item["discountPercentage"] = line.discount_percent
        item["discountAmount"] = pennies(gross) - net
    if line.item_id is not None:
        item["itemRef"] = lookups.items[line.item_id]
    if line.project_id is not None:
        item.update(tracking_refs(lookups.projects[line.project_id]))
