"""`asOf`: what was known at each moment, after changes and deletions, on every kind of reading."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import pytest

from bookbridge.bridge.api.tests.books import LinkedCompany, linked_company
from bookbridge.bridge.api.tests.cast import Answer, Api
from bookbridge.bridge.api.tests.samples import BANK_TRANSACTIONS, RECORDS, invoice
from bookbridge.bridge.connectors.contract import MappedRecord
from bookbridge.bridge.datatypes import DataType, facts_of
from bookbridge.bridge.records.operations import Merge
from bookbridge.bridge.records.place import Place

Body = dict[str, Any]
MORNING = dt.datetime(2026, 2, 1, 9, tzinfo=dt.UTC)
NOON = dt.datetime(2026, 2, 1, 12, tzinfo=dt.UTC)
NEXT_DAY = dt.datetime(2026, 2, 2, 9, tzinfo=dt.UTC)


def sync(company: LinkedCompany, at: dt.datetime, data: Mapping[DataType, Iterable[Body]]) -> None:
    """A whole reading at this time, stored as a sync stores it."""
    place = Place(company.api.client_id, company.company_id, company.connection_id)
    for data_type, bodies in data.items():
        facts = facts_of(data_type)
        merge = Merge(place, data_type, "1", at)
        for given in bodies:
            body = copy.deepcopy(given)
            if facts.has_metadata:
                body["metadata"] = {"isDeleted": False}
            record_id = str(body.get("id") or body.pop("recordId"))
            date = body.get(facts.date_field) if facts.date_field else None
            day = dt.date.fromisoformat(date[:10]) if date else None
            parent = str(body.get("accountId", ""))
            source = (data_type.value, record_id)
            merge.add(MappedRecord(record_id, body, day, None, [source], parent))
        merge.finish()
        company.dataset(data_type, requested_at=at, completed_at=at)


@pytest.fixture
def history(lender: Api) -> LinkedCompany:
    """In the morning invoices 1 and 2; at noon 1 is paid and 3 is new; next day 2 is gone."""
    company = linked_company(lender)
    one, two, three = (invoice(number, day=number) for number in (1, 2, 3))
    paid = {**one, "status": "Paid", "amountDue": 0}
    sync(company, MORNING, {DataType.INVOICES: [one, two]})
    sync(company, NOON, {DataType.INVOICES: [paid, two, three]})
    sync(company, NEXT_DAY, {DataType.INVOICES: [paid, three]})
    return company


def read(company: LinkedCompany, path: str, at: str = "", **query: str) -> Answer:
    given = {**query, **({"asOf": at} if at else {})}
    text = "&".join(f"{name}={quote(value)}" for name, value in given.items())
    return company.api.get(f"{company.path}/{path}?{text}")


def invoices(company: LinkedCompany, at: str = "", **query: str) -> list[tuple[str, str, bool]]:
    answer = read(company, "data/invoices", at, **query)
    assert answer.status == 200, answer.body
    results = answer.body["results"]
    assert answer.body["totalResults"] == len(results)
    return [(one["id"], one["status"], one["metadata"]["isDeleted"]) for one in results]


AT_FIRST = [("1", "Submitted", False), ("2", "Submitted", False)]
AT_NOON = [("1", "Paid", False), ("2", "Submitted", False), ("3", "Submitted", False)]
AT_LAST = [("1", "Paid", False), ("2", "Void", True), ("3", "Submitted", False)]


@pytest.mark.parametrize(
    ("at", "known"),
    [
        ("2026-02-01T08:59:59Z", []),
        ("2026-02-01T09:00:00Z", AT_FIRST),
        ("2026-02-01T11:59:59.999Z", AT_FIRST),
        ("2026-02-01T12:00:00", AT_NOON),
        ("2026-02-01T13:00:00+01:00", AT_NOON),
        ("2026-02-01T12:59:59+01:00", AT_FIRST),
        ("2026-02-01", AT_NOON),
        ("2026-02-02T09:00:00Z", AT_LAST),
        ("2026-02-02", AT_LAST),
        ("", AT_LAST),
        ("1999-12-31", []),
    ],
)
def test_a_list_shows_what_was_known_then(
    history: LinkedCompany, at: str, known: list[tuple[str, str, bool]]
) -> None:
    assert invoices(history, at) == known


def test_queries_orders_and_pages_are_of_that_time(history: LinkedCompany) -> None:
    morning, noon = "2026-02-01T09:00:00Z", "2026-02-01T12:00:00Z"
    assert invoices(history, morning, query="status=paid") == []
    assert invoices(history, noon, query="status=paid") == AT_NOON[:1]
    assert invoices(history, noon, query="amountDue>0", orderBy="-issueDate") == AT_NOON[:0:-1]
    assert invoices(history, noon, query="metadata.isDeleted=true") == []
    assert invoices(history, query="metadata.isDeleted=true") == AT_LAST[1:2]
    assert invoices(history, noon, query="modifiedDate<2026-02-01T12:00:00Z") == AT_NOON[1:2]
    second = read(history, "data/invoices", noon, pageSize="1", page="2").body
    assert [one["id"] for one in second["results"]] == ["2"]
    assert second["totalResults"] == 3
    assert "asOf=2026-02-01T12%3A00%3A00Z" in second["_links"]["next"]["href"]


def test_one_record_is_read_as_it_was(history: LinkedCompany) -> None:
    morning, noon = "2026-02-01T09:00:00Z", "2026-02-01T12:00:00Z"
    assert read(history, "data/invoices/1", morning).body["status"] == "Submitted"
    assert read(history, "data/invoices/1", noon).body["status"] == "Paid"
    assert read(history, "data/invoices/1", morning).body["modifiedDate"] == "2026-02-01T09:00:00Z"
    assert read(history, "data/invoices/3", morning).status == 404
    assert read(history, "data/invoices/3", noon).status == 200
    assert read(history, "data/invoices/2", noon).body["metadata"] == {"isDeleted": False}
    assert read(history, "data/invoices/2").body["metadata"] == {"isDeleted": True}
    assert read(history, "data/invoices/2", "2026-01-31").status == 404


@pytest.mark.parametrize("at", ["soon", "2026-02-30", "2999-01-01", "2999-01-01T00:00:00Z", "1"])
def test_a_time_that_nobody_can_know_is_refused(history: LinkedCompany, at: str) -> None:
    for path in ("data/invoices", "data/invoices/1", "data/invoices/1/attachments"):
        answer = read(history, path, at)
        assert answer.status == 400 and "asOf" in answer.error, answer.body


def test_today_is_a_day_that_can_be_asked_for(history: LinkedCompany) -> None:
    today = dt.datetime.now(dt.UTC).date().isoformat()
    assert invoices(history, today) == AT_LAST


def node(name: str, value: float) -> Body:
    return {"name": name, "value": value, "items": []}


def profit_and_loss(key: str, income: float) -> Body:
    report = {
        "fromDate": f"{key}-01T00:00:00",
        "toDate": f"{key}-28T00:00:00",
        "income": node("Income", income),
        **{name: node(name, 0) for name in ("costOfSales", "expenses")},
        **{name: node(name, 0) for name in ("otherIncome", "otherExpenses")},
        "grossProfit": income,
        "netOperatingProfit": income,
        "netOtherIncome": 0,
        "netProfit": income,
    }
    return {"recordId": key, "currency": "GBP", "reportBasis": "Accrual", "report": report}


def test_statements_are_those_that_were_known(lender: Api) -> None:
    company = linked_company(lender)
    sync(company, MORNING, {DataType.PROFIT_AND_LOSS: [profit_and_loss("2026-01", 100)]})
    later = [profit_and_loss("2026-01", 150), profit_and_loss("2026-02", 7)]
    sync(company, NOON, {DataType.PROFIT_AND_LOSS: later})
    path, periods = "data/financials/profitAndLoss", {"periodLength": "1", "periodsToCompare": "3"}

    def profits(at: str = "") -> list[float]:
        answer = read(company, path, at, **periods)
        assert answer.status == 200, answer.body
        return [one["netProfit"] for one in answer.body["reports"]]

    assert profits("2026-02-01T09:00:00Z") == [100]
    assert profits("2026-02-01T12:00:00Z") == [7, 150]
    assert profits() == [7, 150]
    early = read(company, path, "2026-02-01T08:00:00Z", **periods)
    assert early.status == 404 and "first read" in early.error


def test_aged_reports_are_made_from_what_was_known(lender: Api) -> None:
    company = linked_company(lender)
    needed = {DataType.CUSTOMERS: RECORDS[DataType.CUSTOMERS], DataType.PAYMENTS: []}
    one = invoice(1, net=100, day=5)
    sync(company, MORNING, {**needed, DataType.INVOICES: [one]})
    sync(company, NOON, {**needed, DataType.INVOICES: [one, invoice(2, net=50, day=6)]})

    def owed(at: str = "") -> list[float]:
        body = read(company, "reports/agedDebtor", at).body
        groups = [group for one in body["data"] for group in one["agedCurrencyOutstanding"]]
        return [sum(one["amount"] for one in group["agedOutstandingAmounts"]) for group in groups]

    assert owed("2026-02-01T09:00:00Z") == [120]
    assert owed("2026-02-01T12:00:00Z") == [180]
    report = read(company, "reports/agedDebtor", "2026-02-01T09:00:00Z").body
    assert report["reportDate"] == "2026-02-01T00:00:00"
    assert read(company, "reports/agedDebtor", "2026-01-31").status == 404


def test_lines_that_have_no_deletion_flag_are_gone_later_and_there_before(lender: Api) -> None:
    company = linked_company(lender)
    sync(company, MORNING, {DataType.BANK_TRANSACTIONS: BANK_TRANSACTIONS})
    sync(company, NOON, {DataType.BANK_TRANSACTIONS: BANK_TRANSACTIONS[1:]})
    path = "data/bankAccounts/31001/transactions"

    def ids(at: str = "") -> list[str]:
        return [one["id"] for one in read(company, path, at).body["results"]]

    assert ids("2026-02-01T09:00:00Z") == ["i3", "i5"]
    assert ids("2026-02-01T12:00:00Z") == ids() == ["i5"]
