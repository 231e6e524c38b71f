"""Control totals agree with an honest source to the penny, and name what a liar did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest

from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.datatypes.control_totals import ControlTotals

Books = dict[DataType, list[dict[str, Any]]]
TODAY = dt.date(2026, 3, 31)


@dataclass(frozen=True)
class Account:
    account_id: str
    name: str
    amount: Decimal


@dataclass(frozen=True)
class Contact:
    contact_id: str
    name: str
    amount: Decimal


@dataclass(frozen=True)
class Reports:
    trial_balance: list[Account] | None
    profit_and_loss: dict[str, Decimal] | None = None
    aged_debtors: list[Contact] | None = None
    aged_creditors: list[Contact] | None = None
    accounts_by_role: dict[str, str] = field(default_factory=dict)


ROLES = {"trade_debtors": "200", "trade_creditors": "250", "vat": "260", "exchange": "750"}


def account(code: str, name: str, kind: str, category: str, bank: bool = False) -> dict[str, Any]:
    return {
        "id": code,
        "nominalCode": code,
        "name": name,
        "type": kind,
        "fullyQualifiedCategory": category,
        "isBankAccount": bank,
    }


def invoice(
    number: str, day: str, net: str, tax: str, *, paid: str = "0", contact: str = "1"
) -> dict[str, Any]:
    total = Decimal(net) + Decimal(tax)
    allocation = {"allocatedOnDate": f"{day}T00:00:00", "totalAmount": -Decimal(paid)}
    return {
        "id": number,
        "customerRef": {"id": contact, "companyName": f"Customer {contact}"},
        "issueDate": f"{day}T00:00:00",
        "currency": "GBP",
        "currencyRate": 1,
        "status": "Submitted",
        "lineItems": [
            {
                "subTotal": Decimal(net),
                "taxAmount": Decimal(tax),
                "totalAmount": total,
                "accountRef": {"id": "300"},
            }
        ],
        "paymentAllocations": [{"payment": {}, "allocation": allocation}] if paid != "0" else [],
        "totalAmount": total,
        "amountDue": total - Decimal(paid),
    }


def payment(number: str, day: str, amount: str, links: list[tuple[str, str, str]]) -> Any:
    return {
        "id": number,
        "customerRef": {"id": "1", "companyName": "Customer 1"},
        "accountRef": {"id": "210"},
        "totalAmount": Decimal(amount),
        "currency": "GBP",
        "currencyRate": 1,
        "date": f"{day}T00:00:00",
        "lines": [
            {
                "amount": -Decimal(value),
                "links": [{"type": kind, "id": target, "amount": Decimal(value)}],
            }
            for kind, target, value in links
        ],
    }


def adjustment(number: str, day: str, *lines: tuple[str, str]) -> dict[str, Any]:
    return {
        "id": number,
        "postedOn": f"{day}T00:00:00",
        "recordRef": {"id": number, "dataType": "journalEntries"},
        "journalLines": [
            {"accountRef": {"id": code}, "netAmount": Decimal(amount)} for code, amount in lines
        ],
    }


def small_books() -> Books:
    return {
        DataType.COMPANY: [{"baseCurrency": "GBP"}],
        DataType.CHART_OF_ACCOUNTS: [
            account("200", "Trade debtors", "Asset", "Asset.Current"),
            account("210", "Current", "Asset", "Asset.Bank", bank=True),
            account("260", "VAT", "Liability", "Liability.Current"),
            account("290", "Retained earnings", "Equity", "Equity.Capital"),
            account("300", "Sales", "Income", "Income.Revenue"),
            account("740", "Depreciation", "Expense", "Expense.Operating"),
            account("005", "Equipment depreciation", "Asset", "Asset.Fixed"),
        ],
        DataType.INVOICES: [
            invoice("1", "2026-01-10", "100.00", "20.00", paid="120.00"),
            invoice("2", "2026-02-10", "0.03", "0.01"),
            invoice("3", "2025-12-31", "50.00", "10.00", contact="2"),
        ],
        DataType.PAYMENTS: [
            payment(
                "9",
                "2026-01-10",
                "150.00",
                [("Invoice", "1", "-120.00"), ("PaymentOnAccount", "1", "-30.00")],
            )
        ],
        DataType.JOURNAL_ENTRIES: [
            adjustment("70", "2026-01-31", ("740", "5.00"), ("005", "-5.00"))
        ],
    }


def honest_reports() -> Reports:
    balances = {
        "200": "30.04",
        "210": "150.00",
        "260": "-30.01",
        "290": "-50.00",
        "300": "-100.03",
        "740": "5.00",
        "005": "-5.00",
    }
    return Reports(
        trial_balance=[Account(code, code, Decimal(amount)) for code, amount in balances.items()],
        profit_and_loss={
            "sales-total": Decimal("100.03"),
            "direct-costs-total": Decimal(0),
            "gross-profit": Decimal("100.03"),
            "expenses-total": Decimal("5.00"),
            "net-profit": Decimal("95.03"),
        },
        aged_debtors=[
            Contact("1", "Customer 1", Decimal("-29.96")),
            Contact("2", "Customer 2", Decimal("60.00")),
        ],
        aged_creditors=[],
        accounts_by_role={**ROLES, "retained_earnings": "290"},
    )


def compared(books: Books, reports: Reports, as_of: dt.date = TODAY) -> Any:
    totals = ControlTotals(as_of=as_of, year_start=dt.date(2026, 1, 1))
    for data_type, bodies in books.items():
        for body in bodies:
            totals.add(data_type, body)
    return totals.compare(reports)


def found(books: Books, reports: Reports | None = None) -> dict[tuple[str, str], int]:
    comparison = compared(books, reports or honest_reports())
    return {(one.report, one.key): one.pence for one in comparison.differences}


def test_an_honest_source_agrees_to_the_penny() -> None:
    comparison = compared(small_books(), honest_reports())
    assert list(comparison.differences) == []
    assert list(comparison.not_compared) == []
    assert comparison.figures_compared == 7 + 5 + 2


def _drop_a_line(books: Books) -> None:
    books[DataType.INVOICES][1]["lineItems"].clear()


def _move_a_penny(books: Books) -> None:
    books[DataType.INVOICES][1]["lineItems"][0]["subTotal"] += Decimal("0.01")


def _turn_a_sign(books: Books) -> None:
    line = books[DataType.INVOICES][1]["lineItems"][0]
    line["subTotal"] = -line["subTotal"]


def _lose_an_invoice(books: Books) -> None:
    books[DataType.INVOICES].pop(2)


def _lose_a_payment(books: Books) -> None:
    books[DataType.PAYMENTS].clear()


def _lose_an_adjustment(books: Books) -> None:
    books[DataType.JOURNAL_ENTRIES].clear()


@pytest.mark.parametrize(
    ("lie", "named"),
    [
        (_drop_a_line, {("trial_balance", "300"): 3, ("profit_and_loss", "sales-total"): -3}),
        (_move_a_penny, {("trial_balance", "300"): -1, ("trial_balance", "200"): 1}),
        (_turn_a_sign, {("trial_balance", "300"): 6, ("profit_and_loss", "net-profit"): -6}),
        (_lose_an_invoice, {("aged_debtors", "2"): -6000, ("trial_balance", "290"): 5000}),
        (_lose_a_payment, {("trial_balance", "210"): -15000, ("aged_debtors", "1"): 3000}),
        (_lose_an_adjustment, {("trial_balance", "740"): -500}),
    ],
)
def test_each_lie_is_named_in_pence(
    lie: Callable[[Books], None], named: dict[tuple[str, str], int]
) -> None:
    books = small_books()
    lie(books)
    differences = found(books)
    for key, pence in named.items():
        assert differences[key] == pence


def test_what_is_dated_after_the_reports_does_not_count() -> None:
    books = small_books()
    books[DataType.INVOICES].append(invoice("4", "2026-04-01", "9.00", "0.00"))
    assert found(books) == {}


def test_drafts_deleted_and_cancelled_documents_do_not_count() -> None:
    books = small_books()
    books[DataType.INVOICES] += [
        {**invoice("4", "2026-02-01", "9.00", "0.00"), "status": "Draft"},
        {**invoice("5", "2026-02-01", "9.00", "0.00"), "status": "Void", "amountDue": 0},
        {
            **invoice("6", "2026-02-01", "9.00", "0.00"),
            "status": "Void",
            "metadata": {"isDeleted": True},
        },
    ]
    assert found(books) == {}


def test_a_document_cancelled_in_the_next_year_moves_profit_between_the_years() -> None:
    books = small_books()
    cancelled = invoice("4", "2025-11-30", "40.00", "8.00")
    books[DataType.INVOICES].append({**cancelled, "status": "Void"})
    entry = {"journalLines": [], "recordRef": {"id": "4", "dataType": "invoices"}}
    books[DataType.JOURNAL_ENTRIES] += [
        {"id": "71", "postedOn": "2025-11-30T00:00:00", **entry},
        {"id": "72", "postedOn": "2026-02-02T00:00:00", **entry},
    ]
    assert found(books) == {
        ("trial_balance", "290"): -4000,
        ("trial_balance", "300"): 4000,
        ("profit_and_loss", "sales-total"): -4000,
        ("profit_and_loss", "gross-profit"): -4000,
        ("profit_and_loss", "net-profit"): -4000,
    }


def test_a_foreign_bill_leaves_at_its_own_rate_and_the_rest_is_exchange() -> None:
    bill = {
        "id": "5",
        "supplierRef": {"id": "7", "supplierName": "Rhein GmbH"},
        "issueDate": "2026-01-10T00:00:00",
        "currency": "EUR",
        "currencyRate": Decimal("0.333333333"),
        "status": "PartiallyPaid",
        "lineItems": [
            {"subTotal": 1000, "taxAmount": 0, "totalAmount": 1000, "accountRef": {"id": "500"}}
        ],
        "paymentAllocations": [],
        "totalAmount": 1000,
    }
    payments = [
        {
            "id": str(number),
            "supplierRef": {"id": "7"},
            "accountRef": {"id": "210"},
            "totalAmount": amount,
            "currency": "EUR",
            "currencyRate": Decimal("0.5"),
            "date": f"2026-01-{number}T00:00:00",
            "lines": [
                {"amount": amount, "links": [{"type": "Bill", "id": "5", "amount": -amount}]}
            ],
        }
        for number, amount in ((20, 200), (21, 800))
    ]
    balances = {"500": "333.33", "210": "-500.00", "750": "166.67"}
    reports = Reports(
        trial_balance=[Account(code, code, Decimal(amount)) for code, amount in balances.items()],
        aged_creditors=[],
        accounts_by_role=ROLES,
    )
    books = {
        DataType.COMPANY: [{"baseCurrency": "GBP"}],
        DataType.BILLS: [bill],
        DataType.BILL_PAYMENTS: payments,
    }
    assert found(books, reports) == {}
    assert found({**books, DataType.BILL_PAYMENTS: payments[:1]}, reports) == {
        ("trial_balance", "210"): 40000,
        ("trial_balance", "250"): -26666,
        ("trial_balance", "750"): -13334,
        ("aged_creditors", "7"): 26666,
    }


def test_what_the_source_does_not_give_is_said_to_be_uncompared() -> None:
    nothing = Reports(trial_balance=None)
    assert len(compared(small_books(), nothing).not_compared) == 4
    nameless = replace(honest_reports(), accounts_by_role={})
    comparison = compared(small_books(), nameless)
    assert list(comparison.differences) == []
    assert "trade debtors" in comparison.not_compared[0]
