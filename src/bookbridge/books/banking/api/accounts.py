"""API: bank accounts with their balances."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.urls import path

from bookbridge.books.api import sql
from bookbridge.books.api.endpoint import Call, endpoint
from bookbridge.books.api.fields import Fields, body_of
from bookbridge.books.api.listing import Listing, Part
from bookbridge.books.banking.operations import create_bank_account, update_bank_account
from bookbridge.books.contacts.api import currency_of

# In the account's own currency: a base-currency account's postings are all in it already.
_BALANCE = """COALESCE((SELECT sum(p.foreign_amount) FROM ledger_posting p
    WHERE p.organisation_id = d.organisation_id AND p.account_id = d.nominal_account_id),
    0.00)::text"""
_TO_CHECK = """(SELECT count(*) FROM banking_importedbanktransaction i
    WHERE i.organisation_id = d.organisation_id AND i.bank_account_id = d.id
    AND i.status = 'TO_CHECK')"""
_CODE = """(SELECT a.code FROM ledger_nominalaccount a
    WHERE a.organisation_id = d.organisation_id AND a.id = d.nominal_account_id)"""

BANK_ACCOUNT = Part(
    table="banking_bankaccount",
    item=sql.resource(
        "bank-accounts",
        {
            "name": "d.name",
            "account-type": "lower(d.account_type)",
            "nominal-code": _CODE,
            "currency-code": "d.currency",
            "sort-code": "d.sort_code",
            "account-number": "d.account_number",
            "iban": "d.iban",
            "balance": _BALANCE,
            "status": "lower(d.status)",
            "outstanding-imported-bank-transaction-count": _TO_CHECK,
            "updated-at": sql.moment("d.updated_at"),
        },
        {
            "currency": sql.currency_link("d.currency"),
            "nominal-account": sql.link("nominal-accounts", "d.nominal_account_id"),
        },
    ),
)
TEXTS = ("name", "sort_code", "account_number", "iban")


def bank_accounts(call: Call) -> Listing:
    return Listing(call.company_id, [BANK_ACCOUNT], is_versioned=False)


def given_fields(body: Fields) -> dict[str, Any]:
    given: dict[str, Any] = {name: body.text(name) for name in TEXTS if name in body}
    if "account_type" in body:
        given["account_type"] = body.text("account_type").upper()
    return given


def list_bank_accounts(call: Call) -> HttpResponseBase:
    return bank_accounts(call).respond(call.request)


def show_bank_account(call: Call, bank_account_id: int) -> HttpResponseBase:
    return bank_accounts(call).one(bank_account_id)


def make_bank_account(call: Call) -> HttpResponseBase:
    body = body_of(call.request, "bank_account")
    body.text("name", required=True)
    given = given_fields(body)
    currency, code = currency_of(body), body.text("nominal_code") or None
    body.check()
    made = create_bank_account(
        organisation_id=call.company_id,
        currency=currency,
        code=code,
        actor=call.actor,
        at=call.at,
        **given,
    )
    return bank_accounts(call).one(made.pk, status=201)


def change_bank_account(call: Call, bank_account_id: int) -> HttpResponseBase:
    bank_accounts(call).one(bank_account_id)
    body = body_of(call.request, "bank_account")
    changes = given_fields(body)
    body.check()
    update_bank_account(
        organisation_id=call.company_id,
        bank_account_id=bank_account_id,
        changes=changes,
        actor=call.actor,
        at=call.at,
    )
    return bank_accounts(call).one(bank_account_id)


C = "companies/<int:company_id>/bank_accounts"
urlpatterns = [
    path(C, endpoint(get=list_bank_accounts, post=make_bank_account)),
    path(
        C + "/<int:bank_account_id>",
        endpoint(get=show_bank_account, patch=change_bank_account),
    ),
]
