# ruff: noqa: S608 - the SQL is put together from our own constants; values are parameters.
"""API: bank transactions of one account, with their lines and allocations."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from bookbridge.books.api import sql
from bookbridge.books.api.endpoint import Call, endpoint
from bookbridge.books.api.fields import Fields, body_of
from bookbridge.books.api.listing import Listing, Part
from bookbridge.books.api.rendering import nothing
from bookbridge.books.banking.api.accounts import bank_accounts
from bookbridge.books.banking.operations import (
    allocate_bank_transaction,
    enter_bank_transaction,
    void_bank_transaction,
)
from bookbridge.books.banking.rules import NewBankLine
from bookbridge.books.contacts.api import currency_of
from bookbridge.books.documents.api import new_allocations, tax_code_of, tax_codes_of
from bookbridge.books.ledger.rules import ZERO

# How `account_class_and_id` names what a line is for, and the column that keeps it.
CLASSES = {
    "nominalaccount": "account_id",
    "customer": "customer_id",
    "supplier": "supplier_id",
    "bankaccount": "transfer_account_id",
}


def _target(alias: str) -> str:
    return f"""CASE WHEN {alias}.account_id IS NOT NULL THEN 'NominalAccount#' || {alias}.account_id
        WHEN {alias}.customer_id IS NOT NULL THEN 'Customer#' || {alias}.customer_id
        WHEN {alias}.supplier_id IS NOT NULL THEN 'Supplier#' || {alias}.supplier_id
        WHEN {alias}.transfer_account_id IS NOT NULL
        THEN 'BankAccount#' || {alias}.transfer_account_id END"""


_OF_D = "organisation_id = d.organisation_id AND {alias}.bank_transaction_id = d.id"
_FIRST = (
    "(SELECT {column} FROM banking_banktransactionline f WHERE f."
    + _OF_D.format(alias="f")
    + " ORDER BY f.position LIMIT 1)"
)
_LINE = sql.json_object(
    {
        "id": "l.position::text",
        "account-class-and-id": _target("l"),
        "description": "l.description",
        "net-amount": "l.net_amount::text",
        "tax-amount": "l.tax_amount::text",
        "total-amount": "l.total_amount::text",
        "tax-code-id": "l.tax_code_id::text",
        "project-id": "l.project_id::text",
    }
)
_ALLOCATION = sql.json_object(
    {
        "id": "a.id::text",
        "document-id": "COALESCE(a.invoice_id, a.bill_id, a.credit_note_id, "
        "a.bill_credit_note_id)::text",
        "document-type": "CASE WHEN a.invoice_id IS NOT NULL OR a.bill_id IS NOT NULL "
        "THEN 'Invoice' ELSE 'CreditNote' END",
        "amount": "a.amount::text",
        "date": "a.date",
    }
)
_LINES = (
    f"COALESCE((SELECT json_agg({_LINE} ORDER BY l.position) "
    f"FROM banking_banktransactionline l WHERE l.{_OF_D.format(alias='l')}), '[]'::json)"
)
_ALLOCATIONS = (
    f"COALESCE((SELECT json_agg({_ALLOCATION} ORDER BY a.id) "
    "FROM banking_banktransactionallocation a "
    f"WHERE a.{_OF_D.format(alias='a')} AND a.reversed_on IS NULL), '[]'::json)"
)
_IMPORTED = (
    f"(SELECT i.id FROM banking_importedbanktransaction i WHERE i.{_OF_D.format(alias='i')})::text"
)
BANK_TRANSACTION = Part(
    table="banking_banktransaction",
    item=sql.resource(
        "bank-transactions",
        {
            "date": "d.date",
            "type": "d.type",
            "description": "d.description",
            "reference": "d.reference",
            "currency-code": "d.currency",
            "net-amount": "d.net_amount::text",
            "tax-amount": "d.tax_amount::text",
            "total-amount": "d.total_amount::text",
            "bank-amount": "d.bank_amount::text",
            "conversion-rate": sql.plain("d.conversion_rate"),
            "is-split": "d.is_split",
            "status": "lower(d.status)",
            "imported-bank-transaction-id": _IMPORTED,
            "account-class-and-id": _FIRST.format(column=_target("f")),
            "lines": _LINES,
            "allocations": _ALLOCATIONS,
            "journal-entry-id": "d.entry_id::text",
            "updated-at": sql.moment("d.updated_at"),
        },
        {
            "account": sql.link("nominal-accounts", _FIRST.format(column="f.account_id")),
            "tax-code": sql.link("tax-codes", _FIRST.format(column="f.tax_code_id")),
            "project": sql.link("projects", _FIRST.format(column="f.project_id")),
            "currency": sql.currency_link("d.currency"),
        },
    ),
    where="d.bank_account_id = %(bank_account_id)s",
)


def bank_transactions(call: Call, bank_account_id: int) -> Listing:
    bank_accounts(call).one(bank_account_id)
    return Listing(call.company_id, [BANK_TRANSACTION], {"bank_account_id": bank_account_id})


def list_bank_transactions(call: Call, bank_account_id: int) -> HttpResponseBase:
    return bank_transactions(call, bank_account_id).respond(call.request)


def show_bank_transaction(
    call: Call, bank_account_id: int, transaction_id: int
) -> HttpResponseBase:
    return bank_transactions(call, bank_account_id).one(transaction_id)


def transaction_terms(call: Call, body: Fields) -> dict[str, Any]:
    """What a bank transaction and a confirmation are both given, under the operations' names."""
    lines, total = new_bank_lines(call, body)
    bank_amount = body.number("bank_amount")
    if bank_amount is not None and len(lines) == 1 and lines[0].transfer_account_id:
        # A transfer between currencies: what the other account saw may be given too.
        lines = [replace(lines[0], transfer_amount=body.number("transfer_amount"))]
    return {
        "type": body.text("type", required=True).lower(),
        "lines": lines,
        "currency": currency_of(body),
        "conversion_rate": body.number("conversion_rate"),
        "reference": body.text("reference"),
        "allocations": new_allocations(body),
        "total": total,
    }


