"""What the demo business spends: stock, overheads, wages, PAYE and VAT."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from bookbridge.demo.steps import Line, nominal, penny, split_gross

# code, tax code, what is bought, lowest and highest price in pounds
PURCHASES: dict[str, tuple[str, str, str, int, int]] = {
    "supplier:potteries": ("500", "ST", "Stoneware for stock", 90, 420),
    "supplier:linen": ("500", "ST", "Linen and wool for stock", 110, 480),
    "supplier:candles": ("500", "ST", "Candles for stock", 45, 180),
    "supplier:glass": ("500", "ST", "Glassware for stock", 60, 260),
    "supplier:baskets": ("500", "ST", "Willow baskets for stock", 50, 210),
    "supplier:packaging": ("685", "ST", "Boxes and tissue", 25, 120),
    "supplier:couriers": ("685", "ST", "Deliveries", 30, 160),
    "supplier:power": ("680", "RR", "Electricity", 60, 190),
    "supplier:web": ("710", "ST", "Web shop hosting", 35, 80),
    "supplier:accountants": ("700", "ST", "Bookkeeping advice", 90, 240),
}
# account, code, tax code, payee, lowest and highest gross price in pounds
CARD_HABITS = (
    ("bank:card", "615", "ZR", "Rail ticket", 12, 140),
    ("bank:card", "695", "ST", "Trade magazine", 6, 30),
    ("bank:card", "735", "ST", "Shop sundries", 8, 95),
    ("bank:current", "725", "ST", "Market stall fee", 30, 120),
    ("bank:card", "615", "ST", "Van fuel", 40, 95),
)
DIRECT_COSTS_A_MONTH = 16
RENT = Decimal("1450.00")
GROSS_PAY = Decimal("6100.00")
DEDUCTIONS = Decimal("1180.00")
EMPLOYER_NI = Decimal("415.00")


def supplier_lines(dice: random.Random, supplier: str) -> tuple[Line, ...]:
    """One or two lines of what this supplier sells, in pounds net."""
    code, tax_code, description, low, high = PURCHASES[supplier]
    return tuple(
        Line(description, Decimal(1), penny(Decimal(dice.uniform(low, high))), code, tax_code)
        for _ in range(dice.choice((1, 1, 2)))
    )


def direct_costs(
    dice: random.Random, first: dt.date, last: dt.date
) -> Iterator[tuple[dt.date, str, list[dict[str, Any]], str]]:
    """Money spent without a supplier's bill: date, description, lines, bank account."""
    yield first, "Shop rent", [_line("Rent", RENT, "645", "EX")], "bank:current"
    for _ in range(DIRECT_COSTS_A_MONTH):
        account, code, tax_code, payee, low, high = dice.choice(CARD_HABITS)
        date = first + dt.timedelta(days=dice.randint(0, (last - first).days))
        gross = penny(Decimal(dice.uniform(low, high)))
        lines = [_line(payee, gross, code, tax_code)]
        if dice.random() < 0.1:
            lines.append(_line("Coffee for the stand", Decimal("4.80"), "735", "ST"))
        yield date, payee, lines, account


def payroll(
    first: dt.date, last: dt.date
) -> tuple[tuple[str, Decimal, str], dict[str, Any], tuple[str, Decimal, str]]:
    """A month's wages: what staff are paid, the journal that books it, and what HMRC is paid."""
    label = f"{last:%B %Y}"
    net_pay = GROSS_PAY - DEDUCTIONS
    hmrc = DEDUCTIONS + EMPLOYER_NI
    journal = {
        "date": last.isoformat(),
        "description": f"Wages {label}",
        "lines_attributes": [
            {"nominal_code": "520", "amount": str(GROSS_PAY + EMPLOYER_NI)},
            {"nominal_code": "262", "amount": str(-hmrc)},
            {"nominal_code": "266", "amount": str(-net_pay)},
        ],
    }
    return (f"Wages {label}", net_pay, "266"), journal, (f"PAYE and NI {label}", hmrc, "262")


def vat_payment(
    first_day: dt.date, vat_by_quarter: dict[dt.date, Decimal]
) -> tuple[dt.date, Decimal, str] | None:
    """The payment made in the month that begins on `first_day`: date, amount (negative for a
    repayment), description.

    Due one calendar month and seven days after the quarter (VAT Notice 700/12).
    """
    if first_day.month % 3 != 2:
        return None
    index = first_day.year * 12 + first_day.month - 1 - 4
    quarter = dt.date(index // 12, index % 12 + 1, 1)
    amount = vat_by_quarter.get(quarter)
    if not amount:
        return None
    return first_day.replace(day=7), amount, f"VAT quarter from {quarter:%d %b %Y}"


def _line(description: str, gross: Decimal, code: str, tax_code: str) -> dict[str, Any]:
    net, tax = split_gross(gross, tax_code)
    return {
        "description": description,
        "account_class_and_id": nominal(code),
        "tax_code": tax_code,
        "net_amount": str(net),
        "tax_amount": str(tax),
        "total_amount": str(gross),
    }
