"""Accounts and projects as the choices of a form."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from bookbridge.books.ledger.models import Category, NominalAccount, Project
from bookbridge.books.ledger.queries import accounts, projects

INCOME_FIRST = (Category.SALES, Category.OTHER_INCOME)
COSTS_FIRST = (Category.DIRECT_COST, Category.OVERHEAD, Category.OTHER_EXPENSE)


def account_choices(
    organisation_id: int,
    *,
    first: tuple[str, ...] = (),
    without: Container[str] = (),
) -> list[tuple[Any, Any]]:
    """Active accounts in groups by category, the likelier categories first."""
    order = [*first, *(c for c in Category.values if c not in first)]
    active = accounts(organisation_id).filter(status=NominalAccount.Status.ACTIVE)
    groups: dict[str, list[tuple[int, str]]] = {category: [] for category in order}
    for account in active:
        if account.category not in without and account.role not in _CONTROLS:
            groups[account.category].append((account.pk, str(account)))
    return [(Category(c).label, found) for c, found in groups.items() if found]


def project_choices(organisation_id: int) -> list[tuple[int, str]]:
    """The projects that are open."""
    open_ones = projects(organisation_id).filter(status=Project.Status.OPEN).order_by("name")
    return [(project.pk, project.name) for project in open_ones]


# These agree with documents, so no line is ever put on them by hand.
_CONTROLS = frozenset({"TRADE_DEBTORS", "TRADE_CREDITORS"})
