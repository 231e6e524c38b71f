"""Keys of the accounting data types, as the public API writes them."""

from enum import StrEnum


class DataType(StrEnum):
    """A kind of record; the value is the public key."""

    COMPANY = "company"
    CHART_OF_ACCOUNTS = "chartOfAccounts"
    TAX_RATES = "taxRates"
    TRACKING_CATEGORIES = "trackingCategories"
    ITEMS = "items"
    CUSTOMERS = "customers"
    SUPPLIERS = "suppliers"
    BANK_ACCOUNTS = "bankAccounts"
    INVOICES = "invoices"
    CREDIT_NOTES = "creditNotes"
    BILLS = "bills"
    BILL_CREDIT_NOTES = "billCreditNotes"
    PAYMENTS = "payments"
    BILL_PAYMENTS = "billPayments"
    DIRECT_INCOMES = "directIncomes"
    DIRECT_COSTS = "directCosts"
    TRANSFERS = "transfers"
    ACCOUNT_TRANSACTIONS = "accountTransactions"
    BANK_TRANSACTIONS = "bankTransactions"
    JOURNALS = "journals"
    JOURNAL_ENTRIES = "journalEntries"
    BALANCE_SHEET = "balanceSheet"
    PROFIT_AND_LOSS = "profitAndLoss"
    CASH_FLOW_STATEMENT = "cashFlowStatement"
