"""Opening and changing bank accounts, each with a nominal account of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from bookbridge.books.banking.errors import BankAccountInvalidError, UnknownBankAccountError
from bookbridge.books.banking.models import AccountType, BankAccount, BankAccountStatus
from bookbridge.books.contacts.rules import CURRENCY_CODES
from bookbridge.books.documents.errors import UnknownCurrencyError
from bookbridge.books.documents.models import moved
from bookbridge.books.documents.operations import lock_books
from bookbridge.books.ledger.models import Category, NominalAccount
from bookbridge.books.ledger.operations import create_account, update_account
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope

# Bank accounts are numbered between trade debtors (200) and trade creditors (250), then beyond.
CODES = (*range(210, 250), *range(2100, 2500))
CATEGORIES = {
    AccountType.CREDIT_CARD: Category.CREDIT_CARD,
    AccountType.DIRECTORS_LOAN: Category.DIRECTORS_LOAN,
    AccountType.LOAN: Category.LONG_TERM_LIABILITY,
}
CHANGEABLE = frozenset({"name", "account_type", "sort_code", "account_number", "iban", "status"})


def create_bank_account(
    *,
    organisation_id: int,
    name: str,
    actor: Actor,
    at: dt.datetime,
    account_type: str = AccountType.CURRENT,
    currency: str | None = None,
    sort_code: str = "",
    account_number: str = "",
    iban: str = "",
    code: str | None = None,
) -> BankAccount:
    """Open a bank account and its nominal account, with the next code from 210 upwards.

    Raises BankAccountInvalidError, UnknownCurrencyError and AccountCodeTakenError.
    """
    with organisation_scope(organisation_id):
        books = lock_books(organisation_id)
        currency = currency or books.base_currency
        if currency not in CURRENCY_CODES:
            raise UnknownCurrencyError(currency)
        _check(name.strip(), account_type)
        nominal = create_account(
            organisation_id=organisation_id,
            code=code or _next_code(organisation_id),
            name=name.strip(),
            category=CATEGORIES.get(AccountType(account_type), Category.BANK),
            currency=currency,
            default_tax_code="NV",
            actor=actor,
            at=at,
        )
        return BankAccount.objects.create(
            organisation_id=organisation_id,
            name=name.strip(),
            account_type=account_type,
            nominal_account=nominal,
            currency=currency,
            sort_code=sort_code.strip(),
            account_number=account_number.strip(),
            iban=iban.replace(" ", "").upper(),
            created_at=at,
            updated_at=at,
        )


def update_bank_account(
    *,
    organisation_id: int,
    bank_account_id: int,
    changes: Mapping[str, Any],
    actor: Actor,
    at: dt.datetime,
) -> BankAccount:
    """Change what is given; the kind of account may change only within its heading."""
    unknown = sorted(set(changes) - CHANGEABLE)
    if unknown:
        raise BankAccountInvalidError(unknown[0], _("That cannot be changed."))
    with organisation_scope(organisation_id):
        lock_books(organisation_id)
        account = find_bank_account(organisation_id, bank_account_id)
        heading = CATEGORIES.get(AccountType(account.account_type))
        for field, value in changes.items():
            setattr(account, field, value)
        _check(account.name, account.account_type)
        if CATEGORIES.get(AccountType(account.account_type)) != heading:
            raise BankAccountInvalidError(
                "account_type", _("Its figures stand under another heading: open a new account.")
            )
        if account.status not in BankAccountStatus.values:
            raise BankAccountInvalidError("status", _("An account is active or archived."))
        if "name" in changes:
            update_account(
                organisation_id=organisation_id,
                account_id=account.nominal_account_id,
                name=account.name,
                actor=actor,
                at=at,
            )
        account.updated_at = moved(at)
        account.save(update_fields=[*changes, "updated_at"])
        account.refresh_from_db()
        return account


def find_bank_account(organisation_id: int, bank_account_id: int) -> BankAccount:
    """The account; raises UnknownBankAccountError."""
    account = (
        BankAccount.objects.select_related("nominal_account")
        .filter(organisation_id=organisation_id, pk=bank_account_id)
        .first()
    )
    if account is None:
        raise UnknownBankAccountError(bank_account_id)
    return account


def _check(name: str, account_type: str) -> None:
    if not name or len(name) > 120:
        raise BankAccountInvalidError("name", _("Give the account a name of up to 120 letters."))
    if account_type not in AccountType.values:
        raise BankAccountInvalidError(
            "account_type",
            _("“%(type)s” is not a kind of bank account.") % {"type": account_type},
        )


def _next_code(organisation_id: int) -> str:
    taken = set(
        NominalAccount.objects.filter(organisation_id=organisation_id).values_list(
            "code", flat=True
        )
    )
    free = (str(code) for code in CODES if str(code) not in taken)
    found = next(free, None)
    if found is None:
        raise BankAccountInvalidError("code", _("There are no codes left for bank accounts."))
    return found
