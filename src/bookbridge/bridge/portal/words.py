"""How statuses read to a person: a word and a tone for its dot."""

from __future__ import annotations

from django.utils.translation import gettext as _

from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.datatypes.status import DatasetStatus

Shown = tuple[str, str]


def connection_words(status: str) -> Shown:
    """Tone and word of a connection's status."""
    return {
        Connection.Status.LINKED.value: ("ok", _("Linked")),
        Connection.Status.PENDING_AUTH.value: ("wait", _("Waiting for owner")),
        Connection.Status.UNLINKED.value: ("none", _("Unlinked")),
        Connection.Status.DEAUTHORIZED.value: ("bad", _("Deauthorised")),
    }.get(status, ("none", status))


def dataset_words(status: str) -> Shown:
    """Tone and word of a dataset's state; the word is the public API's."""
    state = DatasetStatus(status)
    if state == DatasetStatus.COMPLETE:
        return "ok", status
    if state == DatasetStatus.NOT_SUPPORTED:
        return "none", _("Not supported by the source")
    if state.is_errored:
        return "bad", status
    return ("wait", status) if state.is_in_progress else ("none", status)


def data_type_name(key: str) -> str:
    """The name of a data type on screen, for instance `Bank transactions`."""
    return _NAMES[key]() if key in _NAMES else key


_NAMES = {
    "company": lambda: _("Company"),
    "chartOfAccounts": lambda: _("Chart of accounts"),
    "taxRates": lambda: _("Tax rates"),
    "trackingCategories": lambda: _("Tracking categories"),
    "items": lambda: _("Items"),
    "customers": lambda: _("Customers"),
    "suppliers": lambda: _("Suppliers"),
    "bankAccounts": lambda: _("Bank accounts"),
    "invoices": lambda: _("Invoices"),
    "creditNotes": lambda: _("Credit notes"),
    "bills": lambda: _("Bills"),
    "billCreditNotes": lambda: _("Bill credit notes"),
    "payments": lambda: _("Payments"),
    "billPayments": lambda: _("Bill payments"),
    "directIncomes": lambda: _("Direct incomes"),
    "directCosts": lambda: _("Direct costs"),
    "transfers": lambda: _("Transfers"),
    "accountTransactions": lambda: _("Account transactions"),
    "bankTransactions": lambda: _("Bank transactions"),
    "journals": lambda: _("Journals"),
    "journalEntries": lambda: _("Journal entries"),
    "balanceSheet": lambda: _("Balance sheet"),
    "profitAndLoss": lambda: _("Profit and loss"),
    "cashFlowStatement": lambda: _("Cash flow statement"),
}
