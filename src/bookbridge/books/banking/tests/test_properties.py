"""Random documents and payments: whatever happens, the control accounts agree with documents."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from bookbridge.books.banking.models import (
    BankAccount,
    BankTransaction,
    BankTransactionAllocation,
    BankTransactionLine,
)
from bookbridge.books.banking.operations import (
    allocate_bank_transaction,
    create_bank_account,
    enter_bank_transaction,
    void_bank_transaction,
)
from bookbridge.books.banking.queries import bank_accounts, money_on_account
from bookbridge.books.banking.rules import NewBankLine
from bookbridge.books.documents.errors import DocumentError
from bookbridge.books.documents.rules import NewAllocation
from bookbridge.books.documents.tests.desk import Desk, day
from bookbridge.books.ledger.models import Posting
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.purchases.models import Bill
from bookbridge.books.purchases.operations import create_bill, void_bill
from bookbridge.books.sales.models import CreditNote, CreditNoteAllocation, Invoice, WriteOff
from bookbridge.books.sales.operations import (
    create_credit_note,
    create_invoice,
    void_invoice,
    write_off_invoice,
)

D = Decimal
KINDS_OF_STEP = (
    *("invoice",) * 3,
    *("bill",) * 2,
    *("receive",) * 4,
    *("pay",) * 3,
    *("use",) * 4,
    "credit",
    "write off",
    "void",
    "undo",
)
STEPS, SEEDS = 80, range(4)


def random_step(chance: random.Random) -> tuple[str, Decimal, Decimal, bool, int]:
    """What is entered, for how much, at which rate, in a foreign currency or not, and which."""
    return (
        chance.choice(KINDS_OF_STEP),
        D(chance.choice([chance.randint(1, 99), chance.randint(100, 99999)])) / 100,
        D(chance.randint(5000, 15000)) / 10000,
        chance.random() < 0.6,
        chance.randint(0, 40),
    )


@dataclass
class Trader:
    """Somebody who enters what the steps say; what is refused is refused whole."""

    desk: Desk
    bank: BankAccount
    customers: tuple[Any, Any]
    suppliers: tuple[Any, Any]
    done: int = 0

    def take(self, step: tuple[str, Decimal, Decimal, bool, int]) -> None:
        what, amount, rate, is_foreign, which = step
        more: dict[str, Any] = {"rate": rate} if is_foreign else {}
        try:
            self._do(what, amount, rate, is_foreign, which, more)
            self.done += 1
        except DocumentError:
            return

    def _do(self, what, amount, rate, is_foreign, which, more) -> None:
        desk, customer = self.desk, self.customers[is_foreign].pk
        on = day("03-01") + dt.timedelta(days=which % 10)
        if what == "invoice":
            lines = [desk.line(str(amount), "ST"), desk.line("0.33", "RR", quantity="3")]
            create_invoice(customer_id=customer, date=on, lines=lines, **more, **desk.common)
        elif what == "bill":
            lines = [desk.line(str(amount), "ST", "500"), desk.line("1.01", "NV", "645")]
            supplier = self.suppliers[is_foreign].pk
            create_bill(supplier_id=supplier, date=on, lines=lines, **more, **desk.common)
        elif what == "credit":
            create_credit_note(
                customer_id=customer,
                date=on,
                lines=[desk.line(str(amount), "ST")],
                allocations=self._some(Invoice, customer_id=customer, amount=amount / 2),
                **more,
                **desk.common,
            )
        elif what in {"receive", "pay"}:
            self._money(what, amount, rate, is_foreign, on)
        else:
            self._change(what, amount, which)

    def _some(self, model, *, amount: Decimal, **filters) -> list[NewAllocation]:
        document = model.objects.filter(
            organisation=self.desk.organisation, outstanding_amount__gt=0, **filters
        ).first()
        if document is None:
            return []
        part = min(amount.quantize(D("0.01")), document.outstanding_amount)
        return [NewAllocation(document_id=document.pk, amount=part)]

    def _money(self, what, amount, rate, is_foreign, on) -> None:
        if what == "receive":
            contact = self.customers[is_foreign]
            line = NewBankLine(customer_id=contact.pk, total_amount=amount)
            allocations = self._some(Invoice, customer_id=contact.pk, amount=amount)
        else:
            contact = self.suppliers[is_foreign]
            line = NewBankLine(supplier_id=contact.pk, total_amount=amount)
            allocations = self._some(Bill, supplier_id=contact.pk, amount=amount)
        enter_bank_transaction(
            bank_account_id=self.bank.pk,
            date=on,
            type="customerreceipt" if what == "receive" else "supplierpayment",
            lines=[line],
            conversion_rate=rate if is_foreign else None,
            allocations=allocations,
            **self.desk.common,
        )

    def _change(self, what: str, amount: Decimal, which: int) -> None:
        common, books = self.desk.common, self.desk.organisation
        transactions = list(BankTransaction.objects.filter(organisation=books, status="ACTIVE"))
        invoices = list(Invoice.objects.filter(organisation=books))
        if what == "use" and transactions:
            spare = list(money_on_account(books.pk))
            money = spare[which % len(spare)].bank_transaction if spare else transactions[0]
            key = {"customer_id": money.customer_id} if money.customer_id else {}
            model = Invoice if money.customer_id else Bill
            key = key or {"supplier_id": money.supplier_id}
            allocate_bank_transaction(
                bank_transaction_id=money.pk,
                allocations=self._some(model, amount=amount, **key),
                date=day("03-20"),
                **common,
            )
        elif what == "write off" and invoices:
            chosen = invoices[which % len(invoices)]
            write_off_invoice(invoice_id=chosen.pk, date=day("03-20"), amount=amount, **common)
        elif what == "void" and transactions:
            money = transactions[which % len(transactions)]
            void_bank_transaction(bank_transaction_id=money.pk, reason="", **common)
        elif what == "undo" and invoices:
            chosen = invoices[which % len(invoices)]
            void_invoice(invoice_id=chosen.pk, reason="", **common)
            bill = Bill.objects.filter(organisation=books).last()
            if bill is not None:
                void_bill(bill_id=bill.pk, reason="", **common)


def total(queryset, field: str) -> Decimal:
    return queryset.aggregate(sum=Sum(field))["sum"] or D(0)


def check(desk: Desk) -> None:
    books = desk.organisation
    money = BankTransactionLine.objects.filter(organisation=books)
    debtors = (
        total(Invoice.objects.filter(organisation=books), "base_outstanding")
        - total(CreditNote.objects.filter(organisation=books), "base_outstanding")
        - total(money.filter(customer__isnull=False), "unallocated_base")
    )
    creditors = total(Bill.objects.filter(organisation=books), "base_outstanding") - total(
        money.filter(supplier__isnull=False), "unallocated_base"
    )
    assert desk.control("TRADE_DEBTORS") == debtors
    assert desk.control("TRADE_CREDITORS") == -creditors
    for invoice in Invoice.objects.filter(organisation=books, status="APPROVED"):
        standing = {"organisation": books, "invoice": invoice, "reversed_on": None}
        taken = sum(
            total(model.objects.filter(**standing), "amount")
            for model in (BankTransactionAllocation, CreditNoteAllocation, WriteOff)
        )
        assert invoice.outstanding_amount == invoice.total_amount - taken
        assert 0 <= invoice.base_outstanding <= invoice.base_total
        assert (invoice.outstanding_amount == 0) <= (invoice.base_outstanding == 0)
    assert total(Posting.objects.filter(organisation=books), "amount") == 0
    (bank,) = bank_accounts(books.pk)
    assert bank.balance == desk.balance("210")


@pytest.fixture
def trader(books: Organisation, owner: Actor) -> Trader:
    desk = Desk(books, owner)
    return Trader(
        desk,
        create_bank_account(name="Current", **desk.common),
        (desk.customer("Acme Ltd"), desk.customer("Rhein GmbH", currency="EUR")),
        (desk.supplier("Office World Ltd"), desk.supplier("Lyon SA", currency="EUR")),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_control_accounts_always_agree_with_what_is_outstanding(trader: Trader, seed: int) -> None:
    chance = random.Random(seed)

    for number in range(STEPS):
        trader.take(random_step(chance))
        if number % 20 == 19:
            check(trader.desk)

    assert trader.done > STEPS / 2, "most steps are possible, or nothing has been shown"
    used = BankTransactionAllocation.objects.filter(organisation=trader.desk.organisation)
    assert used.filter(entry__isnull=False).exists(), "some money on account realised a difference"
