"""API: statement lines to check, and their confirmation."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext as _

from bookbridge.books.api import sql
from bookbridge.books.api.endpoint import Call, endpoint
from bookbridge.books.api.fields import body_of
from bookbridge.books.api.listing import Listing, Part
from bookbridge.books.api.rendering import answer
from bookbridge.books.banking.api.accounts import bank_accounts
from bookbridge.books.banking.api.transactions import bank_transactions, transaction_terms
from bookbridge.books.banking.operations import (
    confirm_imported_transaction,
    ignore_imported_transaction,
    import_bank_lines,
    unignore_imported_transaction,
    update_imported_transaction,
)
from bookbridge.books.banking.rules import NewStatementLine
from bookbridge.books.ledger.rules import ZERO

TO_CHECK, IGNORED, CONFIRMED = "TO_CHECK", "IGNORED", "CONFIRMED"
_CURRENCY = """(SELECT b.currency FROM banking_bankaccount b
    WHERE b.organisation_id = d.organisation_id AND b.id = d.bank_account_id)"""
_ITEM = sql.resource(
    "imported-bank-transactions",
    {
        "date": "d.date",
        "description": "d.description",
        "payee": "d.payee",
        "money-in": "d.money_in::text",
        "money-out": "d.money_out::text",
        "is-ignored": "d.status = 'IGNORED'",
        "bank-transaction-id": "d.bank_transaction_id::text",
        "updated-at": sql.moment("d.updated_at"),
    },
    {
        "currency": sql.currency_link(_CURRENCY),
        "bank-transaction": sql.link("bank-transactions", "d.bank_transaction_id"),
    },
)


def imported(call: Call, bank_account_id: int, status: str = "") -> Listing:
    """Statement lines of one account: those of one status, or all."""
    bank_accounts(call).one(bank_account_id)
    where = "d.bank_account_id = %(bank_account_id)s"
    if status:
        where += " AND d.status = %(status)s"
    part = Part("banking_importedbanktransaction", _ITEM, where)
    values = {"bank_account_id": bank_account_id, "status": status}
    return Listing(call.company_id, [part], values)


def list_to_check(call: Call, bank_account_id: int) -> HttpResponseBase:
    return imported(call, bank_account_id, TO_CHECK).respond(call.request)


def list_ignored(call: Call, bank_account_id: int) -> HttpResponseBase:
    return imported(call, bank_account_id, IGNORED).respond(call.request)


def list_confirmed(call: Call, bank_account_id: int) -> HttpResponseBase:
    return imported(call, bank_account_id, CONFIRMED).respond(call.request)


def show_imported(call: Call, bank_account_id: int, imported_id: int) -> HttpResponseBase:
    return imported(call, bank_account_id).one(imported_id)


def create_imported(call: Call, bank_account_id: int) -> HttpResponseBase:
    """Brings statement lines in bulk; lines that are known already are left out."""
    bank_accounts(call).one(bank_account_id)
    body = body_of(call.request)
    lines: list[NewStatementLine] = []
    for row in body.rows("imported_bank_transactions", required=True):
        date = row.date("date", required=True)
        money_in, money_out = row.number("money_in") or ZERO, row.number("money_out") or ZERO
        if date is not None:
            lines.append(
                NewStatementLine(
                    date=date,
                    description=row.text("description"),
                    payee=row.text("payee"),
                    money_in=money_in,
                    money_out=money_out,
                )
            )
    body.check()
    made = import_bank_lines(
        organisation_id=call.company_id,
        bank_account_id=bank_account_id,
        lines=lines,
        actor=call.actor,
        at=call.at,
    )
    ids = [{"id": str(line.pk), "type": "imported-bank-transactions"} for line in made]
    meta = {"created-count": len(made), "known-count": len(lines) - len(made)}
    return answer({"data": ids, "meta": meta}, 201)


def change_imported(call: Call, bank_account_id: int, imported_id: int) -> HttpResponseBase:
    found = imported(call, bank_account_id)
    found.one(imported_id)
    body = body_of(call.request, "imported_bank_transaction")
    texts = {name: body.text(name) for name in ("description", "payee") if name in body}
    should_ignore = body.flag("is_ignored") if "is_ignored" in body else None
    body.check()
    if texts:
        update_imported_transaction(
            organisation_id=call.company_id,
            imported_id=imported_id,
            actor=call.actor,
            at=call.at,
            **texts,
        )
    if should_ignore is not None:
        change = ignore_imported_transaction if should_ignore else unignore_imported_transaction
        change(
            organisation_id=call.company_id,
            imported_id=imported_id,
            actor=call.actor,
            at=call.at,
        )
    return found.one(imported_id)


def create_confirmation(call: Call, bank_account_id: int, imported_id: int) -> HttpResponseBase:
    """Takes the flat body, the wrapped one, or both at once, as known clients send them."""
    imported(call, bank_account_id).one(imported_id)
    body = body_of(call.request, "imported_bank_transaction")
    terms = transaction_terms(call, body)
    if terms.pop("total") is None:
        body.refuse("total_amount", _("This is needed."))
    date = body.date("date")
    description = body.text("description") if "description" in body else None
    body.check()
    made = confirm_imported_transaction(
        organisation_id=call.company_id,
        imported_id=imported_id,
        date=date,
        description=description,
        actor=call.actor,
        at=call.at,
        **terms,
    )
    return bank_transactions(call, bank_account_id).one(made.pk, status=201)


C = "companies/<int:company_id>/bank_accounts/<int:bank_account_id>/"
IMPORTED = C + "imported_bank_transactions"
urlpatterns = [
    path(IMPORTED, endpoint(get=list_to_check, post=create_imported)),
    path(IMPORTED + "/<int:imported_id>", endpoint(get=show_imported, patch=change_imported)),
    path(IMPORTED + "/<int:imported_id>/confirmation", endpoint(post=create_confirmation)),
    path(C + "confirmed_imported_bank_transactions", endpoint(get=list_confirmed)),
    path(C + "ignored_imported_bank_transactions", endpoint(get=list_ignored)),
]
