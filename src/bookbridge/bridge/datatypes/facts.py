"""What the rest of the bridge must know about each data type: paths, levels, order.

The key and the path differ for a few types (chartOfAccounts is read at `accounts`). The order
here is the order in which datasets of one refresh are worked off: a type comes after those that
its records refer to.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bookbridge.bridge.datatypes.keys import DataType


class Level(StrEnum):
    """Where a type is read in the public API."""

    COMPANY = "company"
    CONNECTION = "connection"


@dataclass(frozen=True)
class DataTypeFacts:
    """`path` is below `/companies/{id}/data/` or `/companies/{id}/connections/{id}/data/`.

    `is_list` is false for the company and the statements; `parent_path` names the folder of the
    records' parents (`bankAccounts/{accountId}/bankTransactions`); `date_field` is the business
    date by which lists are ordered; `number_field` the name that people call a record by;
    `deleted_status` is the status word of a record that is gone from its source, if the type has
    one."""

    data_type: DataType
    path: str
    level: Level = Level.COMPANY
    is_list: bool = True
    parent_path: str | None = None
    date_field: str | None = None
    number_field: str | None = None
    deleted_status: str | None = None
    has_metadata: bool = True


def _connection(
    data_type: DataType,
    *,
    date_field: str | None = None,
    number_field: str | None = None,
    deleted_status: str | None = None,
) -> DataTypeFacts:
    return DataTypeFacts(
        data_type,
        data_type.value,
        level=Level.CONNECTION,
        date_field=date_field,
        number_field=number_field,
        deleted_status=deleted_status,
    )


def _statement(data_type: DataType) -> DataTypeFacts:
    path = f"financials/{data_type.value}"
    return DataTypeFacts(data_type, path, is_list=False, has_metadata=False)


def _document(data_type: DataType, number_field: str, date_field: str) -> DataTypeFacts:
    return DataTypeFacts(
        data_type,
        data_type.value,
        date_field=date_field,
        number_field=number_field,
        deleted_status="Void",
    )


def _named(data_type: DataType, path: str, number_field: str) -> DataTypeFacts:
    return DataTypeFacts(data_type, path, number_field=number_field, deleted_status="Archived")


_FACTS = (
    DataTypeFacts(DataType.COMPANY, "info", is_list=False, has_metadata=False),
    _named(DataType.CHART_OF_ACCOUNTS, "accounts", "name"),
    _named(DataType.TAX_RATES, "taxRates", "name"),
    _named(DataType.TRACKING_CATEGORIES, "trackingCategories", "name"),
    _named(DataType.ITEMS, "items", "name"),
    _named(DataType.CUSTOMERS, "customers", "customerName"),
    _named(DataType.SUPPLIERS, "suppliers", "supplierName"),
    _connection(DataType.BANK_ACCOUNTS, number_field="accountName", deleted_status="Archived"),
    _document(DataType.INVOICES, "invoiceNumber", "issueDate"),
    _document(DataType.CREDIT_NOTES, "creditNoteNumber", "issueDate"),
    _document(DataType.BILLS, "reference", "issueDate"),
    _document(DataType.BILL_CREDIT_NOTES, "billCreditNoteNumber", "issueDate"),
    DataTypeFacts(DataType.PAYMENTS, "payments", date_field="date", number_field="reference"),
    DataTypeFacts(
        DataType.BILL_PAYMENTS, "billPayments", date_field="date", number_field="reference"
    ),
    _connection(DataType.DIRECT_INCOMES, date_field="issueDate", number_field="reference"),
    _connection(DataType.DIRECT_COSTS, date_field="issueDate", number_field="reference"),
    _connection(
        DataType.TRANSFERS, date_field="date", number_field="description", deleted_status="Void"
    ),
    DataTypeFacts(
        DataType.ACCOUNT_TRANSACTIONS,
        "accountTransactions",
        level=Level.CONNECTION,
        date_field="date",
        number_field="note",
        deleted_status="Void",
    ),
    DataTypeFacts(
        DataType.BANK_TRANSACTIONS,
        "bankTransactions",
        level=Level.CONNECTION,
        parent_path="bankAccounts",
        date_field="clearedOnDate",
        number_field="description",
        has_metadata=False,
    ),
    _named(DataType.JOURNALS, "journals", "name"),
    DataTypeFacts(
        DataType.JOURNAL_ENTRIES,
        "journalEntries",
        date_field="postedOn",
        number_field="description",
    ),
    _statement(DataType.BALANCE_SHEET),
    _statement(DataType.PROFIT_AND_LOSS),
    _statement(DataType.CASH_FLOW_STATEMENT),
)

FACTS: dict[DataType, DataTypeFacts] = {facts.data_type: facts for facts in _FACTS}

ORDER: tuple[DataType, ...] = tuple(FACTS)


def facts_of(data_type: DataType) -> DataTypeFacts:
    return FACTS[data_type]


def data_type_at_path(path: str) -> DataType | None:
    """The type that the public API reads below this path, for instance `accounts`."""
    return _BY_PATH.get(path)


_BY_PATH = {facts.path: facts.data_type for facts in _FACTS}
