"""The official clients, unmodified, pointed at any server. Pure: no Django."""

from __future__ import annotations

import base64
import inspect
from dataclasses import dataclass
from typing import Any

import httpx
import requests
from codat_platform import CodatPlatform
from codat_platform.utils.retries import BackoffStrategy
from codat_platform.utils.retries import RetryConfig as PlatformRetryConfig
from codataccounting import CodatAccounting
from codataccounting.models import shared as accounting_shared
from codataccounting.utils import retries as accounting_retries


def authorisation(api_key: str) -> str:
    return "Basic " + base64.b64encode(api_key.encode()).decode()


def platform_client(
    server_url: str, api_key: str, client: httpx.Client | None = None
) -> CodatPlatform:
    """codat-platform; it would retry a 5xx for an hour, so retries are switched off."""
    from codat_platform.models import shared

    return CodatPlatform(
        security=shared.Security(auth_header=authorisation(api_key)),
        server_url=server_url,
        client=client,
        retry_config=PlatformRetryConfig("none", BackoffStrategy(1, 1, 1, 1), False),
        timeout_ms=20_000,
    )


def accounting_client(
    server_url: str, api_key: str, client: requests.Session | None = None
) -> CodatAccounting:
    """codat-accounting, without its retries."""
    return CodatAccounting(
        security=accounting_shared.Security(auth_header=authorisation(api_key)),
        server_url=server_url,
        client=client,
        retry_config=accounting_retries.RetryConfig(
            "none", accounting_retries.BackoffStrategy(1, 1, 1, 1), False
        ),
    )


@dataclass(frozen=True)
class OfficialList:
    """How codat-accounting reads one data type: its group, and the name of a record's id."""

    data_type: str
    group: str
    path: str
    id_parameter: str
    is_of_connection: bool = False


LISTS = (
    OfficialList("chartOfAccounts", "accounts", "accounts", "account_id"),
    OfficialList("taxRates", "tax_rates", "taxRates", "tax_rate_id"),
    OfficialList(
        "trackingCategories", "tracking_categories", "trackingCategories", "tracking_category_id"
    ),
    OfficialList("items", "items", "items", "item_id"),
    OfficialList("customers", "customers", "customers", "customer_id"),
    OfficialList("suppliers", "suppliers", "suppliers", "supplier_id"),
    OfficialList("invoices", "invoices", "invoices", "invoice_id"),
    OfficialList("creditNotes", "credit_notes", "creditNotes", "credit_note_id"),
    OfficialList("bills", "bills", "bills", "bill_id"),
    OfficialList("billCreditNotes", "bill_credit_notes", "billCreditNotes", "bill_credit_note_id"),
    OfficialList("payments", "payments", "payments", "payment_id"),
    OfficialList("billPayments", "bill_payments", "billPayments", "bill_payment_id"),
    OfficialList("journals", "journals", "journals", "journal_id"),
    OfficialList("journalEntries", "journal_entries", "journalEntries", "journal_entry_id"),
    OfficialList("bankAccounts", "bank_accounts", "bankAccounts", "account_id", True),
    OfficialList(
        "accountTransactions",
        "account_transactions",
        "accountTransactions",
        "account_transaction_id",
        True,
    ),
    OfficialList("directIncomes", "direct_incomes", "directIncomes", "direct_income_id", True),
    OfficialList("directCosts", "direct_costs", "directCosts", "direct_cost_id", True),
    OfficialList("transfers", "transfers", "transfers", "transfer_id", True),
)


def call(method: Any, **arguments: Any) -> Any:
    """Call a method of codat-accounting with its own request object."""
    annotation = next(iter(inspect.signature(method).parameters.values())).annotation
    answer = method(annotation(**arguments))
    assert answer.status_code == 200, answer.error_message
    return answer


def read_list(
    client: CodatAccounting, wanted: OfficialList, company_id: str, connection_id: str, **more: Any
) -> Any:
    """One page of a list, as the client's own model."""
    return _body(
        call(_group(client, wanted).list, **_ids(wanted, company_id, connection_id), **more)
    )


def read_one(
    client: CodatAccounting,
    wanted: OfficialList,
    company_id: str,
    connection_id: str,
    record_id: str,
) -> Any:
    """One record, as the client's own model."""
    ids = _ids(wanted, company_id, connection_id)
    return _body(call(_group(client, wanted).get, **ids, **{wanted.id_parameter: record_id}))


def _group(client: CodatAccounting, wanted: OfficialList) -> Any:
    return getattr(client, wanted.group)


def _ids(wanted: OfficialList, company_id: str, connection_id: str) -> dict[str, str]:
    ids = {"company_id": company_id}
    return {**ids, "connection_id": connection_id} if wanted.is_of_connection else ids


ENVELOPE = frozenset({"content_type", "status_code", "raw_response", "error_message", "headers"})


def _body(answer: Any) -> Any:
    """The one field of an answer that holds the parsed body."""
    found = [
        value for name, value in vars(answer).items() if name not in ENVELOPE and value is not None
    ]
    assert len(found) == 1, vars(answer)
    return found[0]
