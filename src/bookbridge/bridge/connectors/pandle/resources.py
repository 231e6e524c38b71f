"""The lists that we read at the source, and which of them each data type is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bookbridge.bridge.connectors.contract import Resource
from bookbridge.bridge.datatypes import DataType


class Shape(Enum):
    """How a resource is read: a paged list, one object, or one report per calendar month."""

    LIST = "list"
    SINGLE = "single"
    MONTHLY = "monthly"


@dataclass(frozen=True)
class SourceList:
    """`path` is below `/api/v1`; `{c}` is the company, `{parent}` the parent record."""

    name: str
    path: str
    shape: Shape = Shape.LIST
    parent: str | None = None
    optional: bool = False


_LISTS = (
    SourceList("company", "{c}", Shape.SINGLE),
    SourceList("financial_year", "{c}/financial_year", Shape.SINGLE, optional=True),
    SourceList("currencies", "/financial/currencies", optional=True),
    SourceList("nominal_accounts", "{c}/nominal_accounts", optional=True),
    SourceList("bank_transaction_categories", "{c}/bank_transaction_categories", optional=True),
    SourceList("tax_codes", "{c}/tax_codes"),
    SourceList("projects", "{c}/projects", optional=True),
    SourceList("items", "{c}/items", optional=True),
    SourceList("customers", "{c}/customers"),
    SourceList("suppliers", "{c}/suppliers"),
    SourceList("bank_accounts", "{c}/bank_accounts"),
    SourceList("invoices", "{c}/invoices"),
    SourceList("credit_notes", "{c}/credit_notes", optional=True),
    SourceList("write_offs", "{c}/write_offs", optional=True),
    SourceList(
        "bank_transactions",
        "{c}/bank_accounts/{parent}/bank_transactions",
        parent="bank_accounts",
    ),
    SourceList(
        "imported_bank_transactions",
        "{c}/bank_accounts/{parent}/imported_bank_transactions",
        parent="bank_accounts",
        optional=True,
    ),
    SourceList(
        "confirmed_imported_bank_transactions",
        "{c}/bank_accounts/{parent}/confirmed_imported_bank_transactions",
        parent="bank_accounts",
        optional=True,
    ),
    SourceList(
        "ignored_imported_bank_transactions",
        "{c}/bank_accounts/{parent}/ignored_imported_bank_transactions",
        parent="bank_accounts",
        optional=True,
    ),
    SourceList("journal_entries", "{c}/journal_entries", optional=True),
    SourceList("report_profit_and_loss", "{c}/reports/profit_and_loss", Shape.MONTHLY),
    SourceList("report_balance_sheet", "{c}/reports/balance_sheet", Shape.MONTHLY, optional=True),
)

SOURCE_LISTS: dict[str, SourceList] = {source.name: source for source in _LISTS}

RESOURCES: dict[str, Resource] = {
    source.name: Resource(source.name, parent=source.parent, optional=source.optional)
    for source in _LISTS
}

_BOOKS = ("company", "currencies")
_ACCOUNTS = (*_BOOKS, "nominal_accounts", "bank_transaction_categories", "bank_accounts")
_CODING = (*_ACCOUNTS, "tax_codes", "projects")
_MONEY = ("bank_transactions", "credit_notes", "write_offs")
_CONTACTS = ("customers", "suppliers")
_QUEUES = (
    "imported_bank_transactions",
    "confirmed_imported_bank_transactions",
    "ignored_imported_bank_transactions",
)
_DOCUMENTS = (*_CODING, "items", *_CONTACTS, "invoices", *_MONEY)
_BANKING = (*_CODING, *_CONTACTS, "bank_transactions", "confirmed_imported_bank_transactions")

READS: dict[DataType, tuple[str, ...]] = {
    DataType.COMPANY: ("company", "financial_year"),
    DataType.CHART_OF_ACCOUNTS: _ACCOUNTS,
    DataType.TAX_RATES: ("tax_codes",),
    DataType.TRACKING_CATEGORIES: ("projects",),
    DataType.ITEMS: (*_ACCOUNTS, "tax_codes", "items"),
    DataType.CUSTOMERS: (*_BOOKS, "customers"),
    DataType.SUPPLIERS: (*_BOOKS, "suppliers"),
    DataType.BANK_ACCOUNTS: _ACCOUNTS,
    DataType.INVOICES: _DOCUMENTS,
    DataType.CREDIT_NOTES: _DOCUMENTS,
    DataType.BILLS: _DOCUMENTS,
    DataType.BILL_CREDIT_NOTES: _DOCUMENTS,
    DataType.PAYMENTS: (*_DOCUMENTS, "journal_entries"),
    DataType.BILL_PAYMENTS: (*_DOCUMENTS, "journal_entries"),
    DataType.DIRECT_INCOMES: _BANKING,
    DataType.DIRECT_COSTS: _BANKING,
    DataType.TRANSFERS: _BANKING,
    DataType.ACCOUNT_TRANSACTIONS: _BANKING,
    DataType.BANK_TRANSACTIONS: (*_ACCOUNTS, "bank_transactions", *_QUEUES),
    DataType.JOURNALS: ("journal_entries",),
    DataType.JOURNAL_ENTRIES: (*_DOCUMENTS, "journal_entries"),
    DataType.BALANCE_SHEET: (*_BOOKS, "report_profit_and_loss", "report_balance_sheet"),
    DataType.PROFIT_AND_LOSS: (*_BOOKS, "report_profit_and_loss", "report_balance_sheet"),
    DataType.CASH_FLOW_STATEMENT: _BANKING,
}
