"""What every set of books has a few of, at the end of the demo: a credit note, a bad debt, a part
payment, a bill in euros, lines from the bank that are still to be checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from bookbridge.demo.bank import receipt
from bookbridge.demo.cast import EURO_SUPPLIER
from bookbridge.demo.steps import Document, Line, Ref, Step, penny
from bookbridge.demo.tale import Story
from bookbridge.demo.trading import document_step

EURO_RATE = Decimal("0.86")
EURO_PAYMENT_RATE = Decimal("0.875")
LINES_TO_CHECK = 14


def closing_events(story: Story) -> Iterator[Step]:
    """What every set of books has a few of: a credit note, a bad debt, a part payment, euros."""
    date = story.as_of - dt.timedelta(days=3)
    open_invoices = [
        doc
        for doc in story.invoices
        if doc.outstanding > 100 and doc.date < date - dt.timedelta(days=5)
    ]
    part_paid, credited, bad = open_invoices[-1], open_invoices[-2], open_invoices[0]
    yield receipt(story, part_paid, date, penny(part_paid.total / 2))
    yield _credit_note(credited, date)
    yield Step(
        "write-off:1",
        ("write_offs",),
        {
            "write_off": {
                "document_id": Ref(bad.key),
                "date": date.isoformat(),
                "amount": str(bad.outstanding),
                "reason": "Customer has closed down",
            }
        },
        date,
    )
    yield from _euros(date)


def _credit_note(document: Document, date: dt.date) -> Step:
    line = document.lines[0]
    returned = Line(
        f"Returned: {line.description}", Decimal(1), line.price, line.code, line.tax_code
    )
    amount = returned.net + returned.tax
    document.paid += amount
    return Step(
        "credit-note:1",
        ("credit_notes",),
        {
            "credit_note": {
                "customer_id": Ref(document.party),
                "date": date.isoformat(),
                "credit_note_lines_attributes": [returned.body()],
                "allocations_attributes": [
                    {"document_id": Ref(document.key), "amount": str(amount)}
                ],
            }
        },
        date,
    )


def _euros(date: dt.date) -> Iterator[Step]:
    bill = Document(
        "bill:euro",
        EURO_SUPPLIER.key,
        date - dt.timedelta(days=30),
        date,
        (Line("Stoneware, one pallet", Decimal(4), Decimal("250.00"), "500", "NV"),),
        currency="EUR",
        rate=EURO_RATE,
    )
    yield document_step(bill, "supplier_id", reference="RK-2207")
    paid = Decimal("600.00")
    body = {
        "date": date.isoformat(),
        "type": "supplierpayment",
        "description": "Rhein Keramik, part payment",
        "account_class_and_id": ("Supplier", Ref(EURO_SUPPLIER.key)),
        "currency_code": "EUR",
        "total_amount": str(paid),
        "conversion_rate": str(EURO_PAYMENT_RATE),
        "allocations_attributes": [{"document_id": Ref("bill:euro"), "amount": str(paid)}],
    }
    yield Step(
        "settlement:euro",
        ("bank_accounts", Ref("bank:current"), "bank_transactions"),
        {"bank_transaction": body},
        date,
    )


def lines_to_check(story: Story) -> Iterator[Step]:
    """The newest lines from the bank, still to be checked by the bookkeeper."""
    payees = (
        "TFL TRAVEL CH",
        "CO-OP GROUP",
        "POST OFFICE",
        "DALES ENERGY DD",
        "KILN CO INV",
        "SQ *CAFE",
    )
    rows = []
    for number in range(LINES_TO_CHECK):
        amount = penny(Decimal(story.dice.uniform(4, 180)))
        is_money_in = number % 5 == 4
        rows.append(
            {
                "date": (story.as_of - dt.timedelta(days=number // 3)).isoformat(),
                "description": payees[number % len(payees)],
                "payee": payees[number % len(payees)].title(),
                "money_in": str(amount) if is_money_in else "0.00",
                "money_out": "0.00" if is_money_in else str(amount),
            }
        )
    yield Step(
        "imported:1",
        ("bank_accounts", Ref("bank:current"), "imported_bank_transactions"),
        {"imported_bank_transactions": rows},
        story.as_of,
    )
