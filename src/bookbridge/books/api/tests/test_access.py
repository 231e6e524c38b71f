"""Every address: works for a member, is nothing to a stranger, refuses writes of a reader."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from bookbridge.books.api.tests.conftest import ApiClient, errors_of

READS = (
    "",
    "/financial_year",
    "/nominal_accounts",
    "/bank_transaction_categories",
    "/bank_rule_categories",
    "/bank_transaction_taxcodes",
    "/tax_codes",
    "/customers",
    "/customers/{customer}",
    "/customers/{customer}/account",
    "/customers/{customer}/invoices",
    "/customers/{customer}/outstanding_invoices",
    "/suppliers",
    "/suppliers/{supplier}",
    "/suppliers/{supplier}/account",
    "/suppliers/{supplier}/invoices",
    "/suppliers/{supplier}/outstanding_invoices",
    "/projects",
    "/projects/{project}",
    "/projects/{project}/income_transactions",
    "/projects/{project}/expense_transactions",
    "/items",
    "/items/{item}",
    "/invoices",
    "/invoices/{invoice}",
    "/credit_notes",
    "/credit_notes/{note}",
    "/write_offs",
    "/write_offs/{write_off}",
    "/bank_accounts",
    "/bank_accounts/{bank}",
    "/bank_accounts/{bank}/bank_transaction_categories",
    "/bank_accounts/{bank}/bank_transactions",
    "/bank_accounts/{bank}/bank_transactions/{money}",
    "/bank_accounts/{bank}/imported_bank_transactions",
    "/bank_accounts/{bank}/imported_bank_transactions/{imported}",
    "/bank_accounts/{bank}/confirmed_imported_bank_transactions",
    "/bank_accounts/{bank}/ignored_imported_bank_transactions",
    "/journal_entries",
    "/journal_entries/{entry}",
    "/reports/profit_and_loss",
    "/reports/balance_sheet",
    "/reports/trial_balance",
    "/reports/aged_debtors",
    "/reports/aged_creditors",
    "/reports/cash_flow",
    "/dashboard/sales_chart?page=1&size=24",
    "/dashboard/profit_and_loss_chart?page=1&size=24",
    "/dashboard/cash_flow_chart?page=2&size=24",
    "/dashboard/expense_chart?page=1&size=24",
    "/dashboard/bank_account_chart",
    "/dashboard/tax_and_dividend?page=1&size=24",
)
WRITES = (
    ("PATCH", ""),
    ("POST", "/customers"),
    ("PATCH", "/customers/{customer}"),
    ("DELETE", "/customers/{customer}"),
    ("POST", "/suppliers"),
    ("POST", "/projects"),
    ("PATCH", "/projects/{project}"),
    ("POST", "/items"),
    ("PATCH", "/items/{item}"),
    ("POST", "/invoices"),
    ("POST", "/invoices/{invoice}/void"),
    ("POST", "/invoices/{invoice}/approval"),
    ("POST", "/credit_notes"),
    ("POST", "/credit_notes/{note}/void"),
    ("POST", "/write_offs"),
    ("POST", "/bank_accounts"),
    ("PATCH", "/bank_accounts/{bank}"),
    ("POST", "/bank_accounts/{bank}/bank_transactions"),
    ("DELETE", "/bank_accounts/{bank}/bank_transactions/{money}"),
    ("POST", "/bank_accounts/{bank}/bank_transactions/{money}/allocations"),
    ("POST", "/bank_accounts/{bank}/imported_bank_transactions"),
    ("PATCH", "/bank_accounts/{bank}/imported_bank_transactions/{imported}"),
    ("POST", "/bank_accounts/{bank}/imported_bank_transactions/{imported}/confirmation"),
    ("POST", "/journal_entries"),
    ("POST", "/journal_entries/{entry}/reversal"),
)


@pytest.fixture
def ids(as_owner: ApiClient, c: str) -> dict[str, str]:
    """One of everything."""

    def make(path: str, body: dict[str, object]) -> str:
        return str(as_owner.made(f"{c}/{path}", body)["id"])

    line = {"price": "100", "nominal_code": "300", "tax_code": "ST"}
    customer = make("customers", {"customer": {"name": "Acme Ltd"}})
    invoice = make(
        "invoices",
        {
            "invoice": {
                "customer_id": customer,
                "date": "2026-01-05",
                "invoice_lines_attributes": [line],
            }
        },
    )
    note = {"customer_id": customer, "date": "2026-01-06", "credit_note_lines_attributes": [line]}
    bank = make("bank_accounts", {"bank_account": {"name": "Current"}})
    money = {
        "date": "2026-01-07",
        "type": "customerreceipt",
        "account_class_and_id": f"Customer#{customer}",
        "total_amount": "10.00",
    }
    statement = [{"date": "2026-01-08", "description": "Rent", "money_out": "50.00"}]
    imported = as_owner.made(
        f"{c}/bank_accounts/{bank}/imported_bank_transactions",
        {"imported_bank_transactions": statement},
    )
    return {
        "customer": customer,
        "supplier": make("suppliers", {"supplier": {"name": "Rhein"}}),
        "project": make("projects", {"project": {"name": "Barn", "date_started": "5/1/2026"}}),
        "item": make("items", {"item": {"name": "Survey", "sale_price": "99.50"}}),
        "invoice": invoice,
        "note": make("credit_notes", {"credit_note": note}),
        "write_off": make(
            "write_offs",
            {"write_off": {"document_id": invoice, "date": "2026-01-30", "amount": "1.00"}},
        ),
        "bank": bank,
        "money": make(f"bank_accounts/{bank}/bank_transactions", {"bank_transaction": money}),
        "imported": imported[0]["id"],
        "entry": as_owner.data(f"{c}/journal_entries")[0]["id"],
    }


def test_a_member_reads_everything_and_a_stranger_finds_nothing(
    as_reader: ApiClient, as_stranger: ApiClient, c: str, ids: dict[str, str]
) -> None:
    for path in READS:
        address = c + path.format(**ids)
        answer = as_reader.get(address)
        assert answer.status_code == 200, (address, answer.content)
        assert "data" in json.loads(answer.content)
        refused = as_stranger.get(address)
        assert refused.status_code == 404, address
        assert errors_of(refused)


def test_a_reader_is_refused_every_write_and_a_stranger_finds_nothing(
    as_reader: ApiClient, as_stranger: ApiClient, c: str, ids: dict[str, str]
) -> None:
    for verb, path in WRITES:
        address = c + path.format(**ids)
        assert as_reader.send(verb, address, {}).status_code == 403, address
        assert as_stranger.send(verb, address, {}).status_code == 404, address


def test_a_bookkeeper_writes(as_bookkeeper: ApiClient, c: str) -> None:
    made = as_bookkeeper.made(f"{c}/customers", {"customer": {"name": "Cedar LLP"}})

    assert made["attributes"]["name"] == "Cedar LLP"


def test_ids_of_nothing_are_404(as_owner: ApiClient, c: str, ids: dict[str, str]) -> None:
    nothing = dict.fromkeys(ids, "999999999") | {"bank": ids["bank"]}
    for path in READS:
        if "{" in path and path != "/bank_accounts/{bank}":
            address = c + path.format(**nothing)
            if "999999999" in address:
                assert as_owner.get(address).status_code == 404, address


def test_a_wrong_verb_is_405_with_the_right_ones(as_owner: ApiClient, c: str) -> None:
    answer = as_owner.send("DELETE", f"{c}/invoices")

    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, POST"


@pytest.mark.django_db
def test_an_unknown_address_is_a_json_404() -> None:
    answer = Client().get("/api/v1/nothing/here")

    assert answer.status_code == 404
    assert errors_of(answer)


@pytest.mark.django_db
def test_the_reference_pages_open_to_everybody() -> None:
    assert Client().get("/api/docs/v1").status_code == 200
    assert Client().get("/api/docs/v1/oauth").status_code == 200
