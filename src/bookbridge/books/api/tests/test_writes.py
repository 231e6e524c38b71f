"""Writes: what comes back, what is refused with which words, and that nothing half is done."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from bookbridge.books.api.tests.conftest import ApiClient, errors_of
from bookbridge.books.ledger.models import JournalEntry
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.operations import lock_period
from bookbridge.books.organisations.rules import Actor

LINE = {"description": "Survey", "price": "100.00", "nominal_code": "300", "tax_code": "ST"}


def entry(*lines: tuple[str, str], date: str = "2026-01-31") -> dict[str, Any]:
    rows = [{"nominal_code": code, "amount": amount} for code, amount in lines]
    return {"journal_entry": {"date": date, "description": "Wear", "lines_attributes": rows}}


@pytest.fixture
def customer(as_owner: ApiClient, c: str) -> str:
    return str(as_owner.made(f"{c}/customers", {"customer": {"name": "Acme Ltd"}})["id"])


@pytest.fixture
def bank(as_owner: ApiClient, c: str) -> str:
    return str(as_owner.made(f"{c}/bank_accounts", {"bank_account": {"name": "Current"}})["id"])


def test_a_customer_is_made_and_changed_as_the_known_client_sends_it(
    as_owner: ApiClient, c: str, account_id: Callable[[str], int]
) -> None:
    address = {
        "address_line_1": "1 High Street",
        "town_city": "Leeds",
        "county": "West Yorkshire",
        "postcode": "LS1 1AA",
        "country": "United Kingdom",
    }
    sent = {
        "name": "Galexia",
        "business_name": "Galexia Ltd",
        "customer_ref": "G-1",
        "email": "hello@example.com",
        "country": "United Kingdom",
        "currency_id": "1",
        "credit_limit": "5000",
        "days_until_payment_due": "14",
        "nominal_account_id": account_id("300"),
        "address_attributes": address,
    }

    made = as_owner.made(f"{c}/customers", {"customer": sent})
    changed = as_owner.send(
        "PATCH", f"{c}/customers/{made['id']}", {"customer": {"business_name": "Galexia LLP"}}
    )

    shown = json.loads(changed.content)["data"]["attributes"]
    assert (shown["name"], shown["business-name"]) == ("Galexia", "Galexia LLP")
    assert (shown["customer-ref"], shown["country"]) == ("G-1", "GB")
    assert shown["address"]["town-city"] == "Leeds"
    assert shown["days-until-payment-due"] == 14
    assert made["relationships"]["currency"]["data"] == {"type": "currencies", "id": "1"}


def test_every_wrong_field_is_named(as_owner: ApiClient, c: str) -> None:
    answer = as_owner.post(
        f"{c}/customers",
        {"customer": {"name": "", "email": "nonsense", "credit_limit": "much"}},
    )
    assert answer.status_code == 422
    assert set(json.loads(answer.content)["fields"]) == {"credit_limit"}

    answer = as_owner.post(f"{c}/customers", {"customer": {"name": "", "email": "nonsense"}})
    assert answer.status_code == 422
    body = json.loads(answer.content)
    assert set(body["fields"]) == {"name", "email"}
    assert all(isinstance(sentence, str) for sentence in body["errors"])


def test_an_unused_customer_goes_and_a_used_one_is_archived(
    as_owner: ApiClient, c: str, customer: str
) -> None:
    other = as_owner.made(f"{c}/customers", {"customer": {"name": "Birch Ltd"}})["id"]
    body = {"customer_id": customer, "date": "2026-01-05", "invoice_lines_attributes": [LINE]}
    as_owner.made(f"{c}/invoices", {"invoice": body})

    assert as_owner.send("DELETE", f"{c}/customers/{other}").status_code == 204
    assert as_owner.send("DELETE", f"{c}/customers/{customer}").status_code == 204

    assert as_owner.get(f"{c}/customers/{other}").status_code == 404
    assert as_owner.data(f"{c}/customers/{customer}")["attributes"]["archived"] is True


@pytest.mark.parametrize("body", ["{", "[]", '"text"', '{"customer": {"name": "A"}', "<html>"])
def test_what_is_not_a_json_object_is_refused(as_owner: ApiClient, c: str, body: str) -> None:
    answer = as_owner.post(f"{c}/customers", body)

    assert answer.status_code == 422
    assert errors_of(answer)
    assert as_owner.data(f"{c}/customers") == []


def test_an_unbalanced_journal_is_refused_and_leaves_nothing(as_owner: ApiClient, c: str) -> None:
    answer = as_owner.post(f"{c}/journal_entries", entry(("740", "50.00"), ("005", "-49.99")))

    assert answer.status_code == 422
    assert "0.01" in errors_of(answer)[0]
    assert not JournalEntry.objects.exists()


def test_a_locked_period_refuses_and_leaves_nothing(
    as_owner: ApiClient, c: str, customer: str, books: Organisation, owner: Actor
) -> None:
    at = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    lock_period(organisation_id=books.pk, lock_date=dt.date(2026, 1, 31), actor=owner, at=at)
    body = {"customer_id": customer, "date": "2026-01-05", "invoice_lines_attributes": [LINE]}

    for answer in (
        as_owner.post(f"{c}/journal_entries", entry(("740", "50.00"), ("005", "-50.00"))),
        as_owner.post(f"{c}/invoices", {"invoice": body}),
    ):
        assert answer.status_code == 422
        assert "locked" in errors_of(answer)[0]
        assert "date" in json.loads(answer.content)["fields"]
    assert as_owner.data(f"{c}/invoices") == []
    assert not JournalEntry.objects.exists()


def test_an_adjustment_is_reversed_once(as_owner: ApiClient, c: str) -> None:
    made = as_owner.made(f"{c}/journal_entries", entry(("740", "50.00"), ("005", "-50.00")))
    path = f"{c}/journal_entries/{made['id']}/reversal"

    reversal = as_owner.made(path, {"date": "2026-02-01", "reason": "Entered twice"})
    again = as_owner.post(path, {"date": "2026-02-01", "reason": "Entered twice"})

    assert reversal["attributes"]["reverses-id"] == made["id"]
    assert reversal["attributes"]["journal-lines"][0]["amount"] == "-50.00"
    assert again.status_code == 409


def test_lines_without_account_or_with_unknown_codes_are_refused(
    as_owner: ApiClient, c: str, customer: str
) -> None:
    for line in (
        {**LINE, "nominal_code": "nope"},
        {**LINE, "tax_code": "XX"},
        {**LINE, "price": "much"},
        {**LINE, "nominal_account_id": 999999999, "nominal_code": None},
    ):
        body = {"customer_id": customer, "date": "2026-01-05", "invoice_lines_attributes": [line]}
        answer = as_owner.post(f"{c}/invoices", {"invoice": body})
        assert answer.status_code == 422, line
    no_lines = {"customer_id": customer, "date": "2026-01-05"}
    assert as_owner.post(f"{c}/invoices", {"invoice": no_lines}).status_code == 422
    assert as_owner.data(f"{c}/invoices") == []


def test_a_customer_of_somebody_else_cannot_be_invoiced(
    as_owner: ApiClient, as_stranger: ApiClient, c: str, stranger_user: Any
) -> None:
    from bookbridge.books.conftest import make_books

    theirs = make_books(stranger_user, "Stranger & Co")
    other = as_stranger.made(f"companies/{theirs.pk}/customers", {"customer": {"name": "X"}})
    body = {"customer_id": other["id"], "date": "2026-01-05", "invoice_lines_attributes": [LINE]}

    answer = as_owner.post(f"{c}/invoices", {"invoice": body})

    assert answer.status_code == 422


def test_a_draft_is_approved_and_an_invoice_voided(
    as_owner: ApiClient, c: str, customer: str
) -> None:
    body = {
        "customer_id": customer,
        "date": "2026-01-05",
        "status": "draft",
        "invoice_lines_attributes": [LINE],
    }
    made = as_owner.made(f"{c}/invoices", {"invoice": body})
    path = f"{c}/invoices/{made['id']}"

    approved = json.loads(as_owner.post(f"{path}/approval").content)["data"]["attributes"]
    refused = as_owner.post(f"{path}/void", {})
    voided = json.loads(as_owner.post(f"{path}/void", {"reason": "Wrong customer"}).content)

    assert made["attributes"]["status"] == "draft"
    assert approved["status"] == "approved"
    assert refused.status_code == 422
    assert voided["data"]["attributes"]["status"] == "void"
    assert voided["data"]["attributes"]["outstanding-amount"] == "0.00"


def confirmation(account: str, tax: str) -> dict[str, Any]:
    return {
        "date": "2026-01-20",
        "type": "bankpayment",
        "account_class_and_id": account,
        "description": "Card payment",
        "net_amount": "100.00",
        "tax_code_id": tax,
        "tax_amount": "20.00",
        "total_amount": "120.00",
        "conversion_rate": "1.0",
        "is_split": False,
    }


@pytest.mark.parametrize("shape", ["flat", "wrapped", "both"])
def test_a_statement_line_is_confirmed_flat_wrapped_or_both(
    as_owner: ApiClient, c: str, bank: str, account_id: Callable[[str], int], shape: str
) -> None:
    base = f"{c}/bank_accounts/{bank}"
    line = {"date": "2026-01-20", "description": "CARD 123", "money_out": "120.00"}
    (imported,) = as_owner.made(
        f"{base}/imported_bank_transactions", {"imported_bank_transactions": [line]}
    )
    codes = {t["attributes"]["taxcode"]: t["id"] for t in as_owner.data(f"{c}/tax_codes")}
    body = confirmation(f"NominalAccount#{account_id('500')}", codes["ST"])
    wrapped = {"imported_bank_transaction": body}
    sent = {"flat": body, "wrapped": wrapped, "both": {**body, **wrapped}}[shape]

    made = as_owner.made(f"{base}/imported_bank_transactions/{imported['id']}/confirmation", sent)

    assert made["attributes"]["tax-amount"] == "20.00"
    assert made["attributes"]["bank-amount"] == "-120.00"
    assert made["attributes"]["imported-bank-transaction-id"] == imported["id"]
    assert as_owner.data(f"{base}/imported_bank_transactions") == []
    (confirmed,) = as_owner.data(f"{base}/confirmed_imported_bank_transactions")
    assert confirmed["attributes"]["bank-transaction-id"] == made["id"]
    deleted = as_owner.send("DELETE", f"{base}/bank_transactions/{made['id']}")
    assert deleted.status_code == 204
    assert len(as_owner.data(f"{base}/imported_bank_transactions")) == 1


def test_statement_lines_are_ignored_and_come_only_once(
    as_owner: ApiClient, c: str, bank: str
) -> None:
    base = f"{c}/bank_accounts/{bank}"
    lines = [{"date": "2026-01-20", "description": "FEE", "money_out": "1.00"}]
    body = {"imported_bank_transactions": lines}
    (imported,) = as_owner.made(f"{base}/imported_bank_transactions", body)
    again = as_owner.post(f"{base}/imported_bank_transactions", body)
    path = f"{base}/imported_bank_transactions/{imported['id']}"

    as_owner.send("PATCH", path, {"imported_bank_transaction": {"is_ignored": True}})

    assert json.loads(again.content)["meta"] == {"created-count": 0, "known-count": 1}
    assert as_owner.data(f"{base}/imported_bank_transactions") == []
    assert len(as_owner.data(f"{base}/ignored_imported_bank_transactions")) == 1
    assert (
        as_owner.data(f"{c}/bank_accounts/{bank}")["attributes"][
            "outstanding-imported-bank-transaction-count"
        ]
        == 0
    )


def test_project_income_is_positive_and_costs_are_negative(
    as_owner: ApiClient, c: str, customer: str
) -> None:
    supplier = as_owner.made(f"{c}/suppliers", {"supplier": {"name": "Rhein"}})["id"]
    project = as_owner.made(
        f"{c}/projects",
        {"project": {"name": "Barn", "status": "Open", "date_started": "5/1/2026"}},
    )
    for side, account in ((f"Customer#{customer}", "300"), (f"Supplier#{supplier}", "500")):
        line = {**LINE, "nominal_code": account, "project_id": project["id"]}
        body = {
            "account_class_and_id": side,
            "date": "2026-01-05",
            "invoice_lines_attributes": [line],
        }
        as_owner.made(f"{c}/invoices", {"invoice": body})

    (income,) = as_owner.data(f"{c}/projects/{project['id']}/income_transactions")
    (cost,) = as_owner.data(f"{c}/projects/{project['id']}/expense_transactions")

    assert project["attributes"]["date-started"] == "2026-01-05"
    assert income["attributes"]["total-amount"] == "100.00"
    assert cost["attributes"]["total-amount"] == "-100.00"


def test_the_company_is_changed_and_a_wrong_vat_number_explained(
    as_owner: ApiClient, c: str
) -> None:
    changed = as_owner.send("PATCH", c, {"company": {"phone": "0113 496 0000"}})
    refused = as_owner.send("PATCH", c, {"company": {"vat_number": "GB123456789"}})

    assert json.loads(changed.content)["data"]["attributes"]["phone"] == "0113 496 0000"
    assert refused.status_code == 422
    assert "VAT number" in errors_of(refused)[0]
