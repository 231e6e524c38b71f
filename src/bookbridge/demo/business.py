"""Two years and more of Toft Stores Ltd, month by month: the same seed and date, the same books.

Generates about 3,000 documents in date order, each only after what it refers to. Figures are in
pounds unless a step says EUR.
"""

from __future__ import annotations

import calendar
import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bookbridge.demo.cast import (
    CUSTOMERS,
    EURO_SUPPLIER,
    PRODUCTS,
    SUPPLIERS,
    Party,
    Product,
)
from bookbridge.demo.money_out import direct_costs, payroll, supplier_lines, vat_payment
from bookbridge.demo.steps import Document, Line, Ref, Step, nominal, penny

MONTHS_OF_HISTORY = 26
INVOICES_A_MONTH = 34
BILLS_A_MONTH = 13
LINES_TO_CHECK = 14
PROJECT = "project:harbour"
EURO_RATE = Decimal("0.86")
EURO_PAYMENT_RATE = Decimal("0.875")
# A quiet January, a busy run-up to Christmas.
SEASON = {
    1: 70,
    2: 75,
    3: 90,
    4: 95,
    5: 100,
    6: 100,
    7: 95,
    8: 90,
    9: 110,
    10: 125,
    11: 150,
    12: 140,
}


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
    pending: list[Step] = field(default_factory=list)

    def key(self, kind: str) -> str:
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return f"{kind}:{self.counts[kind]}"

    def owe_vat(self, date: dt.date, amount: Decimal) -> None:
        quarter = dt.date(date.year, (date.month - 1) // 3 * 3 + 1, 1)
        self.vat_by_quarter[quarter] = self.vat_by_quarter.get(quarter, Decimal(0)) + amount


def steps(*, seed: int, as_of: dt.date) -> Iterator[Step]:
    """Every POST of the demo, in the order in which it must be sent."""
    story = Story(random.Random(seed), as_of)  # noqa: S311 (a story, not a secret)
    months = list(_months(as_of))
    yield from _set_up(months[0])
    for first_day in months:
        month_steps = list(_month(story, first_day))
        yield from sorted(month_steps, key=lambda step: step.date)
    yield from _closing_events(story)
    yield from _lines_to_check(story)


def year_start(as_of: dt.date) -> dt.date:
    """The first day of the first financial year of the demo's books."""
    return next(iter(_months(as_of)))


def _months(as_of: dt.date) -> Iterator[dt.date]:
    for back in range(MONTHS_OF_HISTORY - 1, -1, -1):
        index = as_of.year * 12 + as_of.month - 1 - back
        yield dt.date(index // 12, index % 12 + 1, 1)


def _set_up(start: dt.date) -> Iterator[Step]:
    for key, name, kind in (
        ("bank:current", "Current account", "current"),
        ("bank:savings", "Savings account", "savings"),
        ("bank:card", "Company card", "credit_card"),
    ):
        yield _step(
            key, "bank_accounts", {"name": name, "account_type": kind}, start, "bank_account"
        )
    for group, singular, reference in (
        (CUSTOMERS, "customer", "customer_ref"),
        ((*SUPPLIERS, EURO_SUPPLIER), "supplier", "supplier_ref"),
    ):
        for number, party in enumerate(group, start=1):
            body = {reference: f"{singular[0].upper()}{number:03}", **_party_body(party)}
            yield _step(party.key, f"{singular}s", body, start, singular)
    yield _step(
        PROJECT,
        "projects",
        {"name": "Harbour House refit", "status": "Open", "date_started": start.isoformat()},
        start,
        "project",
    )
    for product in PRODUCTS:
        yield _step(product.key, "items", _product_body(product), start, "item")
    yield bank_step(
        "receipt:capital", "bank:current", start, "bankreceipt", "Share capital",
        [_nominal_line("Ordinary shares issued", Decimal(40000), "290")],
    )  # fmt: skip


def _party_body(party: Party) -> dict[str, Any]:
    email = f"accounts@{party.key.split(':')[1]}.example"
    abroad = party.currency != "GBP"
    return {
        "name": party.contact,
        "business_name": party.name,
        "email": email,
        "currency_code": party.currency,
        "days_until_payment_due": party.terms_days,
        "country": "Germany" if abroad else "United Kingdom",
        "address_attributes": {
            "address_line_1": "1 Market Place",
            "town_city": party.town,
            "postcode": party.postcode,
            "country": "Germany" if abroad else "United Kingdom",
        },
    }


def _product_body(product: Product) -> dict[str, Any]:
    return {
        "name": product.name,
        "code": product.code,
        "item_type": "inventory",
        "is_sold": True,
        "is_bought": False,
        "sale_price": str(product.price),
        "sales_nominal_code": "300",
        "tax_code": product.tax_code,
    }


def _step(key: str, path: str, body: dict[str, Any], date: dt.date, wrapper: str) -> Step:
    return Step(key=key, path=(path,), body={wrapper: body}, date=date)


def bank_step(
    key: str,
    account: str,
    date: dt.date,
    kind: str,
    description: str,
    lines: list[dict[str, Any]],
    **more: Any,
) -> Step:
    """A confirmed bank transaction; several lines make it a split one."""
    body: dict[str, Any] = {"date": date.isoformat(), "type": kind, "description": description}
    total = sum((Decimal(line["total_amount"]) for line in lines), Decimal(0))
    if len(lines) == 1:
        body |= {name: value for name, value in lines[0].items() if name != "description"}
    elif lines:
        body |= {"is_split": True, "total_amount": str(total), "lines_attributes": lines}
    return Step(
        key,
        ("bank_accounts", Ref(account), "bank_transactions"),
        {"bank_transaction": body | more},
        date,
    )


def _nominal_line(description: str, total: Decimal, code: str) -> dict[str, Any]:
    return {
        "description": description,
        "account_class_and_id": nominal(code),
        "net_amount": str(total),
        "tax_amount": "0.00",
        "total_amount": str(total),
        "tax_code": "NV",
    }


def _month(story: Story, first_day: dt.date) -> Iterator[Step]:
    last = min(_last_day(first_day), story.as_of)
    busy = SEASON[first_day.month]
    whole_month = last == _last_day(first_day)
    share = Decimal(last.day) / Decimal(_last_day(first_day).day)
    for _ in range(int(INVOICES_A_MONTH * busy * share / 100)):
        yield _invoice(story, _day(story, first_day, last))
    for _ in range(int(BILLS_A_MONTH * share)):
        yield _bill(story, _day(story, first_day, last))
    yield from _money_in(story, first_day, last)
    yield from _money_out(story, first_day, last)
    for date, description, lines, account in direct_costs(story.dice, first_day, last):
        story.owe_vat(date, -sum((Decimal(line["tax_amount"]) for line in lines), Decimal(0)))
        yield bank_step(story.key("cost"), account, date, "bankpayment", description, lines)
    if whole_month:
        yield from _month_end(story, first_day, last)


def _month_end(story: Story, first_day: dt.date, last: dt.date) -> Iterator[Step]:
    wages, journal, paye = payroll(first_day, last)
    yield Step(story.key("journal"), ("journal_entries",), {"journal_entry": journal}, last)
    for description, amount, code in (wages, paye):
        yield bank_step(
            story.key("wages"), "bank:current", last, "bankpayment", description,
            [_nominal_line(description, amount, code)],
        )  # fmt: skip
    yield Step(
        story.key("journal"),
        ("journal_entries",),
        {
            "journal_entry": {
                "date": last.isoformat(),
                "description": f"Depreciation {last:%B %Y}",
                "lines_attributes": [
                    {"nominal_code": "740", "amount": "175.00"},
                    {"nominal_code": "005", "amount": "-175.00"},
                ],
            }
        },
        last,
    )
    yield _transfer(story, last, "bank:current", "bank:card", Decimal(650), "Card paid off")
    if first_day.month % 3 == 0:
        yield _transfer(story, last, "bank:current", "bank:savings", Decimal(1500), "To savings")
        yield bank_step(
            story.key("interest"), "bank:savings", last, "bankreceipt", "Interest",
            [_nominal_line("Savings interest", penny(Decimal(story.dice.uniform(18, 60))), "385")],
        )  # fmt: skip
    yield from vat_payment_steps(story, first_day)


def vat_payment_steps(story: Story, first_day: dt.date) -> Iterator[Step]:
    """A quarter's VAT is paid on the seventh of the second month after it ends."""
    due = vat_payment(first_day, story.vat_by_quarter)
    if due is None or due[0] > story.as_of:
        return
    date, amount, label = due
    kind = "bankpayment" if amount > 0 else "bankreceipt"
    yield bank_step(
        story.key("vat"), "bank:current", date, kind, label,
        [_nominal_line(label, abs(amount), "260")],
    )  # fmt: skip


def _transfer(
    story: Story, date: dt.date, source: str, target: str, amount: Decimal, why: str
) -> Step:
    body = {
        "date": date.isoformat(),
        "type": "bankpayment",
        "description": why,
        "account_class_and_id": ("BankAccount", Ref(target)),
        "total_amount": str(amount),
        "net_amount": str(amount),
    }
    return Step(
        story.key("transfer"),
        ("bank_accounts", Ref(source), "bank_transactions"),
        {"bank_transaction": body},
        date,
    )


def _last_day(first_day: dt.date) -> dt.date:
    return first_day.replace(day=calendar.monthrange(first_day.year, first_day.month)[1])


def _day(story: Story, first: dt.date, last: dt.date) -> dt.date:
    return first + dt.timedelta(days=story.dice.randint(0, (last - first).days))


def _invoice(story: Story, date: dt.date) -> Step:
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


def _bill(story: Story, date: dt.date) -> Step:
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


def _money_in(story: Story, first: dt.date, last: dt.date) -> Iterator[Step]:
    due = [doc for doc in story.invoices if doc.outstanding > 0 and doc.due_date <= last]
    for document in due:
        late = dt.timedelta(days=story.dice.choice((-3, 0, 0, 1, 4, 9, 25)))
        date = max(document.date, document.due_date + late, first)
        if date > last or story.dice.random() < 0.03:
            continue
        yield receipt(story, document, date, document.outstanding)


def receipt(story: Story, document: Document, date: dt.date, amount: Decimal) -> Step:
    """Money from a customer against one invoice."""
    document.paid += amount
    return _settle(story, document, date, amount, "customerreceipt", "Customer", "Receipt")


def _money_out(story: Story, first: dt.date, last: dt.date) -> Iterator[Step]:
    for document in story.bills:
        date = max(document.due_date, first)
        if document.outstanding <= 0 or document.due_date > last or document.currency != "GBP":
            continue
        amount, document.paid = document.outstanding, document.total
        yield _settle(story, document, date, amount, "supplierpayment", "Supplier", "Payment")


def _settle(
    story: Story,
    document: Document,
    date: dt.date,
    amount: Decimal,
    kind: str,
    party: str,
    word: str,
) -> Step:
    allocation = {"document_id": Ref(document.key), "amount": str(amount)}
    body: dict[str, Any] = {
        "date": date.isoformat(),
        "type": kind,
        "description": f"{word} {document.key.replace(':', ' ')}",
        "account_class_and_id": (party, Ref(document.party)),
        "total_amount": str(amount),
        "allocations_attributes": [allocation],
    }
    return Step(
        story.key("settlement"),
        ("bank_accounts", Ref("bank:current"), "bank_transactions"),
        {"bank_transaction": body},
        date,
    )


def _closing_events(story: Story) -> Iterator[Step]:
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


def _lines_to_check(story: Story) -> Iterator[Step]:
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
