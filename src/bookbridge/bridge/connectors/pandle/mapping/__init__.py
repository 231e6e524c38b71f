"""The source's records into the public model: pure, streamed, one function per data type."""

from __future__ import annotations

from collections.abc import Callable

from bookbridge.bridge.connectors.contract import SourceRecords
from bookbridge.bridge.connectors.pandle.mapping.account_transactions import (
    map_account_transactions,
)
from bookbridge.bridge.connectors.pandle.mapping.accounts import (
    map_bank_accounts,
    map_chart_of_accounts,
)
from bookbridge.bridge.connectors.pandle.mapping.cash_flow import map_cash_flow
from bookbridge.bridge.connectors.pandle.mapping.company import (
    map_company,
    map_items,
    map_tax_rates,
    map_tracking_categories,
)
from bookbridge.bridge.connectors.pandle.mapping.contacts import map_customers, map_suppliers
from bookbridge.bridge.connectors.pandle.mapping.credit_notes import (
    map_bill_credit_notes,
    map_credit_notes,
)
from bookbridge.bridge.connectors.pandle.mapping.direct import map_direct_costs, map_direct_incomes
from bookbridge.bridge.connectors.pandle.mapping.documents import Mapped
from bookbridge.bridge.connectors.pandle.mapping.invoices import map_bills, map_invoices
from bookbridge.bridge.connectors.pandle.mapping.journals import map_journal_entries, map_journals
from bookbridge.bridge.connectors.pandle.mapping.lookups import Lookups
from bookbridge.bridge.connectors.pandle.mapping.payments import map_bill_payments, map_payments
from bookbridge.bridge.connectors.pandle.mapping.statement_lines import map_bank_transactions
from bookbridge.bridge.connectors.pandle.mapping.statements import (
    map_balance_sheet,
    map_profit_and_loss,
)
from bookbridge.bridge.connectors.pandle.mapping.transfers import map_transfers
from bookbridge.bridge.datatypes import DataType

# Moves whenever the same source record would be mapped differently; records are then replayed.
MAPPING_VERSION = "pandle-1"

_MAPPINGS: dict[DataType, Callable[[SourceRecords, Lookups], Mapped]] = {
    DataType.COMPANY: map_company,
    DataType.CHART_OF_ACCOUNTS: map_chart_of_accounts,
    DataType.TAX_RATES: map_tax_rates,
    DataType.TRACKING_CATEGORIES: map_tracking_categories,
    DataType.ITEMS: map_items,
    DataType.CUSTOMERS: map_customers,
    DataType.SUPPLIERS: map_suppliers,
    DataType.BANK_ACCOUNTS: map_bank_accounts,
    DataType.INVOICES: map_invoices,
    DataType.CREDIT_NOTES: map_credit_notes,
    DataType.BILLS: map_bills,
    DataType.BILL_CREDIT_NOTES: map_bill_credit_notes,
    DataType.PAYMENTS: map_payments,
    DataType.BILL_PAYMENTS: map_bill_payments,
    DataType.DIRECT_INCOMES: map_direct_incomes,
    DataType.DIRECT_COSTS: map_direct_costs,
    DataType.TRANSFERS: map_transfers,
    DataType.ACCOUNT_TRANSACTIONS: map_account_transactions,
    DataType.BANK_TRANSACTIONS: map_bank_transactions,
    DataType.JOURNALS: map_journals,
    DataType.JOURNAL_ENTRIES: map_journal_entries,
    DataType.BALANCE_SHEET: map_balance_sheet,
    DataType.PROFIT_AND_LOSS: map_profit_and_loss,
    DataType.CASH_FLOW_STATEMENT: map_cash_flow,
}


def map_records(data_type: DataType, records: SourceRecords) -> Mapped:
    return _MAPPINGS[data_type](records, Lookups(records))
