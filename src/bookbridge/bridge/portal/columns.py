"""Which fields a data table shows of each data type, and how a value reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookbridge.kit.formatting import day, money

MONEY, DATE, TEXT = "money", "date", "text"


@dataclass(frozen=True)
class Column:
    """A dotted path into the record, a heading, and how to show the value."""

    path: str
    label: Any
    kind: str = TEXT


_ISSUED = Column("issueDate", _("Issued"), DATE)
_DAY = Column("date", _("Date"), DATE)
_NOTE = Column("note", _("Note"))
_STATUS = Column("status", _("Status"))
_CUSTOMER = Column("customerRef.companyName", _("Customer"))
_SUPPLIER = Column("supplierRef.supplierName", _("Supplier"))
_CURRENCY = Column("currency", _("Currency"))
_TOTAL = Column("totalAmount", _("Total"), MONEY)
_DUE = Column("amountDue", _("Due"), MONEY)
_ID = Column("id", _("Id"))

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "chartOfAccounts": (
        Column("nominalCode", _("Code")), Column("name", _("Name")), Column("type", _("Type")),
        Column("fullyQualifiedCategory", _("Category")), _STATUS,
        Column("currentBalance", _("Balance"), MONEY),
    ),
    "customers": (
        Column("customerName", _("Name")), Column("contactName", _("Contact")),
        Column("emailAddress", _("E-mail")), _STATUS,
    ),
    "suppliers": (
        Column("supplierName", _("Name")), Column("contactName", _("Contact")),
        Column("emailAddress", _("E-mail")), _STATUS,
    ),
    "invoices": (
        Column("invoiceNumber", _("Number")), _ISSUED, _CUSTOMER, _TOTAL, _DUE, _CURRENCY, _STATUS,
    ),
    "bills": (
        Column("reference", _("Reference")), _ISSUED, _SUPPLIER, _TOTAL, _DUE, _CURRENCY, _STATUS,
    ),
    "creditNotes": (
        Column("creditNoteNumber", _("Number")), _ISSUED, _CUSTOMER, _TOTAL,
        Column("remainingCredit", _("Remaining"), MONEY), _CURRENCY, _STATUS,
    ),
    "billCreditNotes": (
        Column("billCreditNoteNumber", _("Number")), _ISSUED, _SUPPLIER, _TOTAL,
        Column("remainingCredit", _("Remaining"), MONEY), _CURRENCY, _STATUS,
    ),
    "payments": (
        _ID, _DAY, _CUSTOMER, _NOTE, _TOTAL, _CURRENCY,
    ),
    "billPayments": (
        _ID, _DAY, _SUPPLIER, _NOTE, _TOTAL, _CURRENCY,
    ),
    "directCosts": (_ID, _ISSUED, _NOTE, _TOTAL, _CURRENCY),
    "directIncomes": (_ID, _ISSUED, _NOTE, _TOTAL, _CURRENCY),
    "transfers": (
        _ID, _DAY, Column("description", _("Description")),
        Column("from.amount", pgettext_lazy("money leaves", "Out"), MONEY),
        Column("to.amount", pgettext_lazy("money arrives", "In"), MONEY), _STATUS,
    ),
    "accountTransactions": (
        _ID, _DAY, Column("bankAccountRef.name", _("Account")),
        _NOTE, _TOTAL, _CURRENCY, _STATUS,
    ),
    "bankTransactions": (
        Column("clearedOnDate", _("Date"), DATE), Column("description", _("Description")),
        Column("amount", _("Amount"), MONEY), Column("reconciled", _("Reconciled")),
    ),
    "bankAccounts": (
        Column("accountName", _("Name")), Column("nominalCode", _("Code")),
        Column("accountType", _("Type")), Column("balance", _("Balance"), MONEY),
        _CURRENCY, _STATUS,
    ),
    "taxRates": (
        Column("code", _("Code")), Column("name", _("Name")),
        Column("effectiveTaxRate", _("Rate, percent")), _STATUS,
    ),
    "trackingCategories": (Column("name", _("Name")), _STATUS),
    "items": (
        Column("code", _("Code")), Column("name", _("Name")),
        Column("invoiceItem.unitPrice", _("Price"), MONEY), Column("itemStatus", _("Status")),
    ),
    "journalEntries": (
        _ID, Column("postedOn", _("Date"), DATE), Column("description", _("Description")),
        Column("recordRef.dataType", _("Made by")),
    ),
    "journals": (Column("journalCode", _("Code")), Column("name", _("Name")), _STATUS),
}  # fmt: skip
FALLBACK = (_ID,)


def columns_of(data_type: str) -> tuple[Column, ...]:
    """What the table of this data type shows."""
    return COLUMNS.get(data_type, FALLBACK)


def cell(body: Mapping[str, Any], column: Column) -> str:
    """A record's value as a person reads it; empty where the record has none."""
    value: Any = body
    for part in column.path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if value is None:
        return ""
    if column.kind == MONEY:
        return money(Decimal(str(value)))
    if column.kind == DATE:
        return day(dt.date.fromisoformat(str(value)[:10]))
    return str(_yes_no(value))


def _yes_no(value: object) -> object:
    if value is True:
        return _("yes")
    return _("no") if value is False else value
