"""Reading data through the public API."""

from __future__ import annotations

import uuid

import pytest

from bookbridge.bridge.api.tests.books import LinkedCompany, linked_company
from bookbridge.bridge.api.tests.cast import Api
from bookbridge.bridge.api.tests.samples import COMPANY, RECORDS, fill, invoice
from bookbridge.bridge.datatypes import FACTS, DataType, Level


@pytest.fixture
def acme(lender: Api) -> LinkedCompany:
    """A linked company with a month of records of every type."""
    company = linked_company(lender)
    fill(company)
    return company


def path_of(company: LinkedCompany, data_type: DataType) -> str:
    facts = FACTS[data_type]
    below = company.path if facts.level is Level.COMPANY else company.connection_path
    return f"{below}/data/{facts.path}"


@pytest.mark.parametrize("data_type", list(RECORDS))
def test_every_list_and_every_record_is_served_as_stored(
    acme: LinkedCompany, data_type: DataType
) -> None:
    path = path_of(acme, data_type)
    page = acme.api.get(path)
    assert page.status == 200
    expected = {body["id"]: body for body in RECORDS[data_type]}
    assert page.body["totalResults"] == len(expected)
    for record in page.body["results"]:
        assert acme.api.get(f"{path}/{record['id']}").body == record
        assert record.pop("modifiedDate") == "2026-02-01T09:00:00Z"
        assert record.pop("sourceModifiedDate") == "2026-01-31T09:00:00Z"
        assert record.pop("metadata") == {"isDeleted": False}
        assert record == expected[record["id"]]
    missing = acme.api.get(f"{path}/nothing")
    assert missing.status == 404 and "'nothing'" in missing.error


def test_bank_transactions_are_read_below_their_account(acme: LinkedCompany) -> None:
    path = f"{acme.connection_path}/data/bankAccounts/31001/bankTransactions"
    page = acme.api.get(path).body
    assert [one["id"] for one in page["results"]] == ["i3", "i5"]
    assert "metadata" not in page["results"][0]
    assert page["results"][0]["modifiedDate"]
    other = acme.api.get(path.replace("31001", "31002")).body
    assert other["results"] == []


@pytest.mark.parametrize("data_type", list(RECORDS))
def test_both_levels_show_the_same(acme: LinkedCompany, data_type: DataType) -> None:
    path = FACTS[data_type].path
    shown = [acme.api.get(f"{one}/data/{path}").body for one in (acme.path, acme.connection_path)]
    assert shown[0]["results"] == shown[1]["results"]
    assert shown[0]["_links"]["self"] != shown[1]["_links"]["self"]
    other = linked_company(acme.api)
    assert acme.api.get(f"{other.connection_path}/data/{path}").status == 409


def test_lines_of_a_bank_account_have_an_older_address_too(acme: LinkedCompany) -> None:
    page = acme.api.get(f"{acme.path}/data/bankAccounts/31001/transactions").body
    assert [one["id"] for one in page["results"]] == ["i3", "i5"]
    assert page["results"][0]["amount"] == 90
    assert acme.api.get(f"{acme.path}/data/bankAccounts/31001").body["id"] == "31001"


@pytest.mark.parametrize(
    ("path", "record_id"),
    [("invoices", "9001"), ("customers", "501"), ("suppliers", "602")],
)
def test_a_record_without_attachments_says_so(
    acme: LinkedCompany, path: str, record_id: str
) -> None:
    for level in (acme.path, acme.connection_path):
        record = f"{level}/data/{path}/{record_id}"
        assert acme.api.get(f"{record}/attachments").body == {"attachments": []}
        for missing in ("attachments/1", "attachments/1/download"):
            answer = acme.api.get(f"{record}/{missing}")
            assert answer.status == 404 and "no attachment '1'" in answer.error
        nobody = acme.api.get(f"{level}/data/{path}/nothing/attachments")
        assert nobody.status == 404 and "'nothing'" in nobody.error


def test_lists_are_in_order_of_date_then_id(acme: LinkedCompany) -> None:
    def ids(parameters: str) -> list[str]:
        body = acme.api.get(f"{acme.path}/data/invoices?{parameters}").body
        return [one["id"] for one in body["results"]]

    assert ids("") == ["10003", "9001", "9002"]
    assert ids("pageSize=1&page=2") == ["9001"]
    assert ids("orderBy=-totalAmount") == ["9002", "9001", "10003"]
    assert ids("orderBy=amountDue&query=status!=void") == ["9001", "9002"]
    assert ids("orderBy=-modifiedDate") == ["10003", "9001", "9002"]
    assert ids("orderBy=-issueDate") == ["9002", "9001", "10003"]
    assert ids("orderBy=-issueDate&pageSize=1&page=2") == ["9001"]
    assert ids("orderBy=-customerRef.companyName&query=note!=x") == ["10003", "9001", "9002"]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("{totalAmount > 200 || totalAmount < 100} %26%26 status != paid", ["10003", "9002"]),
        ("id=9001", ["9001"]),
        ("customerRef.companyName~acme", ["10003", "9001", "9002"]),
        ("issueDate>2026-01-05", ["9001", "9002"]),
        ("issueDate>=2026-01-06 %26%26 issueDate<2026-01-07", ["9001"]),
        ("modifiedDate>2026-02-01", ["10003", "9001", "9002"]),
        ("sourceModifiedDate>2026-02-01", []),
        ("metadata.isDeleted!=true", ["10003", "9001", "9002"]),
        ("metadata.isDeleted=true", []),
        ("paidOnDate!=2026-01-01", ["10003", "9001", "9002"]),
        ("amountDue<=30.00", ["10003", "9001"]),
    ],
)
def test_queries_filter_and_count(acme: LinkedCompany, query: str, ids: list[str]) -> None:
    body = acme.api.get(f"{acme.path}/data/invoices?query={query}").body
    assert [one["id"] for one in body["results"]] == ids
    assert body["totalResults"] == len(ids)
    one = acme.api.get(f"{acme.path}/data/invoices?query={query}&pageSize=1&page=2").body
    assert [found["id"] for found in one["results"]] == ids[1:2]
    assert one["totalResults"] == len(ids)


