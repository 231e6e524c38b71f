"""Input that no form would send: every answer is a refusal with a sentence, never a failure."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bookbridge.books.api.dates import lenient_date
from bookbridge.books.api.tests.conftest import ApiClient, errors_of

ODD = (
    "",
    " ",
    "-1",
    "1e999",
    "1e-30",
    "NaN",
    "Infinity",
    "0x10",
    "²",
    "\x00",
    "9" * 40,
    -1,
    10**30,
    1.5,
    True,
    None,
    [],
    {},
    "2026-02-30",
    "9999-12-31",
    "0001-01-01",
    "<script>",
)


FIELDS = (
    "name",
    "email",
    "credit_limit",
    "days_until_payment_due",
    "currency_id",
    "currency_code",
    "country",
    "nominal_account_id",
    "date",
    "due_date",
    "conversion_rate",
    "invoice_number",
    "status",
    "document_id",
    "amount",
    "sale_price",
    "sales_account_id",
    "item_type",
    "account_type",
    "date_started",
)
PATHS = ("customers", "projects", "items", "bank_accounts", "credit_notes", "write_offs")


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_odd_values_never_fail(as_owner: ApiClient, c: str, odd: Any) -> None:
    customer = as_owner.made(f"{c}/customers", {"customer": {"name": "A"}})["id"]
    line = {"price": "1", "nominal_code": "300", "tax_code": "ST"}
    good = {"customer_id": customer, "date": "2026-01-05", "invoice_lines_attributes": [line]}
    bodies = [(path, {"name": "A", **dict.fromkeys(FIELDS, odd)}) for path in PATHS]
    bodies += [("invoices", {**good, field: odd}) for field in ("date", "due_date", "customer_id")]
    bodies += [
        ("invoices", {**good, "invoice_lines_attributes": [{**line, field: odd}]})
        for field in ("price", "quantity", "nominal_code", "tax_code", "project_id", "description")
    ]

    for path, body in bodies:
        answer = as_owner.post(f"{c}/{path}", {path[:-1]: body})
        assert answer.status_code in {201, 404, 409, 422}, (path, body)


@pytest.mark.parametrize("field", ["price", "quantity", "discount_percent", "net_amount"])
def test_amounts_that_no_ledger_holds_are_refused(as_owner: ApiClient, c: str, field: str) -> None:
    customer = as_owner.made(f"{c}/customers", {"customer": {"name": "A"}})["id"]
    for odd in ("999999999999", "0.00000000001", "1e11", "-999999999999"):
        line = {"price": "1", "nominal_code": "300", "tax_code": "ST", field: odd}
        body = {"customer_id": customer, "date": "2026-01-05", "invoice_lines_attributes": [line]}
        answer = as_owner.post(f"{c}/invoices", {"invoice": body})
        assert answer.status_code in {201, 422}, (field, odd, answer.content)


@pytest.mark.parametrize(
    "query",
    [
        "date=9999-12-31",
        "date=x",
        "date_start=0001-01-01",
        "date_end=9999-12-31",
        "start=2026-99-1",
    ],
)
def test_odd_days_of_reports_are_refused_or_ignored(
    as_owner: ApiClient, c: str, query: str
) -> None:
    for report in ("profit_and_loss", "balance_sheet", "trial_balance", "cash_flow"):
        answer = as_owner.get(f"{c}/reports/{report}?{query}")
        assert answer.status_code in {200, 422}


def test_ids_beyond_the_database_are_nothing(as_owner: ApiClient, c: str) -> None:
    assert as_owner.get(f"companies/{10**25}").status_code == 404
    assert as_owner.get(f"{c}/invoices/{10**25}").status_code == 404


def test_an_enormous_body_is_refused(as_owner: ApiClient, c: str) -> None:
    answer = as_owner.post(f"{c}/customers", json.dumps({"name": "x" * 11_000_000}))

    assert answer.status_code == 413
    assert errors_of(answer)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026/03/15", "2026-03-15"),
        ("2026/03-15", "2026-03-15"),
        ("5/1/2026", "2026-01-05"),
        ("2026-03-15T10:00:00Z", "2026-03-15"),
        ("2026-3-5", "2026-03-05"),
    ],
)
def test_dates_are_read_as_the_known_clients_write_them(text: str, day: str) -> None:
    assert str(lenient_date(text)) == day
