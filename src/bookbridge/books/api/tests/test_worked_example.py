"""The worked example, entered wholly through the API, shows exactly the published figures."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from bookbridge.books.api.tests.conftest import ApiClient


@pytest.fixture
def ids(as_owner: ApiClient, c: str) -> dict[str, str]:
    from golden.entering import enter_documents

    def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
        return {"data": as_owner.made(f"{c}/{path}", body)}

    return enter_documents(post, lambda path: {"data": as_owner.data(f"{c}/{path}")})


def attributes(api: ApiClient, path: str) -> dict[str, Any]:
    return dict(api.data(path)["attributes"])


def test_the_trial_balance_at_the_end_of_january(
    as_owner: ApiClient, c: str, ids: dict[str, str]
) -> None:
    from golden import documents

    found = attributes(as_owner, f"{c}/reports/trial_balance?date={documents.MONTH_END}")

    balances = {
        row["nominal-code"]: str(Decimal(row["debit"]) - Decimal(row["credit"]))
        for row in found["rows"]
    }
    assert balances == documents.TRIAL_BALANCE
    assert found["debit-total"] == found["credit-total"] == documents.TRIAL_BALANCE_SIDE


def test_profit_and_loss_and_balance_sheet(
    as_owner: ApiClient, c: str, ids: dict[str, str]
) -> None:
    from golden import documents

    profit = attributes(
        as_owner, f"{c}/reports/profit_and_loss?date_start=2026/01/01&date_end=2026/01-31"
    )
    sheet = attributes(as_owner, f"{c}/reports/balance_sheet?date=31/1/2026")

    assert {key: profit[key] for key in documents.PROFIT_AND_LOSS} == documents.PROFIT_AND_LOSS
    assert {key: sheet[key] for key in documents.BALANCE_SHEET} == documents.BALANCE_SHEET


def test_the_journal_shows_every_entry_line_by_line(
    as_owner: ApiClient, c: str, ids: dict[str, str]
) -> None:
    from golden import documents

    codes = {
        account["id"]: account["attributes"]["nominal-code"]
        for account in as_owner.data(f"{c}/nominal_accounts")
    }
    shown = [
        ", ".join(
            f"{codes[line['account-id']]} {Decimal(line['amount']):+}"
            for line in entry["attributes"]["journal-lines"]
        )
        for entry in as_owner.data(f"{c}/journal_entries")
    ]

    assert shown == list(documents.JOURNAL.values())


def test_documents_show_lines_allocations_and_what_is_owed(
    as_owner: ApiClient, c: str, ids: dict[str, str]
) -> None:
    invoice = as_owner.data(f"{c}/invoices/{ids['invoice 9001']}")
    note = attributes(as_owner, f"{c}/credit_notes/{ids['credit_note 9201']}")
    bill = attributes(as_owner, f"{c}/invoices/{ids['invoice 9102']}")
    write_off = attributes(as_owner, f"{c}/write_offs/{ids['write_off 9301']}")

    assert invoice["relationships"]["customer"]["data"] == {
        "type": "customers",
        "id": ids["customer 501"],
    }
    shown = invoice["attributes"]
    assert (shown["net-amount"], shown["tax-amount"]) == ("1195.45", "204.55")
    assert (shown["total-amount"], shown["outstanding-amount"]) == ("1400.00", "404.45")
    assert [line["net-amount"] for line in shown["invoice-lines"]] == ["999.99", "91.00", "104.46"]
    assert shown["invoice-lines"][0]["price"] == "333.33"
    assert note["allocations"][0]["document-id"] == ids["invoice 9001"]
    assert note["remaining-amount"] == "0.00"
    assert (bill["document-side"], bill["currency-code"]) == ("supplier", "EUR")
    assert (bill["conversion-rate"], bill["outstanding-amount"]) == ("0.86", "400.00")
    assert (write_off["amount"], write_off["document-id"]) == ("240.00", ids["invoice 9003"])


def test_bank_transactions_show_lines_allocations_and_both_currencies(
    as_owner: ApiClient, c: str, ids: dict[str, str]
) -> None:
    rows = as_owner.data(f"{c}/bank_accounts/{ids['bank 31001']}/bank_transactions")
    by_id = {row["id"]: row["attributes"] for row in rows}

    foreign = by_id[ids["transaction 8005"]]
    assert (foreign["total-amount"], foreign["bank-amount"]) == ("600.00", "-525.00")
    assert foreign["conversion-rate"] == "0.875"
    assert foreign["allocations"][0]["document-type"] == "Invoice"
    transfer = by_id[ids["transaction 8004"]]
    assert transfer["account-class-and-id"] == f"BankAccount#{ids['bank 31002']}"
    split = by_id[ids["transaction 8006"]]
    assert split["is-split"] is True
    assert [line["tax-amount"] for line in split["lines"]] == ["20.00", "0.00", "1.43"]
    on_savings = as_owner.data(f"{c}/bank_accounts/{ids['bank 31002']}/bank_transactions")
    assert on_savings == []


def test_ageing_cash_flow_and_balances_tie(
    as_owner: ApiClient, c: str, ids: dict[str, str]
) -> None:
    debtors = attributes(as_owner, f"{c}/reports/aged_debtors?date=2026-01-31")
    creditors = attributes(as_owner, f"{c}/reports/aged_creditors?date=2026-01-31")
    cash = attributes(as_owner, f"{c}/reports/cash_flow?start=2026/01/01&end=2026/01/31")
    banks = {row["id"]: row["attributes"] for row in as_owner.data(f"{c}/bank_accounts")}
    customers = {row["id"]: row["attributes"] for row in as_owner.data(f"{c}/customers")}

    assert debtors["total"] == "354.45"
    assert creditors["total"] == "2504.00"
    assert (cash["receipts-total"], cash["payments-total"]) == ("1550.00", "825.00")
    assert cash["net-cash-flow-balances"] == {"total": "10725.00"}
    assert banks[ids["bank 31001"]]["balance"] == "8725.00"
    assert customers[ids["customer 502"]]["balance"] == "-50.00"
    assert json.loads(as_owner.get(f"{c}/customers").content)["meta"] == {"total-count": 3}
