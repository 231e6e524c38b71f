"""Tiny Ledger's records as the public models; a movement of money is a journal entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from bookbridge.bridge.connectors.contract import (
    MappedRecord,
    RawRecord,
    RejectedRecord,
    SourceRecords,
)
from bookbridge.bridge.datatypes import DataType

MAPPING_VERSION = "1"
CURRENCY = "GBP"
BANK, SUSPENSE = ({"id": "bank", "name": "Bank"}, {"id": "suspense", "name": "Suspense"})
T = TypeVar("T")


class Customer(msgspec.Struct, rename="kebab"):
    name: str
    email: str | None
    modified_at: dt.datetime


class Invoice(msgspec.Struct, rename="kebab"):
    number: str
    issue_date: dt.date
    due_date: dt.date | None
    currency: str
    net: Decimal
    tax: Decimal
    total: Decimal
    outstanding: Decimal
    modified_at: dt.datetime


class Transaction(msgspec.Struct, rename="kebab"):
    date: dt.date
    value_date: dt.date | None
    amount: Decimal
    balance: str
    memo: str | None
    modified_at: dt.datetime


class _Link(msgspec.Struct):
    data: dict[str, str]


def map_records(
    data_type: DataType, records: SourceRecords
) -> Iterator[MappedRecord | RejectedRecord]:
    if data_type is DataType.CUSTOMERS:
        return _each(records, "customers", Customer, _customer)
    if data_type is DataType.INVOICES:
        return _each(records, "invoices", Invoice, _invoice)
    return _each(records, "transactions", Transaction, _journal_entry)


def _each(
    records: SourceRecords,
    resource: str,
    shape: type[T],
    make: Callable[[T, dict[str, _Link]], tuple[dict[str, Any], dt.date | None]],
) -> Iterator[MappedRecord | RejectedRecord]:
    decoder = msgspec.json.Decoder(msgspec.defstruct(
        "Whole", [("attributes", shape), ("relationships", dict[str, _Link])]
    ))  # fmt: skip
    for record in records.all(resource):
        try:
            whole = decoder.decode(record.body)
        except msgspec.ValidationError as error:
            yield RejectedRecord(resource, record.id, str(error))
            continue
        body, order_date = make(whole.attributes, whole.relationships)
        yield _mapped(record, resource, body, order_date, whole.attributes.modified_at)


def _mapped(
    record: RawRecord,
    resource: str,
    body: dict[str, Any],
    order_date: dt.date | None,
    modified_at: dt.datetime,
) -> MappedRecord:
    written = modified_at.isoformat().replace("+00:00", "Z")
    tail = {"metadata": {"isDeleted": False}, "sourceModifiedDate": written}
    return MappedRecord(
        id=record.id,
        body={"id": record.id, **body, **tail},
        order_date=order_date,
        source_modified_at=modified_at,
        sources=[(resource, record.id)],
    )


def _customer(one: Customer, links: dict[str, _Link]) -> tuple[dict[str, Any], None]:
    body = {
        "customerName": one.name,
        "defaultCurrency": CURRENCY,
        "contacts": [],
        "addresses": [],
        "status": "Active",
    }
    return body | ({} if one.email is None else {"emailAddress": one.email}), None


def _invoice(one: Invoice, links: dict[str, _Link]) -> tuple[dict[str, Any], dt.date]:
    body: dict[str, Any] = {
        "invoiceNumber": one.number,
        "issueDate": _written(one.issue_date),
        "currency": one.currency,
        "lineItems": [],
        "subTotal": one.net,
        "totalTaxAmount": one.tax,
        "totalAmount": one.total,
        "amountDue": one.outstanding,
        "status": "Submitted" if one.outstanding else "Paid",
    }
    if one.due_date is not None:
        body["dueDate"] = _written(one.due_date)
    if "customer" in links:
        body["customerRef"] = {"id": links["customer"].data["id"]}
    return body, one.issue_date


def _journal_entry(one: Transaction, links: dict[str, _Link]) -> tuple[dict[str, Any], dt.date]:
    body: dict[str, Any] = {
        "postedOn": _written(one.date),
        "journalLines": [
            {"netAmount": one.amount, "currency": CURRENCY, "accountRef": BANK},
            {"netAmount": -one.amount, "currency": CURRENCY, "accountRef": SUSPENSE},
        ],
        "supplementalData": {"content": {"balance": one.balance}},
    }
    if one.value_date is not None:
        body["createdOn"] = _written(one.value_date)
    if one.memo is not None:
        body["description"] = one.memo
    return body, one.date


def _written(day: dt.date) -> str:
    return f"{day.isoformat()}T00:00:00"
