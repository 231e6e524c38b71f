"""VAT arithmetic: rounding half-up away from zero, by line, by total or down. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

PENNY = Decimal("0.01")
ZERO = Decimal(0)
HUNDRED = Decimal(100)

BY_LINE, BY_TOTAL, DOWN = "by_line", "by_total", "down"
ROUNDING_POLICIES = (BY_LINE, BY_TOTAL, DOWN)


@dataclass(frozen=True, slots=True)
class NetAndTax:
    """An amount and the VAT on it."""

    net: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        return self.net + self.tax


def to_pennies(amount: Decimal) -> Decimal:
    """The nearest penny; half a penny goes away from zero."""
    return amount.quantize(PENNY, rounding=ROUND_HALF_UP)


def line_net(quantity: Decimal, price: Decimal, discount_percent: Decimal = ZERO) -> Decimal:
    """What a line comes to before VAT."""
    return to_pennies(quantity * price * (HUNDRED - discount_percent) / HUNDRED)


def line_tax(net: Decimal, rate: Decimal) -> Decimal:
    """The VAT on a net amount at a percentage."""
    return to_pennies(net * rate / HUNDRED)


def split_gross(gross: Decimal, rate: Decimal) -> NetAndTax:
    """A VAT-inclusive amount in its two parts, which always add up to it."""
    tax = to_pennies(gross * rate / (HUNDRED + rate))
    return NetAndTax(net=gross - tax, tax=tax)


def document_taxes(
    lines: Sequence[tuple[Decimal, Decimal]], policy: str = BY_LINE
) -> list[Decimal]:
    """The VAT of each line, (net, rate), so that they sum to the document's under its policy.

    By total and down round the document's VAT once per rate; the pennies that this moves stand on
    the last line of the rate, so what is printed by line is still what is posted.
    """
    if policy not in ROUNDING_POLICIES:
        raise ValueError(f"no rounding policy {policy!r}")
    taxes = [line_tax(net, rate) for net, rate in lines]
    if policy == BY_LINE:
        return taxes
    exact = [net * rate / HUNDRED for net, rate in lines]
    if policy == DOWN:
        _move_difference(taxes, range(len(lines)), _down(sum(exact, ZERO)))
        return taxes
    for rate in sorted({rate for _net, rate in lines}):
        same = [index for index, (_net, own) in enumerate(lines) if own == rate]
        _move_difference(taxes, same, to_pennies(sum((exact[i] for i in same), ZERO)))
    return taxes


def _down(amount: Decimal) -> Decimal:
    return amount.quantize(PENNY, rounding=ROUND_DOWN)


def _move_difference(taxes: list[Decimal], indices: Iterable[int], total: Decimal) -> None:
    taxed = [index for index in indices if taxes[index]] or list(indices)
    if taxed:
        taxes[taxed[-1]] += total - sum((taxes[index] for index in indices), ZERO)