def new_bank_lines(call: Call, body: Fields) -> tuple[list[NewBankLine], Decimal | None]:
    rows = body.rows("lines_attributes")
    tax_codes = tax_codes_of(call.company_id, [body, *rows])
    total = body.number("total_amount", required=not rows)
    if not rows:
        return [_new_line(body, tax_codes, is_whole=True)], total
    lines = [_new_line(row, tax_codes) for row in rows]
    if total is not None and sum((line.total_amount for line in lines), ZERO) != total:
        body.refuse("total_amount", _("The lines do not add up to the total."))
    return lines, total


def _new_line(row: Fields, tax_codes: dict[str, int], *, is_whole: bool = False) -> NewBankLine:
    column, target = _target_of(row)
    is_contact = column in {"customer_id", "supplier_id", "transfer_account_id"}
    return NewBankLine(
        total_amount=row.number("total_amount", required=not is_whole) or ZERO,
        description="" if is_whole else row.text("description"),
        net_amount=None if is_contact else row.number("net_amount"),
        tax_amount=None if is_contact else row.number("tax_amount"),
        # Clients send a tax code with everything; money of a contact or a transfer has no VAT.
        tax_code_id=None if is_contact else tax_code_of(row, tax_codes),
        project_id=row.whole("project_id"),
        account_id=target if column == "account_id" else None,
        customer_id=target if column == "customer_id" else None,
        supplier_id=target if column == "supplier_id" else None,
        transfer_account_id=target if column == "transfer_account_id" else None,
    )


def _target_of(row: Fields) -> tuple[str, int]:
    kind, _hash, number = row.text("account_class_and_id", required=True).partition("#")
    column = CLASSES.get(kind.strip().lower())
    if column is None or not number.isascii() or not number.isdigit() or len(number) > 18:
        row.refuse(
            "account_class_and_id",
            _("Write NominalAccount#id, Customer#id, Supplier#id or BankAccount#id."),
        )
        return "account_id", 0
    return column, int(number)


def create_bank_transaction(call: Call, bank_account_id: int) -> HttpResponseBase:
    found = bank_transactions(call, bank_account_id)
    body = body_of(call.request, "bank_transaction")
    terms = transaction_terms(call, body)
    terms.pop("total")
    date, description = body.date("date", required=True), body.text("description")
    bank_amount = body.number("bank_amount")
    body.check()
    assert date is not None
    made = enter_bank_transaction(
        organisation_id=call.company_id,
        bank_account_id=bank_account_id,
        date=date,
        description=description,
        bank_amount=bank_amount,
        actor=call.actor,
        at=call.at,
        **terms,
    )
    return found.one(made.pk, status=201)


def delete_bank_transaction(
    call: Call, bank_account_id: int, transaction_id: int
) -> HttpResponseBase:
    """Voids it: the entry is reversed and an imported line goes back to Check."""
    bank_transactions(call, bank_account_id).one(transaction_id)
    body = body_of(call.request, "bank_transaction")
    date, reason = body.date("date"), body.text("reason") or _("Deleted through the API")
    body.check()
    void_bank_transaction(
        organisation_id=call.company_id,
        bank_transaction_id=transaction_id,
        reason=reason,
        date=date,
        actor=call.actor,
        at=call.at,
    )
    return nothing()


def create_allocations(call: Call, bank_account_id: int, transaction_id: int) -> HttpResponseBase:
    """Sets money on account against documents."""
    found = bank_transactions(call, bank_account_id)
    found.one(transaction_id)
    body = body_of(call.request, "bank_transaction")
    allocations = new_allocations(body)
    date = body.date("date") or timezone.localdate()
    body.check()
    allocate_bank_transaction(
        organisation_id=call.company_id,
        bank_transaction_id=transaction_id,
        allocations=allocations,
        date=date,
        actor=call.actor,
        at=call.at,
    )
    return found.one(transaction_id, status=201)


C = "companies/<int:company_id>/bank_accounts/<int:bank_account_id>/bank_transactions"
T = C + "/<int:transaction_id>"
urlpatterns = [
    path(C, endpoint(get=list_bank_transactions, post=create_bank_transaction)),
    path(T, endpoint(get=show_bank_transaction, delete=delete_bank_transaction)),
    path(T + "/allocations", endpoint(post=create_allocations)),
]
