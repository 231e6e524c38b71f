"""What only real commits and several connections can show."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection

from bookbridge.books.banking.models import BankAccount, BankTransaction
from bookbridge.books.banking.operations import create_bank_account, enter_bank_transaction
from bookbridge.books.banking.rules import NewBankLine
from bookbridge.books.documents.errors import OutstandingExceededError
from bookbridge.books.documents.tests.desk import Desk, day
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope
from bookbridge.books.sales.models import Invoice
from bookbridge.books.sales.operations import create_invoice

pytestmark = pytest.mark.database
D = Decimal


def sold(desk: Desk) -> tuple[Invoice, BankAccount]:
    with organisation_scope(desk.organisation.pk):
        invoice = create_invoice(
            customer_id=desk.customer().pk,
            date=day("03-01"),
            lines=[desk.line("100.00")],
            **desk.common,
        )
        return invoice, create_bank_account(name="Current", **desk.common)


def test_two_payments_at_once_settle_an_invoice_once(
    committed_books: Organisation, committed_owner: Actor
) -> None:
    desk = Desk(committed_books, committed_owner)
    invoice, bank = sold(desk)
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def pay() -> None:
        try:
            start.wait(timeout=10)
            enter_bank_transaction(
                bank_account_id=bank.pk,
                date=day("03-02"),
                type="customerreceipt",
                lines=[NewBankLine(customer_id=invoice.customer_id, total_amount=D("100.00"))],
                allocations=[desk.allocation(invoice, "100.00")],
                **desk.common,
            )
            outcomes.append("paid")
        except OutstandingExceededError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=pay) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(outcomes) == ["paid", "refused"]
    with organisation_scope(committed_books.pk):
        invoice.refresh_from_db()
        assert invoice.outstanding_amount == 0
        assert desk.balance("200") == 0


def test_numbers_taken_at_once_differ_and_have_no_gap(
    committed_books: Organisation, committed_owner: Actor
) -> None:
    desk = Desk(committed_books, committed_owner)
    with organisation_scope(committed_books.pk):
        customer, line = desk.customer(), desk.line("1.00")

    def sell() -> None:
        try:
            create_invoice(customer_id=customer.pk, date=day("03-01"), lines=[line], **desk.common)
        finally:
            connection.close()

    threads = [threading.Thread(target=sell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    with organisation_scope(committed_books.pk):
        numbers = sorted(Invoice.objects.values_list("number", flat=True))
    assert numbers == ["INV-1001", "INV-1002", "INV-1003", "INV-1004"]


def test_another_organisation_sees_nothing_and_points_at_nothing(
    committed_books: Organisation, committed_owner: Actor, stranger_books: Organisation
) -> None:
    desk = Desk(committed_books, committed_owner)
    invoice, bank = sold(desk)

    with organisation_scope(stranger_books.pk):
        assert not Invoice.objects.exists()
        assert not BankAccount.objects.exists()
        assert Invoice.objects.filter(pk=invoice.pk).update(notes="mine") == 0
    with pytest.raises(IntegrityError, match="tenant_fk"), organisation_scope(stranger_books.pk):
        BankTransaction.objects.create(
            organisation=stranger_books,
            bank_account_id=bank.pk,
            date=day("03-02"),
            type="bankpayment",
            currency="GBP",
            net_amount=1,
            tax_amount=0,
            total_amount=1,
            bank_amount=-1,
            base_amount=-1,
            created_at=invoice.created_at,
            updated_at=invoice.created_at,
        )
