"""Invoices and credit notes of both sides, with their lines; write-offs."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from bookbridge.bridge.connectors.pandle.wire.reference import Amount, Id


class DocumentLine(Struct, rename="kebab", gc=False):
    net_amount: Amount
    tax_amount: Amount
    total_amount: Amount = None
    description: str | None = None
    quantity: Amount = None
    price: Amount = None
    discount_percent: Amount = None
    nominal_account_id: Id | None = None
    tax_code_id: Id | None = None
    project_id: Id | None = None
    item_id: Id | None = None


class Allocation(Struct, rename="kebab", gc=False):
    document_id: Id
    amount: Decimal
    id: Id | None = None
    document_type: str | None = None
    date: str | None = None


class DocumentHead(Struct, rename="kebab"):
    """What an invoice and a credit note have in common, without lines."""

    date: str | None
    net_amount: Amount
    tax_amount: Amount
    total_amount: Amount
    status: str | None
    document_side: str | None = None
    due_date: str | None = None
    invoice_number: str | None = None
    credit_note_number: str | None = None
    reference: str | None = None
    account_class_and_id: str | None = None
    outstanding_amount: Amount = None
    remaining_amount: Amount = None
    conversion_rate: Amount = None
    currency_code: str | None = None
    notes: str | None = None
    updated_at: str | None = None
    allocations: list[Allocation] | None = None


class Invoice(DocumentHead, rename="kebab", kw_only=True):
    invoice_lines: list[DocumentLine]


class CreditNote(DocumentHead, rename="kebab", kw_only=True):
    credit_note_lines: list[DocumentLine]


class WriteOff(Struct, rename="kebab"):
    date: str | None
    amount: Amount
    document_id: Id
    currency_code: str | None = None
    reason: str | None = None
    journal_entry_id: Id | None = None
    updated_at: str | None = None
