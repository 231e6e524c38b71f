"""Each field of the worked example's records, back to the very value of the source."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from bookbridge.bridge.connectors.pandle.tests.cast import CONNECTOR, mapped, records_of
from bookbridge.bridge.datatypes import FACTS, ORDER, DataType
from bookbridge.bridge.evidence.lineage import Explained, explain
from bookbridge.bridge.evidence.lineage.view import RawView
from bookbridge.bridge.evidence.tests.conftest import Read

INVOICE = "invoices/9001/attributes"
RECEIPT = "bank_transactions/8002/attributes"
NOTE = "credit_notes/9201/attributes"


def line(number: int) -> dict[str, tuple[str, set[str]]]:
    raw = f"{INVOICE}/invoice-lines/{number}"
    tax_code = ("1", "2", "3")[number]
    at = f"/lineItems/{number}"
    return {
        f"{at}/description": ("copied", {f"{raw}/description"}),
        f"{at}/unitAmount": ("copied", {f"{raw}/price"}),
        f"{at}/quantity": ("copied", {f"{raw}/quantity"}),
        f"{at}/subTotal": ("copied", {f"{raw}/net-amount"}),
        f"{at}/taxAmount": ("copied", {f"{raw}/tax-amount"}),
        f"{at}/totalAmount": ("copied", {f"{raw}/total-amount"}),
        f"{at}/accountRef/id": ("copied", {f"{raw}/nominal-account-id"}),
        f"{at}/accountRef/name": ("copied", {"nominal_accounts/7109/attributes/name"}),
        f"{at}/taxRateRef/id": ("copied", {f"{raw}/tax-code-id"}),
        f"{at}/taxRateRef/name": ("copied", {f"tax_codes/{tax_code}/attributes/description"}),
        f"{at}/taxRateRef/effectiveTaxRate": (
            "copied",
            {f"tax_codes/{tax_code}/attributes/tax-rate"},
        ),
        f"{at}/isDirectIncome": ("constant", set()),
    }


def sums(field: str) -> set[str]:
    return {f"{INVOICE}/invoice-lines/{number}/{field}" for number in range(3)}


# The whole golden invoice: field, how it came about, and from which values.
GOLDEN: dict[str, tuple[str, set[str]]] = {
    "/id": ("copied", {"invoices/9001/id"}),
    "/invoiceNumber": ("copied", {f"{INVOICE}/invoice-number"}),
    "/issueDate": ("derived", {f"{INVOICE}/date"}),
    "/dueDate": ("derived", {f"{INVOICE}/due-date"}),
    "/status": ("derived", {f"{INVOICE}/status"}),
    "/customerRef/id": ("copied", {"invoices/9001/relationships/customer/data/id"}),
    "/customerRef/companyName": ("copied", {"customers/501/attributes/business-name"}),
    "/currency": (
        "derived",
        {"currencies/1/attributes/code", "invoices/9001/relationships/currency/data/id"},
    ),
    "/currencyRate": ("constant", set()),
    **line(0),
    **line(1),
    **line(2),
    "/subTotal": ("derived", sums("net-amount")),
    "/totalTaxAmount": ("derived", sums("tax-amount")),
    "/totalAmount": ("derived", sums("total-amount")),
    "/amountDue": ("copied", {f"{INVOICE}/outstanding-amount"}),
    "/totalDiscount": ("constant", set()),
    "/discountPercentage": ("constant", set()),
    "/paymentAllocations/0/payment/id": ("copied", {"bank_transactions/8002/id"}),
    "/paymentAllocations/0/payment/accountRef/id": (
        "derived",
        {
            "bank_accounts/31001/attributes/nominal-code",
            "bank_accounts/31001/relationships/nominal-account/data/id",
            "nominal_accounts/7104/id",
        },
    ),
    "/paymentAllocations/0/payment/accountRef/name": (
        "derived",
        {"bank_accounts/31001/attributes/nominal-code", "nominal_accounts/7104/attributes/name"},
    ),
    "/paymentAllocations/0/payment/currency": (
        "derived",
        {
            "bank_transactions/8002/relationships/currency/data/id",
            "currencies/1/attributes/code",
        },
    ),
    "/paymentAllocations/0/payment/currencyRate": ("constant", set()),
    "/paymentAllocations/0/payment/paidOnDate": ("derived", {f"{RECEIPT}/date"}),
    "/paymentAllocations/0/payment/totalAmount": ("copied", {f"{RECEIPT}/total-amount"}),
    "/paymentAllocations/0/allocation/currency": (
        "derived",
        {
            "bank_transactions/8002/relationships/currency/data/id",
            "currencies/1/attributes/code",
        },
    ),
    "/paymentAllocations/0/allocation/currencyRate": ("constant", set()),
    "/paymentAllocations/0/allocation/allocatedOnDate": (
        "derived",
        {f"{RECEIPT}/allocations/0/date"},
    ),
    # Negative here, positive at the source: derived, of one value.
    "/paymentAllocations/0/allocation/totalAmount": (
        "derived",
        {f"{RECEIPT}/allocations/0/amount"},
    ),
    "/paymentAllocations/1/payment/id": (
        "derived",
        {"credit_notes/9201/id", "invoices/9001/id"},
    ),
    "/paymentAllocations/1/payment/currency": (
        "derived",
        {"credit_notes/9201/relationships/currency/data/id", "currencies/1/attributes/code"},
    ),
    "/paymentAllocations/1/payment/currencyRate": ("constant", set()),
    "/paymentAllocations/1/payment/paidOnDate": ("derived", {f"{NOTE}/allocations/0/date"}),
    # Credit that is used moves no money.
    "/paymentAllocations/1/payment/totalAmount": ("constant", set()),
    "/paymentAllocations/1/allocation/currency": (
        "derived",
        {"credit_notes/9201/relationships/currency/data/id", "currencies/1/attributes/code"},
    ),
    "/paymentAllocations/1/allocation/currencyRate": ("constant", set()),
    "/paymentAllocations/1/allocation/allocatedOnDate": (
        "derived",
        {f"{NOTE}/allocations/0/date"},
    ),
    "/paymentAllocations/1/allocation/totalAmount": (
        "derived",
        {f"{NOTE}/allocations/0/amount"},
    ),
    "/metadata/isDeleted": ("constant", set()),
    "/sourceModifiedDate": (
        "derived",
        {f"{INVOICE}/updated-at", f"{RECEIPT}/updated-at", f"{NOTE}/updated-at"},
    ),
}

# What is of no origin though it looks like an amount, a date or a name, and why.
WITHOUT_ORIGIN = {
    "name": "a heading or a journal of our own",
    "currencyRate": "one: the document is in the books' own currency",
    "quantity": "one: the source gives a sum only",
    "totalDiscount": "nothing: the source has no such discount",
    "discountPercentage": "nothing: the source has no such discount",
    "fromDate": "the month that is asked for",
    "toDate": "the month that is asked for",
}
WORTH_AN_ORIGIN = ("amount", "date", "name", "total", "value", "profit", "price", "tax")


def explained(data_type: DataType) -> tuple[str, Explained]:
    records = records_of()
    found, _rejected = mapped(CONNECTOR, data_type, records)
    record_id = next(iter(found))
    view = RawView(
        {
            (resource, one): raw
            for resource in CONNECTOR.resources_for(data_type)
            for one, raw in records.stored.get(resource, {}).items()
        },
        frozenset(records.missing),
    )
    result = explain(CONNECTOR, data_type, view, record_id, found[record_id].sources)
    assert result is not None and result.limits == []
    return record_id, result


def shown(fields: Any) -> dict[str, tuple[str, set[str]]]:
    return {
        one["pointer"]: (
            one["kind"],
            {f"{at['resource']}/{at['id']}{at['pointer']}" for at in one["origins"]},
        )
        for one in fields
    }


def test_every_field_of_the_golden_invoice_is_traced_to_its_values(read: Read) -> None:
    answer = read.get("/data/invoices/9001/lineage")
    assert answer.status == 200
    body = answer.body
    assert body["isExact"] and not body["limits"] and body["mappingVersion"] == "pandle-1"
    assert shown(body["fields"]) == GOLDEN
    sources = [(one["resource"], one["id"]) for one in body["rawRecords"] if one["isSource"]]
    assert sources == [
        ("invoices", "9001"),
        ("bank_transactions", "8002"),
        ("credit_notes", "9201"),
    ]
    named = {(one["resource"], one["id"]) for one in body["rawRecords"]}
    assert {(at["resource"], at["id"]) for one in body["fields"] for at in one["origins"]} <= named
    for one in body["rawRecords"]:
        assert len(bytes.fromhex(one["contentHash"])) == 16
        assert one["scan"] == 1 and one["fetchedAt"].endswith("Z")


@pytest.mark.parametrize("data_type", [one for one in ORDER if one != "billCreditNotes"])
def test_every_amount_date_and_name_of_each_data_type_has_an_origin(data_type: DataType) -> None:
    _record_id, result = explained(data_type)
    assert len(result.fields) > 3
    bare = [
        one.pointer
        for one in result.fields
        if one.kind == "constant"
        and any(word in one.pointer.rpartition("/")[2].lower() for word in WORTH_AN_ORIGIN)
        and one.pointer.rpartition("/")[2] not in WITHOUT_ORIGIN
    ]
    if data_type is DataType.PROFIT_AND_LOSS:
        # The source gives no other income and no other expenses: they are nothing.
        bare = [one for one in bare if "other" not in one.lower()]
    if data_type in (DataType.INVOICES, DataType.CREDIT_NOTES):
        bare = [one for one in bare if not one.endswith("payment/totalAmount")]
    assert bare == []


def test_a_rate_is_derived_from_both_of_its_amounts() -> None:
    _record_id, result = explained(DataType.BILL_PAYMENTS)
    rate = next(one for one in result.fields if one.pointer == "/currencyRate")
    assert rate.kind == "derived"
    assert {origin.pointer for origin in rate.origins} == {
        "/attributes/bank-amount",
        "/attributes/total-amount",
    }


def test_every_type_answers_at_its_own_address(read: Read) -> None:
    for data_type in ORDER:
        found = read.linked.records(data_type)
        facts = FACTS[data_type]
        if not found:
            continue
        record_id, record = next(iter(found.items()))
        folder = read.path if facts.level == "company" else read.connection_path
        parents = f"{facts.parent_path}/{record.parent_id}/" if facts.parent_path else ""
        one = "" if data_type is DataType.COMPANY else f"/{record_id}"
        answer = read.api.get(f"{folder}/data/{parents}{facts.path}{one}/lineage")
        assert answer.status == 200, (data_type, answer.body)
        assert answer.body["isExact"], (data_type, answer.body["reason"])
        assert answer.body["fields"], data_type


def test_an_earlier_version_is_traced_to_the_raw_record_of_that_time(read: Read) -> None:
    before = timezone.now()
    attributes = read.linked.source.records.attributes("customers", "501")
    old, attributes["business-name"] = attributes["business-name"], "Renamed Ltd"
    attributes["updated-at"] = "2026-02-03T08:30:00Z"
    read.linked.sync(DataType.CUSTOMERS)
    path = "/data/customers/501/lineage"
    now, then = read.get(path).body, read.get(f"{path}?asOf={before:%Y-%m-%dT%H:%M:%S.%fZ}").body
    assert now["isExact"] and then["isExact"]
    assert now["rawRecords"][0]["contentHash"] != then["rawRecords"][0]["contentHash"]
    assert (then["rawRecords"][0]["scan"], now["rawRecords"][0]["scan"]) == (1, 2)
    assert old != "Renamed Ltd"


def test_a_deleted_record_keeps_its_lineage(read: Read) -> None:
    lists = read.linked.source.records.lists
    lists["customers"] = [one for one in lists["customers"] if one["id"] != "502"]
    read.linked.sync(DataType.CUSTOMERS)
    body = read.get("/data/customers/502/lineage").body
    assert body["isExact"] and body["rawRecords"][0]["isDeleted"]
    name = next(one for one in body["fields"] if one["pointer"] == "/customerName")
    assert name["kind"] == "copied"


def test_what_is_not_there_is_a_404_and_a_bad_time_a_400(read: Read) -> None:
    assert read.get("/data/invoices/nothing/lineage").status == 404
    assert read.get("/data/invoices/9001/lineage?asOf=2020-01-01").status == 404
    assert read.get("/data/invoices/9001/lineage?asOf=yesterday").status == 400