@pytest.mark.parametrize("query", ["colour=red", "lineItems.quantity=1", "status>Paid", "a"])
def test_a_query_that_does_not_fit_is_a_400(acme: LinkedCompany, query: str) -> None:
    answer = acme.api.get(f"{acme.path}/data/invoices?query={query}")
    assert answer.status == 400 and "character" in answer.error
    assert acme.api.get(f"{acme.path}/data/invoices?orderBy=colour").status == 400


def test_every_queryable_field_of_every_type_can_be_queried_and_ordered_by(
    acme: LinkedCompany,
) -> None:
    from bookbridge.bridge.api.data_fields import fields_of

    sample = {
        "number": "1",
        "date": "2026-01-01",
        "day": "2026-01-01T12:00:00",
        "moment": "2026-01-01",
        "flag": "true",
    }
    for data_type in RECORDS:
        for name, field in fields_of(data_type)._fields.items():
            value = sample.get(field.kind.value, "x")
            path = f"{path_of(acme, data_type)}?query={name}={value}&orderBy=-{name}"
            assert acme.api.get(path).status == 200, path


def test_deleted_records_stay_listed_and_say_so(lender: Api) -> None:
    company = linked_company(lender)
    company.store(
        DataType.INVOICES, [invoice(1), invoice(2, status="Void")], deleted=frozenset({"2"})
    )
    listed = lender.get(f"{company.path}/data/invoices").body["results"]
    assert [one["metadata"]["isDeleted"] for one in listed] == [False, True]
    assert "sourceModifiedDate" not in listed[1]
    live = lender.get(f"{company.path}/data/invoices?query=metadata.isDeleted!=true").body
    assert [one["id"] for one in live["results"]] == ["1"]


def test_text_outside_ascii_survives(lender: Api) -> None:
    company = linked_company(lender)
    company.store(DataType.INVOICES, [invoice(1, note='Café "Ω" \\ 😀')])
    assert lender.get(f"{company.path}/data/invoices/1").body["note"] == 'Café "Ω" \\ 😀'


def test_data_that_was_never_read_is_a_conflict(lender: Api) -> None:
    company = linked_company(lender)
    answer = lender.get(f"{company.path}/data/invoices")
    assert answer.status == 409 and "never read" in answer.error
    company.dataset(DataType.INVOICES, "Fetching")
    answer = lender.get(f"{company.path}/data/invoices")
    assert answer.status == 409 and "Fetching" in answer.error
    company.store(DataType.INVOICES, [invoice(1)])
    company.dataset(DataType.INVOICES, "FetchError")
    assert lender.get(f"{company.path}/data/invoices").status == 200


def test_what_the_platform_does_not_have_is_a_404_in_its_own_words(lender: Api) -> None:
    company = linked_company(lender)
    company.dataset(DataType.CREDIT_NOTES, "NotSupported")
    answer = lender.get(f"{company.path}/data/creditNotes")
    assert answer.status == 404
    assert answer.error == "Datatype creditNotes not supported by platform(s) Pandle"
    for path in ("data/purchaseOrders", "data/salesOrders/1", "data/paymentMethods"):
        answer = lender.get(f"{company.path}/{path}")
        assert answer.status == 404 and "not supported by platform(s) Pandle" in answer.error
    for name in ("itemReceipts", "purchaseOrders", "banking-accounts", "commerce-orders/1"):
        answer = lender.get(f"{company.connection_path}/data/{name}")
        assert answer.status == 404
        assert answer.error.startswith(f"Datatype {name.removesuffix('/1')} not supported")
    info = lender.get(f"{company.connection_path}/data/commerce-info").error
    assert info == "Datatype commerce-companyInfo not supported by platform(s) Pandle"


