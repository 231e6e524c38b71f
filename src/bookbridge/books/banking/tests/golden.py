"""The worked example of the mapping reference, entered through the operations."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from bookbridge.books.banking.models import BankAccount, BankTransaction
from bookbridge.books.banking.operations import create_bank_account, enter_bank_transaction
from bookbridge.books.banking.rules import NewBankLine
from bookbridge.books.contacts.operations import create_customer, create_supplier
from bookbridge.books.documents.rules import NewAllocation, NewLine
from bookbridge.books.ledger.models import JournalEntry, NominalAccount
from bookbridge.books.ledger.operations import post_adjustment
from bookbridge.books.ledger.queries import postings_of
from bookbridge.books.ledger.rules import PostingLine
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.purchases.models import Bill
from bookbridge.books.purchases.operations import create_bill
from bookbridge.books.sales.models import CreditNote, Invoice, WriteOff
from bookbridge.books.sales.operations import (
    create_credit_note,
    create_invoice,
    write_off_invoice,
)
from bookbridge.books.tax.models import TaxCode

AT = dt.datetime(2026, 1, 31, 9, 0, tzinfo=dt.UTC)
D = Decimal


def january(day: int) -> dt.date:
    return dt.date(2026, 1, day)


@dataclass
class Golden:
    """The company of the worked example, and its documents under their numbers there."""

    organisation: Organisation
    actor: Actor
    accounts: dict[str, int] = field(default_factory=dict)
    taxes: dict[str, int] = field(default_factory=dict)
    banks: dict[str, BankAccount] = field(default_factory=dict)
    contacts: dict[str, int] = field(default_factory=dict)
    invoices: dict[int, Invoice] = field(default_factory=dict)
    bills: dict[int, Bill] = field(default_factory=dict)
    transactions: dict[int, BankTransaction] = field(default_factory=dict)
    credit_note: CreditNote | None = None
    write_off: WriteOff | None = None
    adjustment: JournalEntry | None = None

    @property
    def common(self) -> dict:
        return {"organisation_id": self.organisation.pk, "actor": self.actor, "at": AT}

    def account(self, code: str) -> int:
        return NominalAccount.objects.get(organisation=self.organisation, code=code).pk

    def tax(self, code: str) -> int:
        return TaxCode.objects.get(organisation=self.organisation, code=code).pk

    def line(
        self, description: str, quantity: str, price: str, tax: str, account: str = "300"
    ) -> NewLine:
        return NewLine(
            description=description,
            quantity=D(quantity),
            price=D(price),
            account_id=self.account(account),
            tax_code_id=self.tax(tax),
        )

    def money(self, number: int, bank: str, day: int, type: str, lines, **more) -> BankTransaction:
        made = enter_bank_transaction(
            bank_account_id=self.banks[bank].pk,
            date=january(day),
            type=type,
            lines=lines,
            **more,
            **self.common,
        )
        self.transactions[number] = made
        return made


def entry_text(organisation: Organisation, entry: JournalEntry | None) -> str:
    """An entry as the worked example writes it; adjacent postings of one account are merged
    where they came from one document's lines."""
    if entry is None:
        return ""
    merged: list[tuple[str, Decimal]] = []
    codes = dict(NominalAccount.objects.filter(organisation=organisation).values_list("id", "code"))
    for posting in postings_of(organisation.pk, [entry.pk]):
        code = codes[posting.account_id]
        if merged and merged[-1][0] == code:
            merged[-1] = (code, merged[-1][1] + posting.amount)
        else:
            merged.append((code, posting.amount))
    return ", ".join(f"{code} {amount:+.2f}" for code, amount in merged)


def enter_worked_example(organisation: Organisation, actor: Actor) -> Golden:
    g = Golden(organisation, actor)
    _open(g)
    _buy_and_sell(g)
    _pay(g)
    return g


def _open(g: Golden) -> None:
    g.banks["31001"] = create_bank_account(name="Current", **g.common)
    g.banks["31002"] = create_bank_account(name="Savings", account_type="SAVINGS", **g.common)
    for key, name in (("501", "Acme Ltd"), ("502", "Birch Ltd"), ("503", "Cedar LLP")):
        g.contacts[key] = create_customer(fields={"name": name}, **g.common).pk
    g.contacts["601"] = create_supplier(fields={"name": "Office World Ltd"}, **g.common).pk
    g.contacts["602"] = create_supplier(
        fields={"name": "Rhein GmbH", "currency": "EUR"}, **g.common
    ).pk


