"""Documents that are not as simple as the worked example."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bookbridge.bridge.connectors.errors import SourceShapeError
from bookbridge.bridge.connectors.pandle.tests.cast import (
    CONNECTOR,
    bodies,
    map_all,
    one_body,
    reasons,
    records_of,
)
from bookbridge.bridge.connectors.pandle.tests.source import Source
from bookbridge.bridge.datatypes import DataType


def lines_of(source: Source, invoice_id: str) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = source.attributes("invoices", invoice_id)["invoice-lines"]
    return lines


@pytest.mark.parametrize(
    ("changes", "status", "due"),
    [
        ({"status": "void", "outstanding-amount": "0.00"}, "Void", 0),
        ({"status": "draft"}, "Draft", 2160),
        ({"status": "approved"}, "Open", 2160),
        ({"status": "mislaid"}, "Unknown", 2160),
        ({"outstanding-amount": None}, "Open", 2160),
    ],
)
def test_statuses_follow_the_open_amount(changes: dict[str, Any], status: str, due: int) -> None:
    source = Source()
    source.attributes("invoices", "9101").update(changes)
    found, rejected = map_all(DataType.BILLS, source)
    assert not rejected
    body = found["9101"].body
    assert (body["status"], body["amountDue"]) == (status, due)
    assert bool(found["9101"].warnings) == (status == "Unknown")
    assert ("sourceModifiedDate" in body) == (status != "Void")


def test_a_zero_total_is_paid_and_has_no_payment_date() -> None:
    source = Source()
    zero = {"net-amount": "0.00", "tax-amount": "0.00", "total-amount": "0.00"}
    lines_of(source, "9002")[0].update({**zero, "price": "0"})
    source.attributes("invoices", "9002").update(zero)
    source.lists["bank_accounts/31001/bank_transactions"].pop(2)
    body = one_body(DataType.INVOICES, "9002", source)
    assert body["status"] == "Paid"
    assert "paidOnDate" not in body


def test_a_negative_invoice_is_a_credit_note_with_positive_amounts() -> None:
    source = Source()
    attributes = source.attributes("invoices", "9101")
    attributes.update(
        {
            "net-amount": "-1800.00",
            "tax-amount": "-360.00",
            "total-amount": "-2160.00",
            "outstanding-amount": "-2160.00",
        }
    )
    attributes["invoice-lines"][0].update(
        {
            "quantity": "-1",
            "net-amount": "-1800.00",
            "tax-amount": "-360.00",
            "total-amount": "-2160.00",
        }
    )
    assert "9101" not in bodies(DataType.BILLS, source)
    body = one_body(DataType.BILL_CREDIT_NOTES, "inv-9101", source)
    assert (body["totalAmount"], body["remainingCredit"], body["status"]) == (
        2160,
        2160,
        "Submitted",
    )
    assert body["lineItems"][0]["quantity"] == 1


def test_a_vat_inclusive_price_becomes_net() -> None:
    source = Source()
    lines_of(source, "9001")[0]["price"] = "399.9967"
    body = one_body(DataType.INVOICES, "9001", source)
    assert body["lineItems"][0]["unitAmount"] == Decimal("333.33")
    assert not map_all(DataType.INVOICES, source)[0]["9001"].warnings


def test_a_discount_shows_on_its_line_and_is_not_taken_twice() -> None:
    source = Source()
    line = lines_of(source, "9002")[0]
    line.update({"quantity": "2", "price": "312.50", "discount-percent": "20"})
    found = one_body(DataType.INVOICES, "9002", source)["lineItems"][0]
    assert (found["unitAmount"], found["discountPercentage"]) == (Decimal("312.5"), 20)
    assert (found["discountAmount"], found["subTotal"]) == (125, 500)


def test_a_price_that_does_not_lead_to_the_net_amount_is_a_warning_only() -> None:
    source = Source()
    lines_of(source, "9002")[0]["price"] = "480.00"
    found, rejected = map_all(DataType.INVOICES, source)
    assert not rejected
    assert "480.00" in found["9002"].warnings[0]
    assert found["9002"].body["subTotal"] == 500


def test_a_project_is_tracked_in_both_ways() -> None:
    source = Source()
    lines_of(source, "9002")[0].update({"project-id": "41", "item-id": "81"})
    line = one_body(DataType.INVOICES, "9002", source)["lineItems"][0]
    ref = {"id": "41", "name": "Lighthouse"}
    assert line["trackingCategoryRefs"] == [ref]
    assert line["tracking"] == {
        "categoryRefs": [ref],
        "isBilledTo": "NotApplicable",
        "isRebilledTo": "NotApplicable",
    }
    assert line["itemRef"] == {"id": "81", "name": "Site survey"}


@pytest.mark.parametrize(
    ("break_it", "named"),
    [
        ({"net-amount": "1799.99"}, "net-amount = '1799.99'"),
        ({"total-amount": "2160.01"}, "total-amount = '2160.01'"),
        ({"outstanding-amount": "2000.00"}, "outstanding-amount = '2000.00'"),
        ({"date": None}, "date = None"),
        ({"date": "31/31/2026"}, "date = '31/31/2026'"),
    ],
)
def test_a_document_that_contradicts_itself_is_rejected_by_field_and_value(
    break_it: dict[str, Any], named: str
) -> None:
    source = Source()
    source.attributes("invoices", "9101").update(break_it)
    assert named in reasons(DataType.BILLS, source)["9101"]
    assert list(map_all(DataType.BILLS, source)[0]) == ["9102"]


def test_a_reference_to_nobody_rejects_the_document() -> None:
    source = Source()
    source.record("invoices", "9101")["relationships"]["supplier"] = {"data": None}
    lines_of(source, "9102")[0]["nominal-account-id"] = "1"
    found = reasons(DataType.BILLS, source)
    assert "without its contact" in found["9101"]
    assert "nominal-account-id = '1'" in found["9102"]


def test_a_contact_that_was_deleted_still_resolves() -> None:
    records = records_of()
    gone = records.stored["customers"].pop("501")
    records.deleted["customers"] = {"501": gone}
    found = {one.id: one for one in CONNECTOR.map(DataType.INVOICES, records)}
    assert set(found) == {"9001", "9002", "9003"}


@pytest.mark.parametrize(
    ("field", "value"), [("total-amount", "missing"), ("net-amount", "ten"), ("status", 7)]
)
def test_an_unknown_shape_stops_the_type_and_names_path_and_field(field: str, value: Any) -> None:
    source = Source()
    attributes = source.attributes("invoices", "9001")
    if value == "missing":
        del attributes[field]
    else:
        attributes[field] = value
    with pytest.raises(SourceShapeError) as refusal:
        map_all(DataType.INVOICES, source)
    assert refusal.value.path == "invoices/9001"
    assert refusal.value.field.endswith(field)


def test_a_credit_used_twice_on_one_invoice_is_one_payment() -> None:
    source = Source()
    source.attributes("credit_notes", "9201")["allocations"] = [
        {"id": "1", "document-id": "9001", "amount": "90.00", "date": "2026-01-18"},
        {"id": "2", "document-id": "9001", "amount": "5.55", "date": "2026-01-19"},
    ]
    payment = one_body(DataType.PAYMENTS, "cn-9201-9001", source)
    assert [line["links"][0]["amount"] for line in payment["lines"]] == [-90, Decimal("-5.55")]
    note = one_body(DataType.CREDIT_NOTES, "9201", source)
    assert (note["status"], note["allocatedOnDate"]) == ("Paid", "2026-01-19T00:00:00")


def test_tax_rates_given_as_fractions_become_percentages() -> None:
    source = Source()
    for code in source.lists["tax_codes"]:
        rate = Decimal(code["attributes"]["tax-rate"]) / 100
        code["attributes"]["tax-rate"] = str(rate)
    assert bodies(DataType.TAX_RATES, source) == bodies(DataType.TAX_RATES)
