"""API: nominal accounts, and the categories that a bank line may be coded to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import path
from django.utils import timezone

from bookbridge.books.api.endpoint import Call, endpoint
from bookbridge.books.api.errors import NotFoundError
from bookbridge.books.api.rendering import moment, money, one, resource_object, short_list
from bookbridge.books.ledger import queries
from bookbridge.books.ledger.models import Category, NominalAccount
from bookbridge.books.ledger.rules import ZERO
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.queries import year_of

# Bank accounts and control accounts are reached through transfers, customers and suppliers.
NEVER_A_CATEGORY = frozenset({Category.BANK, Category.CREDIT_CARD})
CONTROL_ROLES = frozenset({"TRADE_DEBTORS", "TRADE_CREDITORS"})


def balances(company: Organisation) -> dict[int, Decimal]:
    """Every account's balance, debit positive: to date, or of the year for profit and loss."""
    today = timezone.localdate()
    ever = queries.movements(company.pk, None, today)
    year = queries.movements(company.pk, year_of(company, today).start, today)
    found: dict[int, Decimal] = {}
    for account in queries.accounts(company.pk):
        moved = year if account.is_profit_and_loss else ever
        debit, credit = moved.get(account.pk, (ZERO, ZERO))
        found[account.pk] = debit - credit
    return found


def account_object(account: NominalAccount, balance: Decimal) -> dict[str, Any]:
    return resource_object(
        "nominal-accounts",
        account.pk,
        {
            "nominal-code": account.code,
            "name": account.name,
            "category-type": account.category.lower(),
            "status": account.status.lower(),
            "balance": money(balance if account.has_debit_side else -balance),
            "role": account.role.lower() if account.role else None,
            "currency-code": account.currency,
            "default-tax-code": account.default_tax_code or None,
            "updated-at": moment(account.updated_at),
        },
    )


def list_accounts(call: Call) -> HttpResponseBase:
    found = balances(call.company)
    accounts = queries.accounts(call.company_id).order_by("id")
    return short_list(call.request, [account_object(a, found[a.pk]) for a in accounts])


def show_account(call: Call, account_id: int) -> HttpResponseBase:
    account = queries.accounts(call.company_id).filter(pk=account_id).first()
    if account is None:
        raise NotFoundError
    return one(account_object(account, balances(call.company)[account.pk]))


def list_categories(call: Call, **_ids: int) -> HttpResponseBase:
    accounts = queries.accounts(call.company_id).order_by("id")
    return short_list(
        call.request,
        [
            resource_object(
                "bank-transaction-categories", a.pk, {"nominal-code": a.code, "name": a.name}
            )
            for a in accounts
            if a.status == NominalAccount.Status.ACTIVE
            and a.category not in NEVER_A_CATEGORY
            and a.role not in CONTROL_ROLES
        ],
    )


C = "companies/<int:company_id>/"
urlpatterns = [
    path(C + "nominal_accounts", endpoint(get=list_accounts)),
    path(C + "nominal_accounts/<int:account_id>", endpoint(get=show_account)),
    path(C + "bank_transaction_categories", endpoint(get=list_categories)),
    path(C + "bank_rule_categories", endpoint(get=list_categories)),
    path(
        C + "bank_accounts/<int:bank_account_id>/bank_transaction_categories",
        endpoint(get=list_categories),
    ),
]
