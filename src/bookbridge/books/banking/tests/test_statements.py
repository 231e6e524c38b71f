from __future__ import annotations

from decimal import Decimal

import pytest

from bookbridge.books.banking.errors import (
    ConfirmationAmountError,
    NotToCheckError,
    StatementLineError,
    UnknownImportedError,
)
from bookbridge.books.banking.models import BankAccount
from bookbridge.books.banking.operations import (
    confirm_imported_transaction,
    create_bank_account,
    ignore_imported_transaction,
    import_bank_lines,
    unignore_imported_transaction,
    update_imported_transaction,
    void_bank_transaction,
)
from bookbridge.books.banking.queries import bank_accounts, imported_transactions
from bookbridge.books.banking.rules import NewBankLine, NewStatementLine
from bookbridge.books.documents.tests.desk import Desk, day
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.sales.operations import create_invoice

D = Decimal


@pytest.fixture
def desk(books: Organisation, owner: Actor) -> Desk:
    return Desk(books, owner)


@pytest.fixture
def current(desk: Desk) -> BankAccount:
    return create_bank_account(name="Current", **desk.common)


def out(amount: str, description: str = "CARD 4711", on: str = "03-02") -> NewStatementLine:
    return NewStatementLine(date=day(on), description=description, money_out=D(amount))


def bring(desk: Desk, bank: BankAccount, *lines: NewStatementLine):
    return import_bank_lines(bank_account_id=bank.pk, lines=lines, **desk.common)


def test_a_statement_read_twice_brings_its_lines_once(desk: Desk, current: BankAccount) -> None:
    lines = [out("4.50"), out("4.50"), out("12.00", "RENT")]

    assert len(bring(desk, current, *lines)) == 3
    assert bring(desk, current, *lines) == []
    # A longer statement that overlaps brings only what is new, a third equal payment included.
    assert len(bring(desk, current, *lines, out("4.50"), out("9.00"))) == 2
    assert bank_accounts(desk.organisation.pk).get().to_check_count == 5


def test_a_confirmation_makes_the_bank_transaction(desk: Desk, current: BankAccount) -> None:
    (line,) = bring(desk, current, out("120.00"))
    before = line.updated_at

    made = confirm_imported_transaction(
        imported_id=line.pk,
        type="bankpayment",
        lines=[
            NewBankLine(
                account_id=desk.account("500"),
                net_amount=D("100.00"),
                tax_amount=D("20.00"),
                total_amount=D("120.00"),
                tax_code_id=desk.tax("ST"),
            )
        ],
        conversion_rate=D("1.0"),
        **desk.common,
    )

    line.refresh_from_db()
    assert (line.status, line.bank_transaction_id) == ("CONFIRMED", made.pk)
    assert line.updated_at > before
    assert desk.entry(made.entry) == "500 +100.00, 260 +20.00, 210 -120.00"
    assert (made.date, made.description) == (day("03-02"), "CARD 4711")
    with pytest.raises(NotToCheckError):
        ignore_imported_transaction(imported_id=line.pk, **desk.common)


def test_a_confirmed_receipt_settles_its_invoice_and_deleting_it_returns_the_line_to_check(
    desk: Desk, current: BankAccount
) -> None:
    customer = desk.customer()
    invoice = create_invoice(
        customer_id=customer.pk, date=day("03-01"), lines=[desk.line("80.00")], **desk.common
    )
    (line,) = bring(
        desk, current, NewStatementLine(date=day("03-05"), payee="Acme", money_in=D("80.00"))
    )
    made = confirm_imported_transaction(
        imported_id=line.pk,
        type="customerreceipt",
        lines=[NewBankLine(customer_id=customer.pk, total_amount=D("80.00"))],
        allocations=[desk.allocation(invoice, "80.00")],
        **desk.common,
    )
    invoice.refresh_from_db()
    assert invoice.is_settled

    void_bank_transaction(bank_transaction_id=made.pk, reason="", **desk.common)

    line.refresh_from_db()
    invoice.refresh_from_db()
    assert (line.status, line.bank_transaction_id) == ("TO_CHECK", None)
    assert invoice.outstanding_amount == D("80.00")


def test_a_foreign_line_on_a_sterling_account_is_confirmed_at_what_the_bank_saw(
    desk: Desk, current: BankAccount
) -> None:
    rhein = desk.supplier("Rhein GmbH", currency="EUR")
    (line,) = bring(desk, current, out("525.00", "RHEIN"))

    made = confirm_imported_transaction(
        imported_id=line.pk,
        type="supplierpayment",
        lines=[NewBankLine(supplier_id=rhein.pk, total_amount=D("600.00"))],
        currency="EUR",
        **desk.common,
    )

    assert (made.conversion_rate, made.bank_amount) == (D("0.875"), D("-525.00"))


def test_amount_and_direction_follow_the_statement(desk: Desk, current: BankAccount) -> None:
    (line,) = bring(desk, current, out("120.00"))
    for type, total in (("bankpayment", "119.99"), ("bankreceipt", "120.00")):
        with pytest.raises(ConfirmationAmountError, match=r"-120\.00"):
            confirm_imported_transaction(
                imported_id=line.pk,
                type=type,
                lines=[NewBankLine(account_id=desk.account("500"), total_amount=D(total))],
                **desk.common,
            )


def test_lines_are_set_aside_and_brought_back(desk: Desk, current: BankAccount) -> None:
    (line,) = bring(desk, current, out("4.50"))
    books = desk.organisation.pk

    assert ignore_imported_transaction(imported_id=line.pk, **desk.common).is_ignored
    assert not imported_transactions(books, current.pk, status="TO_CHECK")
    unignore_imported_transaction(imported_id=line.pk, **desk.common)
    update_imported_transaction(imported_id=line.pk, payee="Cafe", **desk.common)
    assert imported_transactions(books, current.pk, search="cafe").get().pk == line.pk
    with pytest.raises(UnknownImportedError):
        ignore_imported_transaction(imported_id=404, **desk.common)


@pytest.mark.parametrize(
    ("money_in", "money_out"), [("0", "0"), ("1", "1"), ("-1", "0"), ("0.001", "0")]
)
def test_a_statement_line_goes_one_way(
    desk: Desk, current: BankAccount, money_in: str, money_out: str
) -> None:
    line = NewStatementLine(date=day("03-01"), money_in=D(money_in), money_out=D(money_out))

    with pytest.raises(StatementLineError, match="Line 2"):
        bring(desk, current, out("1.00"), line)
    assert not imported_transactions(desk.organisation.pk, current.pk)
