"""A month of a small shop: enough of everything for a lie about it to be found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from bookbridge.demo.steps import Ref, Step, nominal

DATE = dt.date(2026, 3, 2)
INVOICES = 12


def _step(key: str, path: tuple[str | Ref, ...], **body: Any) -> Step:
    return Step(key, path, body, DATE)


def _line(description: str, quantity: str, price: str, code: str, tax: str) -> dict[str, str]:
    return {
        "description": description,
        "quantity": quantity,
        "price": price,
        "nominal_code": code,
        "tax_code": tax,
    }


def shop_steps() -> Iterator[Step]:
    """Two customers, a supplier, a bank account, invoices, a bill, a credit note, money."""
    bank = ("bank_accounts",)
    yield _step("bank", bank, bank_account={"name": "Current", "account_type": "current"})
    for key in ("c1", "c2"):
        yield _step(key, ("customers",), customer={"name": f"Customer {key}"})
    yield _step("s1", ("suppliers",), supplier={"name": "Supplier"})
    for number in range(INVOICES):
        yield _step(
            f"i{number}",
            ("invoices",),
            invoice={
                "customer_id": Ref("c1" if number % 2 else "c2"),
                "date": (DATE + dt.timedelta(days=number)).isoformat(),
                "due_date": (DATE + dt.timedelta(days=number + 30)).isoformat(),
                "invoice_lines_attributes": [
                    _line("Mugs", str(number + 1), "6.25", "300", "ST"),
                    _line("Books", "2", "14.99", "300", "ZR"),
                ],
            },
        )
    yield _step(
        "b1",
        ("invoices",),
        invoice={
            "supplier_id": Ref("s1"),
            "date": "2026-03-05",
            "due_date": "2026-04-04",
            "reference": "S-1",
            "invoice_lines_attributes": [_line("Stock", "10", "3.10", "500", "ST")],
        },
    )
    yield _step(
        "cn1",
        ("credit_notes",),
        credit_note={
            "customer_id": Ref("c2"),
            "date": "2026-03-10",
            "credit_note_lines_attributes": [_line("Returned", "1", "6.25", "300", "ST")],
            "allocations_attributes": [{"document_id": Ref("i2"), "amount": "7.50"}],
        },
    )
    # Invoice i1: 2 x 6.25 + 20 % and 2 x 14.99 without VAT.
    yield _step(
        "r1",
        ("bank_accounts", Ref("bank"), "bank_transactions"),
        bank_transaction={
            "date": "2026-03-20",
            "type": "customerreceipt",
            "description": "Receipt",
            "account_class_and_id": ("Customer", Ref("c1")),
            "total_amount": "44.98",
            "allocations_attributes": [{"document_id": Ref("i1"), "amount": "44.98"}],
        },
    )
    yield _step(
        "x1",
        ("bank_accounts", Ref("bank"), "bank_transactions"),
        bank_transaction={
            "date": "2026-03-21",
            "type": "bankpayment",
            "description": "Rent",
            "account_class_and_id": nominal("645"),
            "net_amount": "150.00",
            "tax_code": "EX",
            "tax_amount": "0.00",
            "total_amount": "150.00",
        },
    )
