"""Bank transactions, imported statement lines, journal entries."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from bookbridge.bridge.connectors.pandle.wire.documents import Allocation
from bookbridge.bridge.connectors.pandle.wire.reference import Amount, Id


class BankLine(Struct, rename="kebab"):
    total_amount: Amount
    account_class_and_id: str | None
    id: Id | None = None
    description: str | None = None
    net_amount: Amount = None
    tax_amount: Amount = None
    tax_code_id: Id | None = None
    project_id: Id | None = None
    transfer_amount: Amount = None


class BankTransaction(Struct, rename="kebab"):
    date: str | None
    type: str | None
    total_amount: Amount
    description: str | None = None
    reference: str | None = None
    net_amount: Amount = None
    tax_amount: Amount = None
    bank_amount: Amount = None
    conversion_rate: Amount = None
    is_split: bool | None = None
    status: str | None = None
    currency_code: str | None = None
    imported_bank_transaction_id: Id | None = None
    account_class_and_id: str | None = None
    lines: list[BankLine] | None = None
    allocations: list[Allocation] | None = None
    updated_at: str | None = None


class ImportedLine(Struct, rename="kebab"):
    date: str | None
    money_in: Amount
    money_out: Amount
    description: str | None = None
    payee: str | None = None
    balance: Amount = None
    bank_transaction_id: Id | None = None
    updated_at: str | None = None


class JournalLine(Struct, rename="kebab", gc=False):
    account_id: Id
    amount: Decimal
    currency_code: str | None = None
    foreign_amount: Amount = None
    customer_id: Id | None = None
    supplier_id: Id | None = None
    project_id: Id | None = None


class JournalEntry(Struct, rename="kebab"):
    date: str | None
    journal_lines: list[JournalLine]
    description: str | None = None
    source_type: str | None = None
    source_id: Id | None = None
    created_at: str | None = None
    updated_at: str | None = None
    reverses_id: Id | None = None
