"""The chart of accounts, and bank accounts: a bank account is in both, with two ids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bookbridge.bridge.connectors.contract import (
    MappedRecord,
    RawRecord,
    RejectedRecord,
    SourceRecords,
)
from bookbridge.bridge.connectors.errors import NotSupportedError, RecordRejectedError
from bookbridge.bridge.connectors.pandle import wire
from bookbridge.bridge.connectors.pandle.mapping.documents import Mapped
from bookbridge.bridge.connectors.pandle.mapping.lookups import (
    CREDIT_KINDS,
    Lookups,
    account_resource,
    own_account_id,
)
from bookbridge.bridge.connectors.pandle.mapping.values import (
    newest,
    plain_text,
    set_given,
    with_tail,
    word,
)

# Never from the nominal code: an unknown category is Unknown with a null heading.
CATEGORIES: dict[str, tuple[str, str]] = {
    "fixed_asset": ("Asset", "Asset.Fixed"),
    "current_asset": ("Asset", "Asset.Current"),
    "bank": ("Asset", "Asset.Bank"),
    "cash": ("Asset", "Asset.Bank"),
    "credit_card": ("Liability", "Liability.Current"),
    "directors_loan": ("Liability", "Liability.Current"),
    "current_liability": ("Liability", "Liability.Current"),
    "vat": ("Liability", "Liability.Current"),
    "long_term_liability": ("Liability", "Liability.LongTerm"),
    "long_term": ("Liability", "Liability.LongTerm"),
    "capital": ("Equity", "Equity.Capital"),
    "drawings": ("Equity", "Equity.Capital"),
    "dividends": ("Equity", "Equity.Capital"),
    "reserves": ("Equity", "Equity.Capital"),
    "sales": ("Income", "Income.Revenue"),
    "other_income": ("Income", "Income.Other"),
    "direct_cost": ("Expense", "Expense.CostOfSales"),
    "overhead": ("Expense", "Expense.Operating"),
    "other_expense": ("Expense", "Expense.Other"),
    "other": ("Expense", "Expense.Other"),
}
ARCHIVED_WORDS = frozenset({"archived", "inactive", "closed"})


def map_chart_of_accounts(records: SourceRecords, lookups: Lookups) -> Mapped:
    resource = account_resource(records)
    if not records.supported(resource):
        raise NotSupportedError("The source has neither accounts nor categories.")
    bank_codes = _bank_codes(records)
    known_codes: set[str] = set()
    for record in records.all(resource):
        account = wire.read(wire.NominalAccount, record, resource)[1]
        code = account.nominal_code or account.code
        if code:
            known_codes.add(code)
        is_bank = code in bank_codes
        yield _account(record, resource, account, code, is_bank, lookups.base_currency)
    for record in records.all("bank_accounts"):
        _, bank, relations = wire.read(wire.BankAccount, record, "bank_accounts")
        if (bank.nominal_code or "") not in known_codes:
            related = wire.related(relations.nominal_account)
            if related is None or records.get(resource, related) is None:
                yield _own_account(record, bank, lookups.base_currency)


def _bank_codes(records: SourceRecords) -> set[str]:
    codes: set[str] = set()
    for record in records.all("bank_accounts"):
        code = wire.read(wire.BankAccount, record, "bank_accounts")[1].nominal_code
        if code:
            codes.add(code)
    return codes


def _account(
    record: RawRecord,
    resource: str,
    account: wire.NominalAccount,
    code: str | None,
    is_bank: bool,
    base_currency: str,
) -> MappedRecord:
    kind, category = CATEGORIES.get(word(account.category_type), ("Unknown", None))
    name = plain_text(account.name) or code
    body: dict[str, Any] = {
        "id": record.id,
        "type": kind,
        "fullyQualifiedCategory": category,
        "fullyQualifiedName": f"{category}.{name}" if category and name else None,
        "currency": base_currency,
        "isBankAccount": is_bank,
        "status": "Archived" if word(account.status) in ARCHIVED_WORDS else "Active",
        "validDatatypeLinks": [],
    }
    set_given(body, nominalCode=code, name=name, currentBalance=account.balance)
    return _record(record, resource, body, account.updated_at)


def _own_account(record: RawRecord, bank: wire.BankAccount, base_currency: str) -> MappedRecord:
    """A bank account whose nominal code is in no row of the chart is an account of its own."""
    is_credit = word(bank.account_type) in CREDIT_KINDS
    kind, category = CATEGORIES["credit_card" if is_credit else "bank"]
    name = plain_text(bank.name) or bank.nominal_code
    body: dict[str, Any] = {
        "id": own_account_id(record.id),
        "type": kind,
        "fullyQualifiedCategory": category,
        "fullyQualifiedName": f"{category}.{name}",
        "currency": base_currency,
        "isBankAccount": True,
        "status": "Archived" if word(bank.status) in ARCHIVED_WORDS else "Active",
        "validDatatypeLinks": [],
    }
    set_given(body, nominalCode=bank.nominal_code, name=name)
    return _record(record, "bank_accounts", body, bank.updated_at)


def map_bank_accounts(records: SourceRecords, lookups: Lookups) -> Mapped:
    for record in records.all("bank_accounts"):
        try:
            yield from _bank_account(record, lookups)
        except RecordRejectedError as refusal:
            yield RejectedRecord("bank_accounts", record.id, str(refusal))


def _bank_account(record: RawRecord, lookups: Lookups) -> Iterator[MappedRecord]:
    _, bank, relations = wire.read(wire.BankAccount, record, "bank_accounts")
    kind = word(bank.account_type)
    is_credit = kind in CREDIT_KINDS
    account_type = "Unknown" if not kind else "Credit" if is_credit else "Debit"
    balance = bank.balance
    if balance is not None and is_credit:
        balance = -balance  # the source counts debit, the public API what is owed
    body: dict[str, Any] = {
        "id": record.id,
        "accountType": account_type,
        "currency": lookups.bank_currency(bank, relations),
        "status": "Archived" if word(bank.status) in ARCHIVED_WORDS else "Active",
    }
    set_given(
        body,
        accountName=plain_text(bank.name),
        nominalCode=bank.nominal_code,
        sortCode=bank.sort_code,
        accountNumber=bank.account_number,
        iBan=bank.iban,
        balance=balance,
    )
    yield _record(record, "bank_accounts", body, bank.updated_at)


def _record(
    record: RawRecord, resource: str, body: dict[str, Any], updated_at: str | None
) -> MappedRecord:
    changed_at = newest(updated_at)
    return MappedRecord(
        id=body["id"],
        body=with_tail(body, changed_at),
        order_date=None,
        source_modified_at=changed_at,
        sources=[(resource, record.id)],
    )
