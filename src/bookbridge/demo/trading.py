"""Sales and purchases of the demo, and the money that follows them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from bookbridge.demo.bank import receipt, settle
from bookbridge.demo.cast import CUSTOMERS, PRODUCTS, PROJECT, SUPPLIERS
from bookbridge.demo.money_out import supplier_lines
from bookbridge.demo.steps import Document, Line, Ref, Step
from bookbridge.demo.tale import Story


def new_invoice(story: Story, date: dt.date) -> Step:
    party = story.dice.choices(CUSTOMERS, [customer.weight for customer in CUSTOMERS])[0]
    products = story.dice.sample(PRODUCTS, story.dice.choice((1, 2, 2, 3, 4)))
    for_project = party.key == "customer:harbour" and story.dice.random() < 0.5
    lines = tuple(
        Line(
            product.name,
            Decimal(story.dice.choice((2, 4, 6, 6, 10, 12, 20, 24))),
            product.price,
            "300",
            product.tax_code,
            project=PROJECT if for_project else "",
            item=product.key,
        )
        for product in products
    )
    story.number += 1
    document = Document(
        story.key("invoice"), party.key, date, date + dt.timedelta(days=party.terms_days), lines
    )
    story.invoices.append(document)
    story.owe_vat(date, document.tax)
    return document_step(document, "customer_id", invoice_number=f"INV-{story.number:04}")


def new_bill(story: Story, date: dt.date) -> Step:
    party = story.dice.choices(SUPPLIERS, [supplier.weight for supplier in SUPPLIERS])[0]
    lines = supplier_lines(story.dice, party.key)
    document = Document(
        story.key("bill"), party.key, date, date + dt.timedelta(days=party.terms_days), lines
    )
    story.bills.append(document)
    story.owe_vat(date, -document.tax)
    return document_step(
        document, "supplier_id", reference=f"{party.name[:2].upper()}-{story.counts['bill']:04}"
    )


def document_step(document: Document, party_field: str, **more: str) -> Step:
    """The POST that enters an invoice or a bill."""
    body: dict[str, Any] = {
        party_field: Ref(document.party),
        "date": document.date.isoformat(),
        "due_date": document.due_date.isoformat(),
        "invoice_lines_attributes": [line.body() for line in document.lines],
        **more,
    }
    if document.currency != "GBP":
        body |= {"currency_code": document.currency, "conversion_rate": str(document.rate)}
    return Step(document.key, ("invoices",), {"invoice": body}, document.date)


def money_in(story: Story, first: dt.date, last: dt.date) -> Iterator[Step]:
    due = [doc for doc in story.invoices if doc.outstanding > 0 and doc.due_date <= last]
    for document in due:
        late = dt.timedelta(days=story.dice.choice((-3, 0, 0, 1, 4, 9, 25)))
        date = max(document.date, document.due_date + late, first)
        if date > last or story.dice.random() < 0.03:
            continue
        yield receipt(story, document, date, document.outstanding)


def money_out(story: Story, first: dt.date, last: dt.date) -> Iterator[Step]:
    for document in story.bills:
        date = max(document.due_date, first)
        if document.outstanding <= 0 or document.due_date > last or document.currency != "GBP":
            continue
        amount, document.paid = document.outstanding, document.total
        yield settle(story, document, date, amount, "supplierpayment", "Supplier", "Payment")
