"""Opening, adding to and pruning the chart of accounts."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError
from django.utils.translation import gettext as _

from bookbridge.books.ledger.chart import chart_for
from bookbridge.books.ledger.errors import (
    AccountCodeTakenError,
    AccountInUseError,
    AccountInvalidError,
    UnknownAccountError,
)
from bookbridge.books.ledger.models import Category, NominalAccount
from bookbridge.books.ledger.queries import balance_of
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope

CODE_LENGTH_MAX = 10
NAME_LENGTH_MAX = 120


def open_chart(
    *, organisation_id: int, is_owner_business: bool, at: dt.datetime
) -> list[NominalAccount]:
    """Make the accounts that a UK business starts with; a sole trader has capital and drawings."""
    with organisation_scope(organisation_id):
        return NominalAccount.objects.bulk_create(
            NominalAccount(
                organisation_id=organisation_id,
                code=account.code,
                name=account.name,
                category=account.category,
                role=account.role,
                default_tax_code=account.tax_code,
                created_at=at,
                updated_at=at,
            )
            for account in chart_for(is_owner_business=is_owner_business)
        )


def create_account(
    *,
    organisation_id: int,
    code: str,
    name: str,
    category: str,
    currency: str | None = None,
    default_tax_code: str = "",
    actor: Actor,
    at: dt.datetime,
) -> NominalAccount:
    """Add an account to the chart; raises AccountInvalidError and AccountCodeTakenError."""
    code, name = code.strip(), name.strip()
    _refuse_malformed(code, name)
    if category not in Category.values:
        raise AccountInvalidError(
            "category", _("“%(category)s” is not a category.") % {"category": category}
        )
    try:
        with organisation_scope(organisation_id):
            return NominalAccount.objects.create(
                organisation_id=organisation_id,
                code=code,
                name=name,
                category=category,
                currency=currency,
                default_tax_code=default_tax_code,
                created_at=at,
                updated_at=at,
            )
    except IntegrityError as error:
        raise AccountCodeTakenError(code) from error


def update_account(
    *,
    organisation_id: int,
    account_id: int,
    name: str,
    default_tax_code: str | None = None,
    actor: Actor,
    at: dt.datetime,
) -> NominalAccount:
    """Rename an account or change its usual tax code; raises UnknownAccountError."""
    with organisation_scope(organisation_id):
        account = _locked(organisation_id, account_id)
        _refuse_malformed(account.code, name.strip())
        account.name = name.strip()
        if default_tax_code is not None:
            account.default_tax_code = default_tax_code
        account.updated_at = at
        account.save(update_fields=["name", "default_tax_code", "updated_at"])
        return account


def archive_account(
    *, organisation_id: int, account_id: int, actor: Actor, at: dt.datetime
) -> NominalAccount:
    """Close an account for new postings; raises UnknownAccountError and AccountInUseError."""
    with organisation_scope(organisation_id):
        account = _locked(organisation_id, account_id)
        if account.role or (
            not account.is_profit_and_loss
            and balance_of(organisation_id, account_id, dt.date(9998, 12, 31))
        ):
            raise AccountInUseError(account)
        account.status = NominalAccount.Status.ARCHIVED
        account.updated_at = at
        account.save(update_fields=["status", "updated_at"])
        return account


def _refuse_malformed(code: str, name: str) -> None:
    if not code.isalnum() or len(code) > CODE_LENGTH_MAX:
        raise AccountInvalidError("code", _("A code has up to 10 letters and digits, such as 735."))
    if not name or len(name) > NAME_LENGTH_MAX:
        raise AccountInvalidError("name", _("Give the account a name of up to 120 letters."))


def _locked(organisation_id: int, account_id: int) -> NominalAccount:
    account = (
        NominalAccount.objects.select_for_update(no_key=True)
        .filter(organisation_id=organisation_id, pk=account_id)
        .first()
    )
    if account is None:
        raise UnknownAccountError(account_id)
    return account
