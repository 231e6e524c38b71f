"""What every part of the bridge may rely on about the data types."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from bookbridge.bridge.datatypes import FACTS, ORDER, DatasetStatus, DataType, Level, facts_of
from bookbridge.bridge.datatypes.ageing import aged_debtors
from bookbridge.bridge.datatypes.deletion import as_deleted
from bookbridge.bridge.datatypes.facts import data_type_at_path
from bookbridge.bridge.datatypes.statements import balance_sheet, profit_and_loss


def test_every_type_has_its_facts_and_its_place() -> None:
    assert set(FACTS) == set(DataType) == set(ORDER)
    paths = [facts.path for facts in FACTS.values()]
    assert len(paths) == len(set(paths))
    assert data_type_at_path("accounts") is DataType.CHART_OF_ACCOUNTS
    assert data_type_at_path("chartOfAccounts") is None
    assert facts_of(DataType.COMPANY).path == "info"
    assert facts_of(DataType.TRANSFERS).level is Level.CONNECTION


@pytest.mark.parametrize(
    ("later", "earlier"),
    [
        (DataType.INVOICES, DataType.CUSTOMERS),
        (DataType.PAYMENTS, DataType.INVOICES),
        (DataType.ACCOUNT_TRANSACTIONS, DataType.TRANSFERS),
        (DataType.JOURNAL_ENTRIES, DataType.BILL_PAYMENTS),
    ],
)
def test_a_type_comes_after_what_it_refers_to(later: DataType, earlier: DataType) -> None:
    assert ORDER.index(later) > ORDER.index(earlier)


def test_there_are_twenty_one_states_and_each_is_in_progress_or_ended() -> None:
    assert len(DatasetStatus) == 21
    assert sum(status.is_in_progress for status in DatasetStatus) == 9
    assert all(status.is_in_progress != status.is_terminal for status in DatasetStatus)
    assert not DatasetStatus.NOT_SUPPORTED.is_errored
    assert DatasetStatus.RATE_LIMIT_ERROR.is_errored


def test_a_deleted_invoice_is_void_owes_nothing_and_has_no_source_date() -> None:
    body = {
        "id": "1",
        "status": "Submitted",
        "amountDue": Decimal(5),
        "metadata": {"isDeleted": False},
        "sourceModifiedDate": "2026-01-01T00:00:00Z",
    }
    assert as_deleted(DataType.INVOICES, body) == {
        "id": "1",
        "status": "Void",
        "amountDue": 0,
        "metadata": {"isDeleted": True},
    }
    assert body["status"] == "Submitted"
    payment = as_deleted(DataType.PAYMENTS, {"id": "1", "totalAmount": Decimal(5)})
    assert payment == {"id": "1", "totalAmount": 5, "metadata": {"isDeleted": True}}
    item = as_deleted(DataType.ITEMS, {"id": "1", "itemStatus": "Active"})
    assert item["itemStatus"] == "Archived"
    assert "metadata" not in as_deleted(DataType.BANK_TRANSACTIONS, {"id": "1"})


def _month(first: str, last: str, sales: int, account: str = "1") -> dict[str, Any]:
    def node(name: str, value: int) -> dict[str, Any]:
        items = [{"accountId": account, "name": "A", "value": Decimal(value), "items": []}]
        return {"name": name, "value": Decimal(value), "items": items if value else []}

    return {
        "currency": "GBP",
        "reportBasis": "Accrual",
        "report": {
            "fromDate": first,
            "toDate": last,
            "date": last,
            "income": node("Income", sales),
            "costOfSales": node("Cost of sales", 1),
            "grossProfit": Decimal(sales - 1),
            "expenses": node("Expenses", 0),
            "netOperatingProfit": Decimal(sales - 1),
            "otherExpenses": node("Other expenses", 0),
            "otherIncome": node("Other income", 0),
            "netOtherIncome": Decimal(0),
            "netProfit": Decimal(sales - 1),
        },
    }


def test_periods_of_several_months_add_up_profit_and_take_the_last_balance_sheet() -> None:
    months = {
        "2025-11": _month("2025-11-01", "2025-11-30", 7),
        "2025-12": _month("2025-12-01", "2025-12-31", 10),
        "2026-01": _month("2026-01-01", "2026-01-31", 20),
        "2026-02": _month("2026-02-01", "2026-02-28", 30, account="2"),
    }
    found = profit_and_loss(months, start="2026-02", period_length=2, periods=3)
    assert [one["netProfit"] for one in found["reports"]] == [48, 15]
    newest = found["reports"][0]
    assert (newest["fromDate"], newest["toDate"]) == ("2026-01-01", "2026-02-28")
    assert [(one["accountId"], one["value"]) for one in newest["income"]["items"]] == [
        ("1", 20),
        ("2", 30),
    ]
    assert found["earliestAvailableMonth"] == "2025-11-01T00:00:00"
    sheets = balance_sheet(months, start="2026-02", period_length=2, periods=2)
    assert [one["date"] for one in sheets["reports"]] == ["2026-02-28", "2025-12-31"]
    # The stored months are not touched by adding them up.
    assert months["2026-01"]["report"]["income"]["items"][0]["value"] == 20


def test_what_was_allocated_on_or_after_the_report_date_has_not_happened() -> None:
    invoice = {
        "id": "1",
        "customerRef": {"id": "7", "companyName": "Acme"},
        "issueDate": "2026-01-15T00:00:00",
        "currency": "GBP",
        "status": "Paid",
        "totalAmount": Decimal(100),
        "paymentAllocations": [
            {"allocation": {"allocatedOnDate": "2026-02-01T00:00:00", "totalAmount": Decimal(-100)}}
        ],
    }
    void = {**invoice, "id": "2", "status": "Void"}
    gone = {**invoice, "id": "3", "metadata": {"isDeleted": True}}
    late = {**invoice, "id": "4", "issueDate": "2026-02-01T00:00:00"}
    query: dict[str, Any] = {
        "credit_notes": [],
        "payments": [],
        "generated_at": dt.datetime(2026, 2, 2, tzinfo=dt.UTC),
    }
    invoices = [invoice, void, gone, late]
    (row,) = aged_debtors(invoices=invoices, report_date=dt.date(2026, 2, 1), **query)["data"]
    buckets = row["agedCurrencyOutstanding"][0]["agedOutstandingAmounts"]
    assert [one["amount"] for one in buckets] == [100, 0, 0, 0]
    assert buckets[-1]["fromDate"] == "0001-01-01T00:00:00"
    after = aged_debtors(invoices=[invoice], report_date=dt.date(2026, 2, 2), **query)
    assert after["data"] == []
