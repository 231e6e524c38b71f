"""Journals by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bookbridge.books.ledger.errors import (
    ControlAccountError,
    UnknownAccountError,
    UnknownProjectError,
)
from bookbridge.books.ledger.models import (
    Category,
    JournalEntry,
    NominalAccount,
    Project,
    Role,
    SourceType,
)
from bookbridge.books.ledger.operations.journal import post_entry
from bookbridge.books.ledger.rules import PostingLine, Source
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope

# These must always agree with documents and bank transactions, which a journal has none of.
DOCUMENT_ROLES = frozenset({Role.TRADE_DEBTORS, Role.TRADE_CREDITORS})
DOCUMENT_CATEGORIES = frozenset({Category.BANK, Category.CREDIT_CARD})


def post_adjustment(
    *,
    organisation_id: int,
    date: dt.date,
    description: str,
    lines: Sequence[PostingLine],
    actor: Actor,
    at: dt.datetime,
    reference: str = "",
) -> JournalEntry:
    """Post a journal by hand.

    Raises what `post_entries` raises, ControlAccountError for the control and bank accounts, and
    UnknownProjectError.
    """
    with organisation_scope(organisation_id):
        accounts = NominalAccount.objects.filter(
            organisation_id=organisation_id, pk__in={line.account_id for line in lines}
        ).in_bulk()
        for line in lines:
            account = accounts.get(line.account_id)
            if account is None:
                raise UnknownAccountError(line.account_id)
            if account.role in DOCUMENT_ROLES or account.category in DOCUMENT_CATEGORIES:
                raise ControlAccountError(account)
        _refuse_unknown_projects(organisation_id, lines)
        return post_entry(
            organisation_id=organisation_id,
            date=date,
            description=description,
            source=Source(SourceType.ADJUSTMENT),
            lines=lines,
            reference=reference,
            actor=actor,
            at=at,
        )


def _refuse_unknown_projects(organisation_id: int, lines: Sequence[PostingLine]) -> None:
    wanted = {line.project_id for line in lines if line.project_id is not None}
    found = set(
        Project.objects.filter(organisation_id=organisation_id, pk__in=wanted).values_list(
            "pk", flat=True
        )
    )
    for project_id in sorted(wanted - found):
        raise UnknownProjectError(project_id)
