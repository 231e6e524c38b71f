"""Every event type that a consumer may name, and which of them this bridge sends.

A type that is documented and that we never send may be named all the same, so that a set-up written
for the closed product works here without a change.
"""

from __future__ import annotations

from collections.abc import Mapping

SENT = (
    "company.created",
    "company.deleted",
    "company.product.added",
    "company.product.removed",
    "connection.created",
    "connection.connected",
    "connection.disconnected",
    "connection.reconnected",
    "connection.failed",
    "connection.deleted",
    "read.completed",
    "read.completed.initial",
    "client.rateLimit.reached",
    "client.rateLimit.reset",
)
# Writing to a source is not possible through this bridge.
WRITTEN_TYPES = (
    "bankAccounts",
    "bankTransactions",
    "billCreditNotes",
    "billPayments",
    "bills",
    "chartOfAccounts",
    "creditNotes",
    "customers",
    "directCosts",
    "directIncomes",
    "invoices",
    "items",
    "journalEntries",
    "journals",
    "payments",
    "purchaseOrders",
    "suppliers",
    "transfers",
)
WRITES = tuple(
    f"{data_type}.write.{outcome}"
    for data_type in WRITTEN_TYPES
    for outcome in ("successful", "unsuccessful")
)
# Of products that this bridge does not have.
OF_OTHER_PRODUCTS = (
    "AccountCategoriesUpdated",
    "SyncCompleted",
    "SyncConnectionDeleted",
    "SyncFailed",
    "bankFeeds.sourceAccount.connected",
    "bankFeeds.sourceAccount.disconnected",
    "expenses.sync.successful",
    "expenses.sync.unsuccessful",
    "reports.categorizedBankStatement.generate.successful",
    "reports.categorizedBankStatement.generate.unsuccessful",
    "reports.creditModel.generate.successful",
    "reports.creditModel.generate.unsuccessful",
    "reports.spendAnalysis.generate.successful",
    "reports.spendAnalysis.generate.unsuccessful",
)
# Deprecated, with bodies of their own; sent to those who name them, made from the newer event.
DEPRECATED: Mapping[str, tuple[str, ...]] = {
    "DataConnectionStatusChanged": (
        "connection.connected",
        "connection.disconnected",
        "connection.reconnected",
    ),
    "DataSyncCompleted": ("read.completed",),
    "DatasetDataChanged": ("read.completed",),
    "DataSyncStatusChangedToError": ("read.completed",),
    "NewCompanySynchronized": ("read.completed.initial",),
}
DEPRECATED_AND_NOT_SENT = (
    "ClientRateLimitReached",
    "ClientRateLimitReset",
    "PushOperationStatusChanged",
    "PushOperationTimedOut",
)
KNOWN = frozenset((*SENT, *WRITES, *OF_OTHER_PRODUCTS, *DEPRECATED, *DEPRECATED_AND_NOT_SENT))