def _buy_and_sell(g: Golden) -> None:
    g.money(
        8001,
        "31001",
        1,
        "bankreceipt",
        [
            NewBankLine(
                account_id=g.account("290"),
                total_amount=D("10000.00"),
                tax_code_id=g.tax("NV"),
                description="Share capital",
            )
        ],
        description="Share capital",
    )
    g.bills[9101] = create_bill(
        supplier_id=g.contacts["601"],
        date=january(1),
        due_date=january(31),
        reference="OW-77",
        lines=[g.line("Workbench", "1", "1800.00", "ST", "000")],
        **g.common,
    )
    g.invoices[9003] = create_invoice(
        customer_id=g.contacts["503"],
        date=january(4),
        due_date=january(11),
        number="INV-1003",
        lines=[g.line("Call-out", "1", "200.00", "ST")],
        **g.common,
    )
    g.invoices[9001] = create_invoice(
        customer_id=g.contacts["501"],
        date=january(6),
        due_date=dt.date(2026, 2, 5),
        number="INV-1001",
        lines=[
            g.line("Consulting, days", "3", "333.33", "ST"),
            g.line("Insulation kits", "2", "45.50", "RR"),
            g.line("Training course", "1", "104.46", "EX"),
        ],
        **g.common,
    )
    g.invoices[9002] = create_invoice(
        customer_id=g.contacts["502"],
        date=january(8),
        due_date=dt.date(2026, 2, 7),
        number="INV-1002",
        lines=[g.line("Site survey", "1", "500.00", "ST")],
        **g.common,
    )
    g.bills[9102] = create_bill(
        supplier_id=g.contacts["602"],
        date=january(10),
        due_date=dt.date(2026, 2, 9),
        reference="RH-26-4",
        rate=D("0.86"),
        lines=[g.line("Sensor modules", "4", "250.00", "NV", "500")],
        **g.common,
    )


def _pay(g: Golden) -> None:
    acme, birch, rhein = g.contacts["501"], g.contacts["502"], g.contacts["602"]
    g.money(
        8002,
        "31001",
        15,
        "customerreceipt",
        [NewBankLine(customer_id=acme, total_amount=D("900.00"))],
        allocations=[NewAllocation(document_id=g.invoices[9001].pk, amount=D("900.00"))],
    )
    g.credit_note = create_credit_note(
        customer_id=acme,
        date=january(18),
        number="CN-2001",
        lines=[g.line("Insulation kits", "2", "45.50", "RR")],
        allocations=[NewAllocation(document_id=g.invoices[9001].pk, amount=D("95.55"))],
        **g.common,
    )
    g.money(
        8003,
        "31001",
        19,
        "customerreceipt",
        [NewBankLine(customer_id=birch, total_amount=D("650.00"))],
        allocations=[NewAllocation(document_id=g.invoices[9002].pk, amount=D("600.00"))],
    )
    g.money(
        8006,
        "31001",
        20,
        "bankpayment",
        [
            NewBankLine(
                account_id=g.account(code),
                total_amount=D(total),
                tax_code_id=g.tax(tax),
                description=words,
            )
            for code, total, tax, words in (
                ("500", "120.00", "ST", "Materials"),
                ("645", "150.00", "EX", "Rent"),
                ("680", "30.00", "RR", "Gas"),
            )
        ],
        description="Card payment, depot",
    )
    g.money(
        8004,
        "31001",
        22,
        "bankpayment",
        [NewBankLine(transfer_account_id=g.banks["31002"].pk, total_amount=D("2000.00"))],
        description="To savings",
    )
    g.money(
        8005,
        "31001",
        25,
        "supplierpayment",
        [NewBankLine(supplier_id=rhein, total_amount=D("600.00"))],
        bank_amount=D("525.00"),
        allocations=[NewAllocation(document_id=g.bills[9102].pk, amount=D("600.00"))],
        description="Payment RH-26-4",
    )
    g.write_off = write_off_invoice(
        invoice_id=g.invoices[9003].pk, date=january(30), reason="Gone away", **g.common
    )
    g.adjustment = post_adjustment(
        date=january(31),
        description="Depreciation January",
        lines=[
            PostingLine(account_id=g.account("740"), amount=D("50.00")),
            PostingLine(account_id=g.account("005"), amount=D("-50.00")),
        ],
        **g.common,
    )
