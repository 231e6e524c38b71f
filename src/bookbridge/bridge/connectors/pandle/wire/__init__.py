"""The source's payloads as structs.

Attributes come dasherised; snake_case is read too (N). A field without a default must be there: its
absence, or a type that we do not know, raises SourceShapeError with path and field. What is
inferred (I) or an extension (X) is listed with its mark in `marks.py`.
"""

from bookbridge.bridge.connectors.pandle.wire.banking import (
    BankLine,
    BankTransaction,
    ImportedLine,
    JournalEntry,
    JournalLine,
)
from bookbridge.bridge.connectors.pandle.wire.documents import (
    Allocation,
    CreditNote,
    DocumentHead,
    DocumentLine,
    Invoice,
    WriteOff,
)
from bookbridge.bridge.connectors.pandle.wire.reading import (
    dashed,
    read,
    related,
    resource_type,
)
from bookbridge.bridge.connectors.pandle.wire.reference import (
    NO_RELATIONS,
    Address,
    Amount,
    BankAccount,
    Company,
    Contact,
    Currency,
    CurrencyCode,
    FinancialYear,
    Id,
    Item,
    NominalAccount,
    Project,
    Ref,
    Relation,
    Relations,
    TaxCode,
)
from bookbridge.bridge.connectors.pandle.wire.reports import (
    AgedReport,
    AgedRow,
    BalanceSheet,
    ProfitAndLoss,
    ReportRow,
    TrialBalance,
)

__all__ = [
    "NO_RELATIONS",
    "Address",
    "AgedReport",
    "AgedRow",
    "Allocation",
    "Amount",
    "BalanceSheet",
    "BankAccount",
    "BankLine",
    "BankTransaction",
    "Company",
    "Contact",
    "CreditNote",
    "Currency",
    "CurrencyCode",
    "DocumentHead",
    "DocumentLine",
    "FinancialYear",
    "Id",
    "ImportedLine",
    "Invoice",
    "Item",
    "JournalEntry",
    "JournalLine",
    "NominalAccount",
    "ProfitAndLoss",
    "Project",
    "Ref",
    "Relation",
    "Relations",
    "ReportRow",
    "TaxCode",
    "TrialBalance",
    "WriteOff",
    "dashed",
    "read",
    "related",
    "resource_type",
]
