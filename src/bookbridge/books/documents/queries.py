"""Reads across every kind of document: what was booked to a project."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from bookbridge.books.ledger.models import INCOME_CATEGORIES, Posting


@dataclass(frozen=True, slots=True)
class ProjectAmount:
    """One posting tagged with a project, net of VAT: income positive, costs negative."""

    entry_id: int
    position: int
    date: dt.date
    description: str
    account_id: int
    source_type: str
    source_id: int | None
    amount: Decimal


def project_income(organisation_id: int, project_id: int) -> list[ProjectAmount]:
    """What a project earned, oldest first; credit notes and reversals are negative."""
    return _amounts(organisation_id, project_id, is_income=True)


def project_expense(organisation_id: int, project_id: int) -> list[ProjectAmount]:
    """What a project cost, as negative amounts, oldest first; refunds are positive."""
    return _amounts(organisation_id, project_id, is_income=False)


def _amounts(organisation_id: int, project_id: int, *, is_income: bool) -> list[ProjectAmount]:
    postings = Posting.objects.select_related("entry").filter(
        organisation_id=organisation_id, project_id=project_id
    )
    if is_income:
        postings = postings.filter(account__category__in=INCOME_CATEGORIES)
    else:
        postings = postings.exclude(account__category__in=INCOME_CATEGORIES)
    return [
        ProjectAmount(
            entry_id=posting.entry_id,
            position=posting.position,
            date=posting.date,
            description=posting.entry.description,
            account_id=posting.account_id,
            source_type=posting.entry.source_type,
            source_id=posting.entry.source_id,
            amount=-posting.amount,
        )
        for posting in postings.order_by("date", "entry_id", "position")
    ]
