"""Which fields of each data type a query may name. Arrays cannot be asked for; objects can.

What people ask for most stands in columns of the index that lists are read from (the records'
migration 0004); the rest is looked up in the body.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from bookbridge.bridge.api.query import Field, FieldKind, Fields, body_field
from bookbridge.bridge.datatypes import DataType, facts_of

Names = Mapping[FieldKind, Iterable[str]]


def _names(
    *, text: str = "", word: str = "", number: str = "", date: str = "", flag: str = ""
) -> Names:
    return {
        FieldKind.TEXT: text.split(),
        FieldKind.WORD: word.split(),
        FieldKind.NUMBER: number.split(),
        FieldKind.DATE: date.split(),
        FieldKind.FLAG: flag.split(),
    }


_CUSTOMER = "customerRef.id customerRef.companyName "
_SUPPLIER = "supplierRef.id supplierRef.supplierName "
_ACCOUNT = "accountRef.id accountRef.name "
_CONTACT = "contactName emailAddress phone defaultCurrency registrationNumber taxNumber "
_CREDIT_NOTE_NUMBERS = (
    "totalAmount totalDiscount subTotal totalTaxAmount discountPercentage remainingCredit"
    " currencyRate"
)
_DIRECT = _names(
    text="reference note contactRef.id currency",
    word="contactRef.dataType",
    number="currencyRate subTotal taxAmount totalAmount",
    date="issueDate",
)

_BY_TYPE: Mapping[DataType, Names] = {
    DataType.CHART_OF_ACCOUNTS: _names(
        text="nominalCode name description fullyQualifiedCategory fullyQualifiedName currency",
        word="type status",
        number="currentBalance",
        flag="isBankAccount",
    ),
    DataType.TAX_RATES: _names(
        text="code name", word="status", number="effectiveTaxRate totalTaxRate"
    ),
    DataType.TRACKING_CATEGORIES: _names(text="name parentId", word="status", flag="hasChildren"),
    DataType.ITEMS: _names(
        text="name code invoiceItem.description invoiceItem.accountRef.id"
        " invoiceItem.accountRef.name invoiceItem.taxRateRef.id billItem.description"
        " billItem.accountRef.id billItem.accountRef.name billItem.taxRateRef.id",
        word="itemStatus type",
        number="invoiceItem.unitPrice billItem.unitPrice",
        flag="isInvoiceItem isBillItem",
    ),
    DataType.CUSTOMERS: _names(text="customerName " + _CONTACT, word="status"),
    DataType.SUPPLIERS: _names(text="supplierName " + _CONTACT, word="status"),
    DataType.BANK_ACCOUNTS: _names(
        text="accountName nominalCode sortCode accountNumber iBan currency institution",
        word="accountType status",
        number="balance availableBalance overdraftLimit",
    ),
    DataType.INVOICES: _names(
        text=_CUSTOMER + "invoiceNumber currency note",
        word="status",
        number="totalAmount amountDue subTotal totalTaxAmount totalDiscount discountPercentage"
        " additionalTaxAmount additionalTaxPercentage currencyRate",
        date="issueDate dueDate paidOnDate",
    ),
    DataType.CREDIT_NOTES: _names(
        text=_CUSTOMER + "creditNoteNumber currency note",
        word="status",
        number=_CREDIT_NOTE_NUMBERS + " additionalTaxAmount additionalTaxPercentage",
        date="issueDate allocatedOnDate",
    ),
    DataType.BILLS: _names(
        text=_SUPPLIER + "reference currency note",
        word="status",
        number="totalAmount amountDue subTotal taxAmount currencyRate",
        date="issueDate dueDate",
    ),
    DataType.BILL_CREDIT_NOTES: _names(
        text=_SUPPLIER + "billCreditNoteNumber currency note",
        word="status",
        number=_CREDIT_NOTE_NUMBERS,
        date="issueDate allocatedOnDate",
    ),
    DataType.PAYMENTS: _names(
        text=_CUSTOMER + _ACCOUNT + "paymentMethodRef.id currency note reference",
        number="totalAmount currencyRate",
        date="date",
    ),
    DataType.BILL_PAYMENTS: _names(
        text=_SUPPLIER + _ACCOUNT + "paymentMethodRef.id currency note reference",
        number="totalAmount currencyRate",
        date="date",
    ),
    DataType.DIRECT_INCOMES: _DIRECT,
    DataType.DIRECT_COSTS: _DIRECT,
    DataType.TRANSFERS: _names(
        text="description contactRef.id from.accountRef.id from.currency to.accountRef.id"
        " to.currency",
        word="status",
        number="from.amount to.amount",
        date="date",
    ),
    DataType.ACCOUNT_TRANSACTIONS: _names(
        text="transactionId note bankAccountRef.id bankAccountRef.name currency",
        word="status",
        number="totalAmount currencyRate",
        date="date",
    ),
    DataType.BANK_TRANSACTIONS: _names(
        text="accountId description",
        word="transactionType",
        number="amount balance",
        date="clearedOnDate",
        flag="reconciled",
    ),
    DataType.JOURNALS: _names(
        text="journalCode name parentId", word="type status", date="createdOn", flag="hasChildren"
    ),
    DataType.JOURNAL_ENTRIES: _names(
        text="description journalRef.id journalRef.name recordRef.id",
        word="recordRef.dataType",
        date="postedOn createdOn updatedOn",
    ),
}


# Columns made from the body: how long the text is that they keep, and under which public names.
_COLUMNS: Mapping[str, tuple[str, int | None]] = {
    "dueDate": ("due_date", None),
    "totalAmount": ("total_amount", None),
    "amount": ("total_amount", None),
    "amountDue": ("amount_due", None),
    "remainingCredit": ("amount_due", None),
    "status": ("status", 40),
    "customerRef.id": ("contact_id", 60),
    "supplierRef.id": ("contact_id", 60),
    "contactRef.id": ("contact_id", 60),
    "invoiceNumber": ("document_number", 100),
    "creditNoteNumber": ("document_number", 100),
    "billCreditNoteNumber": ("document_number", 100),
    "reference": ("document_number", 100),
    "currency": ("currency", 10),
}


@cache
def fields_of(data_type: DataType, *, is_past: bool = False) -> Fields:
    """What can be queried in a data type: its body, and what stands in columns of its own.

    Earlier versions (`is_past`) have no columns made from the body.
    """
    facts = facts_of(data_type)
    fields = {
        name: _field(name, kind, is_past=is_past)
        for kind, names in _BY_TYPE[data_type].items()
        for name in names
    }
    if facts.date_field is not None:
        fields[facts.date_field] = Field("order_date", FieldKind.DAY, is_key=True)
    fields["id"] = Field("record_id", FieldKind.TEXT, is_key=True, is_never_null=True)
    fields["modifiedDate"] = Field("modified_at", FieldKind.MOMENT, is_key=True, is_never_null=True)
    fields["sourceModifiedDate"] = Field("source_modified_at", FieldKind.MOMENT, is_key=True)
    if facts.has_metadata:
        fields["metadata.isDeleted"] = Field("is_deleted", FieldKind.FLAG, is_key=True)
    return Fields(fields)


def _field(name: str, kind: FieldKind, *, is_past: bool) -> Field:
    whole = body_field(name, kind)
    if is_past or name not in _COLUMNS:
        return whole
    column, limit = _COLUMNS[name]
    return Field(
        column,
        FieldKind.DAY if kind is FieldKind.DATE else kind,
        is_key=True,
        is_folded=kind is FieldKind.WORD,
        limit=limit,
        whole=whole if limit is not None else None,
    )
