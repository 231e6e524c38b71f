"""Money in and out, and the lines of a statement, as people book them in the browser."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from bookbridge.books.banking.models import (
    BankAccount,
    BankTransaction,
    ImportedBankTransaction,
    ImportedStatus,
)
from bookbridge.books.banking.operations import create_bank_account, import_bank_lines
from bookbridge.books.banking.rules import NewStatementLine
from bookbridge.books.conftest import OPENED_AT
from bookbridge.books.contacts.operations import create_customer
from bookbridge.books.documents.rules import NewLine
from bookbridge.books.ledger.models import NominalAccount
from bookbridge.books.ledger.queries import account_by_code
from bookbridge.books.organisations.models import Organisation, User
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.sales.models import Invoice
from bookbridge.books.sales.operations import create_invoice

DAY = dt.date(2026, 3, 2)


@pytest.fixture
def browser(owner_user: User) -> Client:
    client = Client()
    client.force_login(owner_user)
    return client


@pytest.fixture
def bank(books: Organisation, owner: Actor) -> BankAccount:
    return create_bank_account(
        organisation_id=books.pk, name="Current account", actor=owner, at=OPENED_AT
    )


@pytest.fixture
def invoice(books: Organisation, owner: Actor) -> Invoice:
    made = {"organisation_id": books.pk, "actor": owner, "at": OPENED_AT}
    customer = create_customer(fields={"name": "Kiln & Co"}, **made)
    return create_invoice(
        customer_id=customer.pk, date=DAY, lines=[NewLine(price=Decimal(500))], **made
    )


def account(books: Organisation, code: str) -> NominalAccount:
    found = account_by_code(books.pk, code)
    assert found is not None
    return found


def page(name: str, books: Organisation, *ids: int) -> str:
    return reverse(name, args=[books.pk, *ids])


def to_check(
    bank: BankAccount, owner: Actor, *lines: NewStatementLine
) -> list[ImportedBankTransaction]:
    return import_bank_lines(
        organisation_id=bank.organisation_id,
        bank_account_id=bank.pk,
        lines=lines,
        actor=owner,
        at=OPENED_AT,
    )


def test_a_bank_account_is_opened(browser: Client, books: Organisation) -> None:
    sent = {"name": "Reserve", "account_type": "SAVINGS", "currency": "GBP"}
    response = browser.post(page("new_bank_account", books), sent)
    made = BankAccount.objects.get()
    assert response["Location"] == page("bank_account", books, made.pk)
    assert "Reserve" in browser.get(page("bank_accounts", books)).content.decode()


def test_money_out_is_split_over_categories(
    browser: Client, books: Organisation, bank: BankAccount
) -> None:
    sent = {"date": "2026-03-02", "description": "Stationer", "lines-TOTAL_FORMS": "3"}
    sent["lines-INITIAL_FORMS"] = "0"
    for number, (code, total) in enumerate((("645", "60"), ("680", "40.50"))):
        sent[f"lines-{number}-target"] = f"A{account(books, code).pk}"
        sent[f"lines-{number}-total"] = total
    address = page("new_bank_transaction", books, bank.pk) + "?type=bankpayment"
    assert browser.post(address, sent).status_code == 302
    made = BankTransaction.objects.get()
    assert made.bank_amount == Decimal("-100.50") and made.is_split
    shown = browser.get(page("bank_transaction", books, made.pk)).content.decode()
    assert "645 Rent" in shown and "680 Utilities" in shown
    assert "100.50" in browser.get(page("bank_account", books, bank.pk)).content.decode()


def test_money_moves_between_two_accounts(
    browser: Client, books: Organisation, bank: BankAccount, owner: Actor
) -> None:
    other = create_bank_account(organisation_id=books.pk, name="Reserve", actor=owner, at=OPENED_AT)
    sent = {
        "date": "2026-03-02",
        "description": "To reserve",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-target": f"B{other.pk}",
        "lines-0-total": "70",
    }
    address = page("new_bank_transaction", books, bank.pk) + "?type=bankpayment"
    assert browser.post(address, sent).status_code == 302
    assert "70.00" in browser.get(page("bank_account", books, other.pk)).content.decode()


def test_a_customer_pays_part_of_an_invoice(
    browser: Client, books: Organisation, bank: BankAccount, invoice: Invoice
) -> None:
    address = page("new_bank_transaction", books, bank.pk) + "?type=customerreceipt"
    unknown = browser.get(f"{address}&contact=Nobody").content.decode()
    assert "Nobody here has this name" in unknown
    address += "&contact=Kiln+%26+Co"
    assert str(invoice) in browser.get(address).content.decode()
    sent = {"date": "2026-03-09", "total": "250", f"amount_{invoice.pk}": "9000"}
    assert browser.post(address, sent).status_code == 422
    assert browser.post(address, sent | {f"amount_{invoice.pk}": "250"}).status_code == 302
    invoice.refresh_from_db()
    assert invoice.outstanding_amount == Decimal("350.00")


def test_an_unknown_type_of_money_does_not_exist(
    browser: Client, books: Organisation, bank: BankAccount
) -> None:
    address = page("new_bank_transaction", books, bank.pk)
    assert browser.get(address, {"type": "gift"}).status_code == 404


def test_voiding_opens_what_was_paid(
    browser: Client, books: Organisation, bank: BankAccount, invoice: Invoice
) -> None:
    address = page("new_bank_transaction", books, bank.pk)
    sent = {"date": "2026-03-09", "total": "600", f"amount_{invoice.pk}": "600"}
    browser.post(f"{address}?type=customerreceipt&contact=Kiln+%26+Co", sent)
    void = page("void_bank_transaction", books, BankTransaction.objects.get().pk)
    assert browser.post(void, {"reason": ""}).status_code == 422
    assert browser.post(void, {"reason": "bounced"}).status_code == 302
    invoice.refresh_from_db()
    assert invoice.outstanding_amount == Decimal("600.00")


def test_a_line_to_check_is_booked_to_a_category_and_suggested_the_next_time(
    browser: Client, books: Organisation, bank: BankAccount, owner: Actor
) -> None:
    (line,) = to_check(
        bank, owner, NewStatementLine(date=DAY, description="TFL", money_out=Decimal("8.40"))
    )
    travel = account(books, "645")
    address = page("bank_confirmation", books, bank.pk, line.pk)
    refused = browser.post(address, {})
    assert refused.status_code == 422 and "field-error" in refused.content.decode()
    assert browser.post(address, {f"line{line.pk}-target": f"A{travel.pk}"}).status_code == 302
    (again,) = to_check(
        bank, owner, NewStatementLine(date=DAY, description="TFL", money_out=Decimal(9))
    )
    shown = browser.get(page("bank_check", books, bank.pk)).content.decode()
    assert "as on 1 earlier lines" in shown
    taken = browser.post(
        page("bank_confirmation", books, bank.pk, again.pk), {"decision": f"A{travel.pk}:"}
    )
    assert taken.status_code == 302
    again.refresh_from_db()
    assert again.status == ImportedStatus.CONFIRMED


def test_a_line_of_an_invoices_amount_is_matched_to_it(
    browser: Client, books: Organisation, bank: BankAccount, owner: Actor, invoice: Invoice
) -> None:
    (line,) = to_check(bank, owner, NewStatementLine(date=DAY, money_in=Decimal(600)))
    shown = browser.get(page("bank_check", books, bank.pk)).content.decode()
    assert f"Match {invoice}" in shown and f'value="D{invoice.pk}"' in shown
    address = page("bank_confirmation", books, bank.pk, line.pk)
    assert browser.post(address, {"decision": f"D{invoice.pk}"}).status_code == 302
    invoice.refresh_from_db()
    assert invoice.is_settled
    assert browser.post(address, {"decision": f"D{invoice.pk}"}).status_code == 422


def test_a_line_is_set_aside_and_brought_back(
    browser: Client, books: Organisation, bank: BankAccount, owner: Actor
) -> None:
    (line,) = to_check(bank, owner, NewStatementLine(date=DAY, money_in=Decimal(1)))
    address = page("bank_confirmation", books, bank.pk, line.pk)
    browser.post(address, {"decision": "ignore"})
    ignored = browser.get(page("bank_check", books, bank.pk), {"show": "ignored"})
    assert "Bring back" in ignored.content.decode()
    browser.post(address, {"decision": "unignore"})
    line.refresh_from_db()
    assert line.status == ImportedStatus.TO_CHECK


@pytest.mark.parametrize("decision", ["D0", "Dx", "A", "Zebra", "A1:x"])
def test_a_made_up_decision_does_not_exist(
    decision: str, browser: Client, books: Organisation, bank: BankAccount, owner: Actor
) -> None:
    (line,) = to_check(bank, owner, NewStatementLine(date=DAY, money_in=Decimal(1)))
    address = page("bank_confirmation", books, bank.pk, line.pk)
    assert browser.post(address, {"decision": decision}).status_code == 404


def test_money_on_account_is_set_against_what_is_owed_later(
    browser: Client, books: Organisation, bank: BankAccount, invoice: Invoice
) -> None:
    address = page("new_bank_transaction", books, bank.pk)
    sent = {"date": "2026-03-09", "total": "100"}
    browser.post(f"{address}?type=customerreceipt&contact=Kiln+%26+Co", sent)
    money = BankTransaction.objects.get()
    shown = browser.get(page("bank_transaction", books, money.pk)).content.decode()
    assert "100.00 on account" in shown and str(invoice) in shown
    use = page("allocate_bank_transaction", books, money.pk)
    amount = f"amount_{invoice.pk}"
    assert browser.post(use, {"date": "2026-03-09", amount: "101"}).status_code == 422
    assert browser.post(use, {"date": "2026-03-09", amount: "100"}).status_code == 302
    invoice.refresh_from_db()
    assert invoice.outstanding_amount == Decimal("500.00")
    assert browser.post(use, {"date": "2026-03-09", amount: "1"}).status_code == 404
