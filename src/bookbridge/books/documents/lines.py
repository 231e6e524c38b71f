"""Fills in and checks the lines of a new document: accounts, tax codes, projects, amounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Model

from bookbridge.books.contacts.models import Contact
from bookbridge.books.documents.errors import (
    AccountMissingError,
    LineAmountError,
    NoLinesError,
    ReservedAccountError,
    UnknownItemError,
    UnknownTaxCodeError,
)
from bookbridge.books.documents.rules import (
    AMOUNT_MAX,
    NewLine,
    PricedLine,
    is_money,
    price_lines,
)
from bookbridge.books.ledger.errors import UnknownAccountError, UnknownProjectError
from bookbridge.books.ledger.models import Category, NominalAccount, Project, Role
from bookbridge.books.tax.models import TaxCode
from bookbridge.books.tax.queries import rates_on

OUTSIDE_VAT = "NV"
QUANTITY_STEP = Decimal("0.0001")
# These move only through customers, suppliers and bank accounts.
RESERVED_ROLES = frozenset({Role.TRADE_DEBTORS, Role.TRADE_CREDITORS})
RESERVED_CATEGORIES = frozenset({Category.BANK, Category.CREDIT_CARD})


class TaxTable:
    """The tax codes of an organisation with their rates on one day."""

    def __init__(self, organisation_id: int, date: dt.date) -> None:
        self.rates = rates_on(organisation_id, date)
        codes = TaxCode.objects.filter(organisation_id=organisation_id)
        self.codes = {tax_code.pk: tax_code.code for tax_code in codes}
        self.ids = {code: pk for pk, code in self.codes.items()}

    def find(self, tax_code_id: int | None, account: NominalAccount | None) -> int:
        """The code that was asked for, else the account's usual one, else outside VAT."""
        if tax_code_id is None:
            usual = account.default_tax_code if account is not None else ""
            tax_code_id = self.ids.get(usual) or self.ids[OUTSIDE_VAT]
        if tax_code_id not in self.rates:
            raise UnknownTaxCodeError(self.codes.get(tax_code_id, tax_code_id))
        return tax_code_id


def usable_accounts(organisation_id: int, ids: set[int]) -> dict[int, NominalAccount]:
    """The accounts that lines name; raises UnknownAccountError and ReservedAccountError."""
    found = NominalAccount.objects.filter(organisation_id=organisation_id, pk__in=ids).in_bulk()
    for account_id in sorted(ids):
        if account_id not in found:
            raise UnknownAccountError(account_id)
        account = found[account_id]
        if account.role in RESERVED_ROLES or account.category in RESERVED_CATEGORIES:
            raise ReservedAccountError(account)
    return found


def check_projects(organisation_id: int, ids: set[int]) -> None:
    """Raises UnknownProjectError for a project of nobody's or somebody else's."""
    for project_id in sorted(ids - _found(Project, organisation_id, ids)):
        raise UnknownProjectError(project_id)


def complete_lines(
    *,
    organisation_id: int,
    lines: Sequence[NewLine],
    contact: Contact,
    default_account: NominalAccount | None,
    item_model: type[Model],
    date: dt.date,
    policy: str,
) -> list[PricedLine]:
    """Decide each line's account, tax code and amounts; raises a refusal for what is wrong."""
    if not lines:
        raise NoLinesError
    _refuse_bad_figures(lines)
    fallback = contact.default_account_id or (default_account.pk if default_account else None)
    account_ids = _account_ids(lines, fallback)
    accounts = usable_accounts(organisation_id, set(account_ids))
    check_projects(organisation_id, {line.project_id for line in lines if line.project_id})
    item_ids = {line.item_id for line in lines if line.item_id}
    for item_id in sorted(item_ids - _found(item_model, organisation_id, item_ids)):
        raise UnknownItemError(item_id)
    table = TaxTable(organisation_id, date)
    code_ids = [
        table.find(line.tax_code_id, accounts[account_id])
        for line, account_id in zip(lines, account_ids, strict=True)
    ]
    rates = [table.rates[code_id] for code_id in code_ids]
    priced = [
        PricedLine(
            account_id=account_id,
            tax_code_id=code_id,
            tax_code=table.codes[code_id],
            tax_rate=rate,
            net_amount=net,
            tax_amount=tax,
            project_id=line.project_id,
        )
        for line, account_id, code_id, rate, (net, tax) in zip(
            lines, account_ids, code_ids, rates, price_lines(lines, rates, policy), strict=True
        )
    ]
    for position, line in enumerate(priced, 1):
        if not (is_money(line.net_amount) and is_money(line.tax_amount)):
            raise LineAmountError(position)
    return priced


def _account_ids(lines: Sequence[NewLine], fallback: int | None) -> list[int]:
    ids: list[int] = []
    for position, line in enumerate(lines, 1):
        account_id = line.account_id or fallback
        if account_id is None:
            raise AccountMissingError(position)
        ids.append(account_id)
    return ids


def _refuse_bad_figures(lines: Sequence[NewLine]) -> None:
    for position, line in enumerate(lines, 1):
        for figure in (line.quantity, line.price, line.discount_percent):
            if not (figure.is_finite() and abs(figure) < AMOUNT_MAX):
                raise LineAmountError(position)
            if figure != figure.quantize(QUANTITY_STEP):
                raise LineAmountError(position)
        for given in (line.net_amount, line.tax_amount):
            if given is not None and not is_money(given):
                raise LineAmountError(position)


def _found(model: type[Model], organisation_id: int, ids: set[int]) -> set[int]:
    if not ids:
        return set()
    rows = model._default_manager.filter(organisation_id=organisation_id, pk__in=ids)
    return set(rows.values_list("pk", flat=True))
