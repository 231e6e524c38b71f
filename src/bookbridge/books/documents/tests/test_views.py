"""Invoices, bills and credit notes as people enter, use and undo them in the browser."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from bookbridge.books.conftest import OPENED_AT
from bookbridge.books.contacts.models import Customer, Supplier
from bookbridge.books.contacts.operations import create_customer, create_supplier
from bookbridge.books.ledger.queries import account_by_code
from bookbridge.books.organisations.models import Organisation, User
from bookbridge.books.organisations.operations import lock_period
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.purchases.models import Bill
from bookbridge.books.sales.models import CreditNote, Invoice

DAY = "2026-03-02"


@pytest.fixture
def browser(owner_user: User) -> Client:
    client = Client()
    client.force_login(owner_user)
    return client


@pytest.fixture
def kiln(books: Organisation, owner: Actor) -> Customer:
    return create_customer(
        organisation_id=books.pk, fields={"name": "Kiln & Co"}, actor=owner, at=OPENED_AT
    )


@pytest.fixture
def timber(books: Organisation, owner: Actor) -> Supplier:
    return create_supplier(
        organisation_id=books.pk, fields={"name": "Timber plc"}, actor=owner, at=OPENED_AT
    )


def form(contact: str, *lines: dict[str, str], **head: str) -> dict[str, str]:
    sent = {"contact": contact, "date": DAY, "lines-TOTAL_FORMS": str(len(lines) + 1)}
    sent |= {"lines-INITIAL_FORMS": "0", f"lines-{len(lines)}-quantity": "1"}
    for number, line in enumerate(lines):
        sent |= {f"lines-{number}-{name}": value for name, value in line.items()}
    return sent | head


OAK = {"description": "Oak shelving", "quantity": "3", "price": "1,250.00"}


def page(name: str, books: Organisation, *ids: int) -> str:
    return reverse(name, args=[books.pk, *ids])


def test_an_invoice_is_posted_from_its_form(
    browser: Client, books: Organisation, kiln: Customer
) -> None:
    sent = browser.post(page("new_invoice", books), form("kiln & co", OAK))
    invoice = Invoice.objects.get()
    assert sent.status_code == 302 and sent["Location"] == page("invoice", books, invoice.pk)
    assert (invoice.net_amount, invoice.tax_amount) == (Decimal("3750.00"), Decimal("750.00"))
    shown = browser.get(sent["Location"]).content.decode()
    assert "4,500.00" in shown and "200 Trade debtors" in shown and "Oak shelving" in shown


def test_a_draft_is_approved_later(browser: Client, books: Organisation, kiln: Customer) -> None:
    browser.post(page("new_invoice", books), form(kiln.name, OAK, **{"as": "draft"}))
    invoice = Invoice.objects.get()
    assert invoice.is_draft and invoice.entry_id is None
    browser.post(page("approve_invoice", books, invoice.pk))
    invoice.refresh_from_db()
    assert invoice.is_approved and invoice.number
    again = browser.post(page("approve_invoice", books, invoice.pk), follow=True)
    assert "notice-bad" in again.content.decode()


def test_one_more_line_keeps_everything_typed_and_saves_nothing(
    browser: Client, books: Organisation, kiln: Customer
) -> None:
    sent = form("Kiln", {"description": "Half a li", "price": "x"}, reference="PO 7")
    response = browser.post(page("new_invoice", books), sent | {"add_line": "1"})
    shown = response.content.decode()
    assert response.status_code == 200 and not Invoice.objects.exists()
    assert 'value="Half a li"' in shown and 'value="PO 7"' in shown and 'value="x"' in shown
    assert 'name="lines-2-description"' in shown and "error-summary" not in shown


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (form("Nobody Ltd", OAK), "Nobody here has this name"),
        (form("Kiln & Co"), "Write at least one line."),
        (form("Kiln & Co", {"description": "Oak"}), "Write the price."),
        (form("Kiln & Co", OAK, date="soon"), "Enter a valid date."),
        (form("Kiln & Co", OAK, currency="EUR"), "EUR"),
        (form("Kiln & Co", OAK, due_date="2026-01-01"), "due"),
    ],
)
def test_a_wrong_form_comes_back_with_its_words(
    sent: dict[str, str], sentence: str, browser: Client, books: Organisation, kiln: Customer
) -> None:
    response = browser.post(page("new_invoice", books), sent)
    shown = response.content.decode()
    assert response.status_code == 422 and sentence in shown and "error-summary" in shown
    assert f'value="{sent["date"]}"' in shown and not Invoice.objects.exists()


def test_a_locked_period_refuses_an_invoice_in_words(
    browser: Client, books: Organisation, kiln: Customer, owner: Actor
) -> None:
    lock_period(organisation_id=books.pk, lock_date=dt.date(2026, 6, 30), actor=owner, at=OPENED_AT)
    response = browser.post(page("new_invoice", books), form(kiln.name, OAK))
    assert response.status_code == 422 and "locked" in response.content.decode()
    assert not Invoice.objects.exists()


def test_voiding_asks_for_a_reason_and_then_undoes(
    browser: Client, books: Organisation, kiln: Customer
) -> None:
    browser.post(page("new_invoice", books), form(kiln.name, OAK))
    invoice = Invoice.objects.get()
    address = page("void_invoice", books, invoice.pk)
    assert "data-open-now" in browser.get(address).content.decode()
    assert browser.post(address, {"reason": ""}).status_code == 422
    assert browser.post(address, {"reason": "entered twice"}).status_code == 302
    invoice.refresh_from_db()
    assert invoice.is_void and invoice.void_reason == "entered twice"
    assert browser.post(address, {"reason": "again"}).status_code == 422


def test_a_credit_note_is_used_against_an_invoice_and_shows_on_both(
    browser: Client, books: Organisation, kiln: Customer
) -> None:
    browser.post(page("new_invoice", books), form(kiln.name, OAK))
    browser.post(page("new_credit_note", books), form(kiln.name, {"price": "100"}))
    invoice, note = Invoice.objects.get(), CreditNote.objects.get()
    address = page("allocate_credit_note", books, note.pk)
    amount = f"amount_{invoice.pk}"
    assert browser.post(address, {"date": DAY}).status_code == 422
    assert browser.post(address, {"date": DAY, amount: "999"}).status_code == 422
    assert browser.post(address, {"date": DAY, amount: "120"}).status_code == 302
    invoice.refresh_from_db()
    assert invoice.outstanding_amount == Decimal("4380.00")
    assert str(note) in browser.get(page("invoice", books, invoice.pk)).content.decode()
    assert str(invoice) in browser.get(page("credit_note", books, note.pk)).content.decode()


def test_what_will_never_be_paid_is_written_off(
    browser: Client, books: Organisation, kiln: Customer
) -> None:
    browser.post(page("new_invoice", books), form(kiln.name, OAK))
    invoice = Invoice.objects.get()
    address = page("write_off_invoice", books, invoice.pk)
    assert browser.post(address, {"date": DAY, "amount": "9999", "reason": "x"}).status_code == 422
    sent = {"date": DAY, "amount": "4500.00", "reason": "in liquidation"}
    assert browser.post(address, sent).status_code == 302
    shown = browser.get(page("invoice", books, invoice.pk)).content.decode()
    assert "in liquidation" in shown and "Settled" in shown


def test_a_bill_takes_the_suppliers_number_and_a_chosen_category(
    browser: Client, books: Organisation, timber: Supplier
) -> None:
    rent = account_by_code(books.pk, "645")
    assert rent is not None
    line = {"description": "March", "price": "900", "account": str(rent.pk)}
    response = browser.post(page("new_bill", books), form(timber.name, line, reference="TM-1"))
    bill = Bill.objects.get()
    assert response.status_code == 302 and str(bill) == "TM-1"
    assert "645 Rent" in browser.get(page("bill", books, bill.pk)).content.decode()


def test_a_list_is_searched_filtered_and_taken_away_as_it_is_shown(
    browser: Client, books: Organisation, kiln: Customer
) -> None:
    for reference in ("blue", "green"):
        browser.post(page("new_invoice", books), form(kiln.name, OAK, reference=reference))
    address = page("invoices", books)
    browser.get(address)  # takes the notices of what was posted
    blue, green = (i.number or "" for i in Invoice.objects.order_by("id"))
    shown = browser.get(address, {"q": "green"}).content.decode()
    assert green in shown and blue not in shown
    csv = browser.get(address, {"q": "green", "hide": "due,currency,status", "format": "csv"})
    assert csv["Content-Type"].startswith("text/csv")
    lines = csv.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Number,Date,Customer,Total,Still due"
    assert lines[1:] == [f"{green},2026-03-02,Kiln & Co,4500.00,4500.00"]
    nothing = browser.get(address, {"q": "red", "status": "void"}).content.decode()
    assert "red" in nothing and "Show everything" in nothing


def test_a_formula_in_a_name_stays_text_in_a_csv_file(
    browser: Client, books: Organisation, owner: Actor
) -> None:
    create_customer(organisation_id=books.pk, fields={"name": "=1+1"}, actor=owner, at=OPENED_AT)
    response = browser.get(page("customers", books), {"format": "csv"})
    assert "\n'=1+1," in response.content.decode().replace("\r", "")
