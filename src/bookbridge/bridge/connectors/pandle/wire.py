"""The source's payloads as structs.

Attributes come dasherised; snake_case is read too (N). A field without a default must be there: its
absence, or a type that we do not know, raises SourceShapeError with path and field. What is
inferred (I) or an extension (X) is listed with its mark in `marks.py`. Long, because it is a list.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from bookbridge.bridge.connectors.contract import RawRecord
from bookbridge.bridge.connectors.errors import SourceShapeError

Id = str | int
Amount = Decimal | None

NESTING_MAX = 12


class Ref(Struct, gc=False):
    id: Id
    type: str = ""


class Relation(Struct, gc=False):
    data: Ref | None = None


class Currency(Struct, rename="kebab"):
    code: str | None


class CurrencyCode(Struct):
    code: str | None = None


class Address(Struct, rename="kebab"):
    address_line_1: str | None = None
    address_line_2: str | None = None
    address_line_3: str | None = None
    town_city: str | None = None
    county: str | None = None
    postcode: str | None = None
    country: str | None = None


class Company(Struct, rename="kebab"):
    company_name: str | None = None
    name: str | None = None
    legal_name: str | None = None
    company_number: str | None = None
    vat_number: str | None = None
    base_currency: str | None = None
    phone: str | None = None
    address: Address | None = None
    updated_at: str | None = None


class FinancialYear(Struct, rename="kebab"):
    start_date: str | None
    lock_date: str | None = None


class NominalAccount(Struct, rename="kebab"):
    name: str | None
    nominal_code: str | None = None
    code: str | None = None
    category_type: str | None = None
    status: str | None = None
    balance: Amount = None
    role: str | None = None
    updated_at: str | None = None


class TaxCode(Struct, rename="kebab"):
    tax_rate: Amount
    taxcode: str | None = None
    code: str | None = None
    description: str | None = None
    name: str | None = None
    status: str | None = None
    updated_at: str | None = None


class Contact(Struct, rename="kebab"):
    name: str | None
    business_name: str | None = None
    email: str | None = None
    phone: str | None = None
    address: Address | None = None
    vat_number: str | None = None
    company_number: str | None = None
    currency_code: str | None = None
    days_until_payment_due: int | None = None
    archived: bool | None = None
    updated_at: str | None = None


class Project(Struct, rename="kebab"):
    name: str | None
    status: str | None
    updated_at: str | None = None


class Item(Struct, rename="kebab"):
    name: str | None
    code: str | None = None
    item_type: str | None = None
    description: str | None = None
    is_sold: bool | None = None
    is_bought: bool | None = None
    sale_price: Amount = None
    purchase_price: Amount = None
    status: str | None = None
    updated_at: str | None = None


class BankAccount(Struct, rename="kebab"):
    name: str | None
    nominal_code: str | None
    account_type: str | None = None
    currency_code: str | None = None
    currency: CurrencyCode | None = None
    sort_code: str | None = None
    account_number: str | None = None
    iban: str | None = None
    balance: Amount = None
    status: str | None = None
    updated_at: str | None = None


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


class ReportRow(Struct, rename="kebab"):
    account_id: Id
    name: str | None = None
    nominal_code: str | None = None
    category_type: str | None = None
    amount: Amount = None
    role: str | None = None
    debit: Amount = None
    credit: Amount = None


class ProfitAndLoss(Struct, rename="kebab"):
    sales_total: Decimal
    direct_costs_total: Decimal
    gross_profit: Decimal
    expenses_total: Decimal
    net_profit: Decimal
    other_income_total: Amount = None
    other_expenses_total: Amount = None
    basis: str | None = None
    rows: list[ReportRow] | None = None


class BalanceSheet(Struct, rename="kebab"):
    assets_total: Decimal
    liabilities_total: Decimal
    net_assets: Amount = None
    capital_total: Amount = None
    current_year_earnings: Amount = None
    rows: list[ReportRow] | None = None


class TrialBalance(Struct, rename="kebab"):
    rows: list[ReportRow]


class AgedRow(Struct, rename="kebab"):
    name: str | None = None
    customer_id: Id | None = None
    supplier_id: Id | None = None
    base_amount: Amount = None
    total_amount: Amount = None


class AgedReport(Struct, rename="kebab"):
    rows: list[AgedRow]


class Relations(Struct, rename="kebab"):
    """Every relation that any resource is read for."""

    currency: Relation | None = None
    customer: Relation | None = None
    supplier: Relation | None = None
    account: Relation | None = None
    tax_code: Relation | None = None
    project: Relation | None = None
    nominal_account: Relation | None = None
    sales_account: Relation | None = None
    purchase_account: Relation | None = None
    invoice: Relation | None = None
    bank_transaction: Relation | None = None


NO_RELATIONS = Relations()


A = TypeVar("A", bound=Struct)


@cache
def resource_type(attributes: type[Struct]) -> type[Struct]:
    """The JSON:API resource around these attributes."""
    return msgspec.defstruct(
        f"{attributes.__name__}Resource",
        [("id", Id, ""), ("attributes", attributes), ("relationships", Relations | None, None)],
        kw_only=True,
    )


@cache
def _decoder(attributes: type[Struct]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(resource_type(attributes))


_LOOSE = msgspec.json.Decoder(float_hook=Decimal)

# Read dashed at once, since they are many; the others are small and always read both ways.
_DASHED_FIRST = frozenset({Invoice, CreditNote, DocumentHead, BankTransaction, JournalEntry})


def read(attributes: type[A], record: RawRecord, resource: str) -> tuple[str, A, Relations]:
    """Id, attributes and relations of one stored record."""
    if attributes in _DASHED_FIRST:
        try:
            fast = _decoder(attributes).decode(record.body)
            return record.id, fast.attributes, fast.relationships or NO_RELATIONS
        except msgspec.ValidationError:
            pass
    try:
        loose = dashed(_LOOSE.decode(record.body))
        found: Any = msgspec.convert(loose, resource_type(attributes))
    except msgspec.DecodeError as error:
        raise _shape(error, resource, record.id) from error
    return record.id, found.attributes, found.relationships or NO_RELATIONS


def related(relation: Relation | None) -> str | None:
    """The id that a relation points at."""
    return None if relation is None or relation.data is None else str(relation.data.id)


def dashed(value: Any, depth: int = 0) -> Any:
    """The same JSON with every key dasherised; a key that is there in both spellings keeps the
    dashed one."""
    if depth > NESTING_MAX:
        raise msgspec.ValidationError(f"nested deeper than {NESTING_MAX} levels")
    if isinstance(value, dict):
        out: dict[str, Any] = {}
        for key, inner in value.items():
            name = key.replace("_", "-")
            if name == key or name not in out:
                out[name] = dashed(inner, depth + 1)
        return out
    if isinstance(value, list):
        return [dashed(inner, depth + 1) for inner in value]
    return value


def _shape(error: Exception, resource: str, record_id: str) -> SourceShapeError:
    text = str(error)
    message, _, where = text.partition(" - at ")
    named = message.split("`")[1] if message.startswith("Object missing") else ""
    place = where.strip("`$. ")
    field = ".".join(part for part in (place, named) if part) or text
    return SourceShapeError(
        f"The source's answer has an unknown shape: {message}",
        path=f"{resource}/{record_id}",
        field=field,
    )