def test_the_linked_source_is_read_before_older_ones(lender: Api) -> None:
    company = linked_company(lender)
    company.store(DataType.INVOICES, [invoice(1)])
    other = linked_company(lender, status="Unlinked")
    from bookbridge.bridge.clients.tenancy import client_scope
    from bookbridge.bridge.connections.models import Connection

    with client_scope(lender.client_id):
        Connection.objects.filter(id=other.connection_id).update(company_id=company.company_id)
    older = LinkedCompany(lender, company.company_id, other.connection_id)
    older.store(DataType.INVOICES, [invoice(2)])
    found = lender.get(f"{company.path}/data/invoices").body["results"]
    assert [one["id"] for one in found] == ["1"]


def test_a_stranger_reads_nothing(acme: LinkedCompany, stranger: Api) -> None:
    assert stranger.get(f"{acme.path}/data/invoices").status == 404
    assert stranger.get(f"{acme.path}/data/invoices/9001").status == 404
    assert stranger.get(f"{acme.connection_path}/data/bankAccounts").status == 404
    own = linked_company(stranger)
    crossed = f"{own.path}/connections/{acme.connection_id}/data/bankAccounts"
    assert stranger.get(crossed).status == 404


def test_the_company_tells_about_itself(acme: LinkedCompany) -> None:
    assert acme.api.get(f"{acme.path}/data/info").body == COMPANY


def test_statements_are_made_for_the_periods_asked_for(acme: LinkedCompany) -> None:
    path = f"{acme.path}/data/financials"
    body = acme.api.get(f"{path}/profitAndLoss?periodLength=1&periodsToCompare=5").body
    assert [one["netProfit"] for one in body["reports"]] == [250.5, 100.25]
    assert (body["reportBasis"], body["currency"]) == ("Accrual", "GBP")
    assert body["mostRecentAvailableMonth"] == "2026-01-01T00:00:00"
    assert body["earliestAvailableMonth"] == "2025-12-01T00:00:00"
    both = acme.api.get(f"{path}/profitAndLoss?periodLength=2&periodsToCompare=1").body
    assert [one["netProfit"] for one in both["reports"]] == [350.75]
    older = acme.api.get(
        f"{path}/balanceSheet?periodLength=1&periodsToCompare=1&startMonth=2025-12-01"
    ).body
    assert [one["netAssets"] for one in older["reports"]] == [100.25]


@pytest.mark.parametrize(
    "parameters",
    [
        "",
        "periodLength=1",
        "periodLength=0&periodsToCompare=1",
        "periodLength=x&periodsToCompare=1",
        "periodLength=1&periodsToCompare=1&startMonth=soon",
    ],
)
def test_periods_are_checked(acme: LinkedCompany, parameters: str) -> None:
    assert acme.api.get(f"{acme.path}/data/financials/balanceSheet?{parameters}").status == 400


def test_aged_reports_are_made_from_documents_and_payments(acme: LinkedCompany) -> None:
    path = f"{acme.path}/reports"
    assert acme.api.get(f"{path}/agedDebtor/available").body is True
    assert acme.api.get(f"{path}/agedCreditor/available").body is True
    report = acme.api.get(
        f"{path}/agedDebtor?reportDate=2026-02-01&numberOfPeriods=2&periodLengthDays=30"
    ).body
    assert report["reportDate"] == "2026-02-01T00:00:00"
    assert [one["customerId"] for one in report["data"]] == ["501"]
    (currency,) = report["data"][0]["agedCurrencyOutstanding"]
    # Invoices 30 and 300, less a credit note of 60 that is not used.
    assert [one["amount"] for one in currency["agedOutstandingAmounts"]] == [270, 0]
    creditors = acme.api.get(f"{path}/agedCreditor").body
    assert creditors["data"][0]["supplierId"] == "602"
    for bad in ("reportDate=soon", "numberOfPeriods=0", "periodLengthDays=x"):
        assert acme.api.get(f"{path}/agedDebtor?{bad}").status == 400


def test_aged_reports_wait_for_their_data(lender: Api) -> None:
    company = linked_company(lender)
    path = f"{company.path}/reports/agedDebtor"
    assert lender.get(f"{path}/available").body is False
    assert lender.get(path).status == 409
    for data_type in (DataType.CUSTOMERS, DataType.INVOICES, DataType.PAYMENTS):
        company.store(data_type, RECORDS[data_type])
    assert lender.get(f"{path}/available").body is True
    assert lender.get(path).status == 200
    nobody = path.replace(str(company.company_id), str(uuid.uuid4()))
    assert lender.get(f"{nobody}/available").status == 404


def test_the_longest_texts_in_the_widest_characters_are_kept_and_found(lender: Api) -> None:
    company = linked_company(lender)
    wide = "\U0001f600"
    record_id, contact_id, number = wide * 200, wide * 300, wide * 400
    body = invoice(1, id=record_id, invoiceNumber=number, status=wide * 50, currency=wide * 50)
    body["customerRef"] = {"id": contact_id}
    company.store(DataType.INVOICES, [body], parent_id=wide * 200)
    for query in (
        f"customerRef.id={contact_id}",
        f"invoiceNumber={number}",
        f"id={record_id}",
        f"status={wide * 50}",
    ):
        found = lender.get(f"{company.path}/data/invoices?query={query}").body
        assert found["totalResults"] == 1, query[:20]
        assert lender.get(f"{company.path}/data/invoices?query={query}x").body["results"] == []
