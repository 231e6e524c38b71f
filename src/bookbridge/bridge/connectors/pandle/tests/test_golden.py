"""The worked example: those documents at the source, exactly these records and reports here."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from bookbridge.bridge.connectors.pandle.tests.cast import (
    as_json,
    bodies,
    exact,
    map_all,
)
from bookbridge.bridge.connectors.pandle.tests.source import FIXTURES, payload
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.datatypes.ageing import aged_creditors, aged_debtors
from bookbridge.bridge.datatypes.statements import (
    balance_sheet,
    cash_flow_statement,
    profit_and_loss,
)

UPDATED = "2026-02-01T08:30:00Z"
EXPECTED: Any = exact((FIXTURES / "expected.json").read_bytes())
CODES = {one["attributes"]["nominal-code"]: one for one in payload("nominal_accounts")["data"]}

# Entries of the example's section on double entry that the text does not print in full.
ENTRIES = {
    "5001": ("2026-01-01", "directIncomes", "8001", "210 +10000.00, 290 -10000.00", ""),
    "5002": ("2026-01-01", "bills", "9101", "000 +1800.00, 260 +360.00, 250 -2160.00", "601"),
    "5003": ("2026-01-04", "invoices", "9003", "200 +240.00, 300 -200.00, 260 -40.00", "503"),
    "5004": ("2026-01-06", "invoices", "9001", "200 +1400.00, 300 -1195.45, 260 -204.55", "501"),
    "5005": ("2026-01-08", "invoices", "9002", "200 +600.00, 300 -500.00, 260 -100.00", "502"),
    "5006": ("2026-01-10", "bills", "9102", "500 +860.00 EUR 1000, 250 -860.00 EUR -1000", "602"),
    "5007": ("2026-01-15", "payments", "8002", "210 +900.00, 200 -900.00", "501"),
    "5008": ("2026-01-18", "creditNotes", "9201", "300 +91.00, 260 +4.55, 200 -95.55", "501"),
    "5009": ("2026-01-19", "payments", "8003", "210 +650.00, 200 -650.00", "502"),
    "5010": (
        "2026-01-20",
        "directCosts",
        "8006",
        "500 +100.00, 260 +20.00, 645 +150.00, 680 +28.57, 260 +1.43, 210 -300.00",
        "",
    ),
    "5011": ("2026-01-22", "transfers", "8004", "211 +2000.00, 210 -2000.00", ""),
    "5013": ("2026-01-30", "payments", "wo-9301", "745 +240.00, 200 -240.00", "503"),
}


def with_tail(body: dict[str, Any]) -> dict[str, Any]:
    tail: dict[str, Any] = {"metadata": {"isDeleted": False}}
    if body.get("status") != "Void":
        tail["sourceModifiedDate"] = UPDATED
    return {**body, **tail}


@pytest.mark.parametrize(
    "data_type",
    [
        DataType.INVOICES,
        DataType.CREDIT_NOTES,
        DataType.PAYMENTS,
        DataType.BILLS,
        DataType.BILL_PAYMENTS,
        DataType.TRANSFERS,
        DataType.DIRECT_COSTS,
        DataType.DIRECT_INCOMES,
    ],
)
def test_documents_are_exactly_as_specified(data_type: DataType) -> None:
    expected = {one["id"]: with_tail(one) for one in EXPECTED[data_type.value]}
    assert bodies(data_type) == expected


def test_there_are_no_bill_credit_notes() -> None:
    assert bodies(DataType.BILL_CREDIT_NOTES) == {}


def test_account_transactions_are_one_row_per_bank_account_touched() -> None:
    found = bodies(DataType.ACCOUNT_TRANSACTIONS)
    printed = EXPECTED["accountTransactions"][0]
    assert found["31001-8005"] == with_tail(printed)
    rows = {
        key: (one["date"][5:10], one["totalAmount"], *one["lines"][0]["recordRef"].values())
        for key, one in found.items()
    }
    assert rows == {
        "31001-8001": ("01-01", 10000, "8001", "directIncomes"),
        "31001-8002": ("01-15", 900, "8002", "payments"),
        "31001-8003": ("01-19", 650, "8003", "payments"),
        "31001-8006": ("01-20", -300, "8006", "directCosts"),
        "31001-8004": ("01-22", -2000, "8004", "transfers"),
        "31002-8004": ("01-22", 2000, "8004", "transfers"),
        "31001-8005": ("01-25", -525, "8005", "billPayments"),
    }


def test_journal_entries_are_exactly_as_specified() -> None:
    found = bodies(DataType.JOURNAL_ENTRIES)
    for printed in EXPECTED["journalEntries"]:
        assert found.pop(printed["id"]) == with_tail(printed)
    descriptions = {
        one["id"]: one["attributes"]["description"] for one in payload("journal_entries")["data"]
    }
    assert found == {
        entry_id: with_tail(expected_entry(entry_id, descriptions[entry_id], *facts))
        for entry_id, facts in ENTRIES.items()
    }


def expected_entry(
    entry_id: str, description: str, date: str, data_type: str, record: str, text: str, contact: str
) -> dict[str, Any]:
    lines = []
    for part in text.split(", "):
        code, amount, *foreign = part.split()
        account = CODES[code]
        currency, foreign_amount = foreign or ("GBP", amount)
        line: dict[str, Any] = {
            "netAmount": Decimal(amount),
            "transactionAmount": Decimal(foreign_amount),
            "currency": "GBP",
            "transactionCurrency": currency,
            "accountRef": {"id": account["id"], "name": account["attributes"]["name"]},
        }
        if code in {"200", "250"}:
            kind = "customers" if code == "200" else "suppliers"
            line["contactRef"] = {"id": contact, "dataType": kind}
        lines.append(line)
    return {
        "id": entry_id,
        "description": description,
        "postedOn": f"{date}T00:00:00",
        "createdOn": f"{date}T00:00:00",
        "journalRef": {"id": "general", "name": "General journal"},
        "journalLines": lines,
        "recordRef": {"id": record, "dataType": data_type},
    }


def test_the_one_journal_holds_them() -> None:
    assert bodies(DataType.JOURNALS) == {
        "general": {
            "id": "general",
            "journalCode": "GEN",
            "name": "General journal",
            "hasChildren": False,
            "status": "Active",
            "metadata": {"isDeleted": False},
        }
    }


def test_the_chart_shows_the_trial_balance() -> None:
    found = bodies(DataType.CHART_OF_ACCOUNTS)
    rows = [
        [
            one["nominalCode"],
            one["id"],
            one["name"],
            one["type"],
            one["fullyQualifiedCategory"],
            one["currentBalance"],
        ]
        for one in found.values()
    ]
    assert rows == [row[:6] for row in EXPECTED["chartOfAccounts"]]
    assert found["7104"] == {
        "id": "7104",
        "nominalCode": "210",
        "name": "Current",
        "type": "Asset",
        "fullyQualifiedCategory": "Asset.Bank",
        "fullyQualifiedName": "Asset.Bank.Current",
        "currency": "GBP",
        "currentBalance": Decimal(8725),
        "isBankAccount": True,
        "status": "Active",
        "validDatatypeLinks": [],
        "metadata": {"isDeleted": False},
        "sourceModifiedDate": UPDATED,
    }


def test_statements_are_exactly_as_specified() -> None:
    whole = {"start": "2026-01", "period_length": 1, "periods": 1}
    profit = bodies(DataType.PROFIT_AND_LOSS)
    assert list(profit) == ["2026-01"]
    assert as_json(profit_and_loss(profit, **whole)) == EXPECTED["profitAndLoss"]
    sheets = bodies(DataType.BALANCE_SHEET)
    assert as_json(balance_sheet(sheets, **whole)) == EXPECTED["balanceSheet"]


def test_the_cash_flow_counts_operations_only() -> None:
    months = bodies(DataType.CASH_FLOW_STATEMENT)
    (report,) = as_json(cash_flow_statement(months, start="2026-01", period_length=1, periods=1))[
        "reports"
    ]
    receipts, payments = report["cashReceipts"], report["cashPayments"]
    assert (receipts["value"], payments["value"]) == (1550, 825)
    assert {one["name"]: one["value"] for one in receipts["items"]} == {"Trade debtors": 1550}
    assert {one["name"]: one["value"] for one in payments["items"]} == {
        "Trade creditors": 525,
        "Materials": 100,
        "VAT": Decimal("21.43"),
        "Rent": 150,
        "Utilities": Decimal("28.57"),
    }


def test_aged_debtors_and_creditors_are_exactly_as_specified() -> None:
    query: dict[str, Any] = {
        "report_date": dt.date(2026, 2, 1),
        "periods": 2,
        "period_days": 30,
        "generated_at": dt.datetime(2026, 2, 1, 9, tzinfo=dt.UTC),
    }
    debtors = aged_debtors(
        invoices=bodies(DataType.INVOICES).values(),
        credit_notes=bodies(DataType.CREDIT_NOTES).values(),
        payments=bodies(DataType.PAYMENTS).values(),
        **query,
    )
    assert as_json(debtors) == EXPECTED["agedDebtors"]
    creditors = as_json(
        aged_creditors(
            bills=bodies(DataType.BILLS).values(),
            bill_credit_notes=[],
            bill_payments=bodies(DataType.BILL_PAYMENTS).values(),
            **query,
        )
    )
    amounts = {
        one["supplierId"]: [
            (group["currency"], [bucket["amount"] for bucket in group["agedOutstandingAmounts"]])
            for group in one["agedCurrencyOutstanding"]
        ]
        for one in creditors["data"]
    }
    assert amounts == {"601": [("GBP", [0, 2160])], "602": [("EUR", [400, 0])]}


def test_company_contacts_and_rates() -> None:
    company = bodies(DataType.COMPANY)["77001"]
    assert company["addresses"][0]["line2"] == "Floor 2, East wing"
    assert company["financialYearStartDate"] == "2026-01-01T00:00:00"
    assert "ledgerLockDate" not in company
    birch = bodies(DataType.CUSTOMERS)["502"]
    assert birch == {
        "id": "502",
        "customerName": "Birch Ltd",
        "contactName": "Bea Birch",
        "emailAddress": "bea@birch.example",
        "phone": "0113 496 0000",
        "defaultCurrency": "GBP",
        "addresses": [
            {
                "type": "Billing",
                "line1": "2 Wood Lane",
                "city": "York",
                "postalCode": "YO1 7AA",
                "country": "United Kingdom",
            }
        ],
        "contacts": [],
        "status": "Active",
        "metadata": {"isDeleted": False},
        "sourceModifiedDate": UPDATED,
    }
    assert bodies(DataType.SUPPLIERS)["602"]["defaultCurrency"] == "EUR"
    rates = bodies(DataType.TAX_RATES)
    assert [one["effectiveTaxRate"] for one in rates.values()] == [20, 5, 0, 0]
    assert bodies(DataType.TRACKING_CATEGORIES)["41"]["status"] == "Active"
    item = bodies(DataType.ITEMS)["81"]
    assert item["invoiceItem"]["accountRef"] == {"id": "7109", "name": "Sales"}
    assert "billItem" not in item


def test_bank_accounts_are_in_both_lists_with_two_ids() -> None:
    found = bodies(DataType.BANK_ACCOUNTS)["31001"]
    assert (found["nominalCode"], found["accountType"], found["balance"]) == ("210", "Debit", 8725)


def test_bank_lines_entered_by_hand_are_no_statement_evidence() -> None:
    found = bodies(DataType.BANK_TRANSACTIONS)
    assert sum(one["amount"] for one in found.values() if one["accountId"] == "31001") == 8725
    assert sum(one["amount"] for one in found.values() if one["accountId"] == "31002") == 2000
    assert not any(one["reconciled"] for one in found.values())
    assert found["t8005"] == {
        "id": "t8005",
        "accountId": "31001",
        "clearedOnDate": "2026-01-25T00:00:00",
        "amount": Decimal(-525),
        "transactionType": "Debit",
        "reconciled": False,
        "sourceModifiedDate": UPDATED,
    }


def test_every_record_names_the_sources_that_it_was_made_from() -> None:
    found, _ = map_all(DataType.INVOICES)
    assert list(found["9001"].sources) == [
        ("invoices", "9001"),
        ("bank_transactions", "8002"),
        ("credit_notes", "9201"),
    ]
    assert found["9001"].order_date == dt.date(2026, 1, 6)
