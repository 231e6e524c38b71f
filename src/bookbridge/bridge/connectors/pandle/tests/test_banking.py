"""Money in and out of the bank in all its forms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bookbridge.bridge.connectors.pandle.tests.cast import bodies, map_all, one_body, reasons
from bookbridge.bridge.connectors.pandle.tests.source import Source
from bookbridge.bridge.datatypes import DataType

CURRENT = "bank_accounts/31001/bank_transactions"
SAVINGS = "bank_accounts/31002/bank_transactions"


def transaction(record_id: str, **changes: Any) -> dict[str, Any]:
    attributes = {
        "date": "2026-01-28",
        "type": "bankpayment",
        "description": None,
        "reference": None,
        "net-amount": None,
        "tax-amount": None,
        "total-amount": "10.00",
        "bank-amount": "-10.00",
        "conversion-rate": "1.0",
        "is-split": False,
        "status": "active",
        "account-class-and-id": "NominalAccount#7111",
        "allocations": [],
        **{key.replace("_", "-"): value for key, value in changes.items()},
    }
    return {"id": record_id, "type": "bank-transactions", "attributes": attributes}


def adding(record: dict[str, Any], where: str = CURRENT) -> Source:
    source = Source()
    source.lists[where].append(record)
    return source


def test_a_refund_of_a_credit_note_is_negative_and_uses_the_credit() -> None:
    refund = transaction(
        "8100",
        account_class_and_id="Customer#501",
        total_amount="20.00",
        bank_amount="-20.00",
        allocations=[
            {"document-id": "9201", "document-type": "CreditNote", "amount": "20.00", "date": None}
        ],
    )
    source = adding(refund)
    note = source.attributes("credit_notes", "9201")
    note["allocations"][0]["amount"] = "75.55"
    source.attributes("invoices", "9001")["outstanding-amount"] = "424.45"
    body = one_body(DataType.PAYMENTS, "8100", source)
    assert body["totalAmount"] == -20
    assert body["lines"][0]["amount"] == -20
    assert body["lines"][0]["links"] == [
        {"type": "CreditNote", "id": "9201", "amount": 20, "currencyRate": 1}
    ]
    credit = one_body(DataType.CREDIT_NOTES, "9201", source)
    assert credit["remainingCredit"] == 0
    assert [one["allocation"]["totalAmount"] for one in credit["paymentAllocations"]] == [
        Decimal("75.55"),
        20,
    ]
    assert credit["paymentAllocations"][1]["payment"]["totalAmount"] == -20


def test_money_given_back_to_a_customer_on_account_is_negative() -> None:
    source = adding(transaction("8100", account_class_and_id="Customer#502"))
    body = one_body(DataType.PAYMENTS, "8100", source)
    assert (body["totalAmount"], body["lines"][0]["links"][0]) == (
        -10,
        {"type": "PaymentOnAccount", "id": "502", "amount": 10, "currencyRate": 1},
    )


def test_a_supplier_refund_coded_to_a_cost_is_a_direct_income() -> None:
    source = adding(transaction("8100", type="bankreceipt", bank_amount="10.00"))
    assert "8100" in bodies(DataType.DIRECT_INCOMES, source)
    assert "8100" not in bodies(DataType.DIRECT_COSTS, source)


def test_a_split_over_classes_makes_a_record_of_each_class() -> None:
    split = transaction(
        "8100",
        is_split=True,
        account_class_and_id=None,
        total_amount="100.00",
        bank_amount="-100.00",
        lines=[
            {"id": "1", "account-class-and-id": "NominalAccount#7111", "total-amount": "60.00"},
            {"id": "2", "account-class-and-id": "Supplier#601", "total-amount": "30.00"},
            {"id": "3", "account-class-and-id": "BankAccount#31002", "total-amount": "10.00"},
        ],
    )
    source = adding(split)
    assert one_body(DataType.DIRECT_COSTS, "8100", source)["totalAmount"] == 60
    paid = one_body(DataType.BILL_PAYMENTS, "8100-2", source)
    assert (paid["totalAmount"], paid["lines"][0]["links"][0]["type"]) == (30, "PaymentOnAccount")
    assert one_body(DataType.TRANSFERS, "8100-3", source)["to"]["amount"] == 10
    rows = bodies(DataType.ACCOUNT_TRANSACTIONS, source)
    assert [line["amount"] for line in rows["31001-8100"]["lines"]] == [-60, -30, -10]
    assert rows["31002-8100"]["totalAmount"] == 10


def test_a_split_whose_lines_do_not_add_up_is_rejected() -> None:
    split = transaction(
        "8100",
        is_split=True,
        lines=[{"id": "1", "account-class-and-id": "NominalAccount#7111", "total-amount": "9.99"}],
    )
    assert "lines come to 9.99" in reasons(DataType.DIRECT_COSTS, adding(split))["8100"]


def test_a_negative_line_keeps_its_price_positive() -> None:
    split = transaction(
        "8100",
        is_split=True,
        lines=[
            {"id": "1", "account-class-and-id": "NominalAccount#7111", "total-amount": "15.00"},
            {"id": "2", "account-class-and-id": "NominalAccount#7112", "total-amount": "-5.00"},
        ],
    )
    lines = one_body(DataType.DIRECT_COSTS, "8100", adding(split))["lineItems"]
    assert [(one["unitAmount"], one["quantity"]) for one in lines] == [(15, 1), (5, -1)]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"bank_amount": "10.00"}, "bank-amount"),
        ({"bank_amount": "-9.99"}, "bank-amount"),
        ({"type": "barter"}, "type = 'barter'"),
        ({"account_class_and_id": "Employee#4"}, "account-class-and-id = 'Employee#4'"),
        ({"net_amount": "8.00", "tax_amount": "1.99"}, "total-amount"),
    ],
)
def test_money_that_contradicts_itself_is_rejected(changes: dict[str, Any], named: str) -> None:
    found = reasons(DataType.DIRECT_COSTS, adding(transaction("8100", **changes)))
    assert named in found["8100"]


def test_more_allocated_than_paid_is_rejected() -> None:
    record = transaction(
        "8100",
        type="customerreceipt",
        bank_amount="10.00",
        account_class_and_id="Customer#501",
        allocations=[{"document-id": "9001", "amount": "10.01"}],
    )
    assert "more is allocated" in reasons(DataType.PAYMENTS, adding(record))["8100"]


def test_an_allocation_to_another_contacts_document_is_rejected() -> None:
    record = transaction(
        "8100",
        type="customerreceipt",
        bank_amount="10.00",
        account_class_and_id="Customer#502",
        allocations=[{"document-id": "9001", "amount": "10.00"}],
    )
    assert "another contact" in reasons(DataType.PAYMENTS, adding(record))["8100"]


def test_a_voided_transaction_stays_listed_as_deleted_and_allocates_nothing() -> None:
    source = Source()
    source.attributes(CURRENT, "8002")["status"] = "void"
    source.attributes("invoices", "9001")["outstanding-amount"] = "1304.45"
    payment = one_body(DataType.PAYMENTS, "8002", source)
    assert payment["metadata"] == {"isDeleted": True}
    assert one_body(DataType.ACCOUNT_TRANSACTIONS, "31001-8002", source)["status"] == "Void"
    assert one_body(DataType.INVOICES, "9001", source)["amountDue"] == Decimal("1304.45")
    assert "t8002" not in bodies(DataType.BANK_TRANSACTIONS, source)


def test_a_transfer_listed_under_both_accounts_is_one_transfer_and_two_rows() -> None:
    """A source that says nothing of amounts in the bank may list both ends."""
    twin = transaction(
        "8009",
        date="2026-01-22",
        type="bankreceipt",
        total_amount="2000.00",
        account_class_and_id="BankAccount#31001",
    )
    source = adding(twin, SAVINGS)
    for where, record_id in ((CURRENT, "8004"), (SAVINGS, "8009")):
        del source.attributes(where, record_id)["bank-amount"]
    assert list(bodies(DataType.TRANSFERS, source)) == ["8004"]
    rows = bodies(DataType.ACCOUNT_TRANSACTIONS, source)
    refs = {key: one["lines"][0]["recordRef"]["id"] for key, one in rows.items()}
    assert (refs["31001-8004"], refs["31002-8009"]) == ("8004", "8004")
    assert "31002-8004" not in refs
    lines = bodies(DataType.BANK_TRANSACTIONS, source)
    assert sum(one["amount"] for one in lines.values() if one["accountId"] == "31002") == 2000


def test_two_equal_transfers_of_a_source_that_lists_each_once_are_two() -> None:
    record = transaction(
        "8009",
        date="2026-01-22",
        type="bankreceipt",
        total_amount="2000.00",
        bank_amount="2000.00",
        account_class_and_id="BankAccount#31001",
    )
    assert set(bodies(DataType.TRANSFERS, adding(record, SAVINGS))) == {"8004", "8009"}


def test_an_imported_line_keeps_its_id_through_confirmation() -> None:
    source = Source()
    line = {
        "id": "700",
        "type": "imported-bank-transactions",
        "attributes": {
            "date": "2026-01-15",
            "description": "ACME LTD",
            "payee": "",
            "money-in": "900.00",
            "money-out": "0.00",
            "bank-transaction-id": None,
        },
    }
    queue = "bank_accounts/31001/{}_bank_transactions"
    source.lists[queue.format("imported")] = [line]
    waiting = bodies(DataType.BANK_TRANSACTIONS, source)
    assert (waiting["i700"]["reconciled"], "t8002" in waiting) == (False, True)

    source.lists[queue.format("imported")] = []
    confirmed = {**line, "attributes": {**line["attributes"], "bank-transaction-id": "8002"}}
    source.lists[queue.format("confirmed_imported")] = [confirmed]
    done = bodies(DataType.BANK_TRANSACTIONS, source)
    assert (done["i700"]["reconciled"], "t8002" in done) == (True, False)
    assert done["i700"]["amount"] == 900
    assert one_body(DataType.ACCOUNT_TRANSACTIONS, "31001-8002", source)["status"] == "Reconciled"


def test_a_statement_line_with_money_both_ways_is_rejected() -> None:
    source = Source()
    source.lists["bank_accounts/31001/imported_bank_transactions"] = [
        {"id": "1", "attributes": {"date": "2026-01-01", "money-in": "1", "money-out": "1"}}
    ]
    assert "exactly one" in reasons(DataType.BANK_TRANSACTIONS, source)["1"]


def test_a_credit_card_shows_its_debt_as_positive() -> None:
    source = Source()
    source.attributes("bank_accounts", "31002").update(
        {"account-type": "credit_card", "balance": "-75.00"}
    )
    body = one_body(DataType.BANK_ACCOUNTS, "31002", source)
    assert (body["accountType"], body["balance"]) == ("Credit", 75)


def test_a_bank_account_outside_the_chart_has_an_account_of_its_own() -> None:
    source = Source()
    source.attributes("bank_accounts", "31002")["nominal-code"] = "999"
    del source.record("bank_accounts", "31002")["relationships"]["nominal-account"]
    chart = bodies(DataType.CHART_OF_ACCOUNTS, source)
    assert chart["bank-31002"]["isBankAccount"] is True
    assert chart["bank-31002"]["nominalCode"] == "999"


def test_an_entry_of_a_document_that_cannot_be_read_is_not_taken_for_an_adjustment() -> None:
    source = Source()
    source.attributes(CURRENT, "8001")["type"] = "barter"
    found, _ = map_all(DataType.JOURNAL_ENTRIES, source)
    assert "recordRef" not in found["5001"].body


def test_a_reversal_belongs_to_what_it_reverses() -> None:
    source = Source()
    entry = source.record("journal_entries", "5004")
    reversal = {
        "id": "5020",
        "attributes": {**entry["attributes"], "source-type": "reversal", "reverses-id": "5004"},
    }
    source.lists["journal_entries"].append(reversal)
    ref = one_body(DataType.JOURNAL_ENTRIES, "5020", source)["recordRef"]
    assert ref == {"id": "9001", "dataType": "invoices"}


def test_an_entry_that_does_not_balance_is_rejected() -> None:
    source = Source()
    source.attributes("journal_entries", "5014")["journal-lines"][0]["amount"] = "50.01"
    assert "debits and credits differ" in reasons(DataType.JOURNAL_ENTRIES, source)["5014"]
