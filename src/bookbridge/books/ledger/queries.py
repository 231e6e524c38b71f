"""Reads of the chart of accounts and the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from bookbridge.books.ledger.models import (
    JournalEntry,
    MonthlyBalance,
    NominalAccount,
    Posting,
    Project,
    Role,
)
from bookbridge.books.ledger.rules import ZERO, month_of
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.queries import year_of

MIDDLE_OF_MONTH = 15


def accounts(organisation_id: int) -> QuerySet[NominalAccount]:
    """The chart of accounts, by code."""
    return NominalAccount.objects.filter(organisation_id=organisation_id).order_by("code")


def account_by_code(organisation_id: int, code: str) -> NominalAccount | None:
    return NominalAccount.objects.filter(organisation_id=organisation_id, code=code).first()


def account_by_role(organisation_id: int, role: str) -> NominalAccount:
    """The account that plays a part for the software; every opened chart has it."""
    return NominalAccount.objects.get(organisation_id=organisation_id, role=role)


def accounts_by_role(organisation_id: int) -> dict[str, NominalAccount]:
    """Every account that plays a part, under its part."""
    found = NominalAccount.objects.filter(organisation_id=organisation_id, role__isnull=False)
    return {account.role: account for account in found if account.role}


def projects(organisation_id: int) -> QuerySet[Project]:
    return Project.objects.filter(organisation_id=organisation_id).order_by("id")


def entries(organisation_id: int) -> QuerySet[JournalEntry]:
    """Every journal entry, oldest made first."""
    return JournalEntry.objects.filter(organisation_id=organisation_id).order_by("id")


def postings_of(organisation_id: int, entry_ids: Iterable[int]) -> QuerySet[Posting]:
    """The postings of some entries, in the order they were given."""
    return Posting.objects.filter(
        organisation_id=organisation_id, entry_id__in=list(entry_ids)
    ).order_by("entry_id", "position")


def account_postings(
    organisation_id: int, account_id: int, start: dt.date, end: dt.date
) -> QuerySet[Posting]:
    """An account's own list over some days, oldest first, with the entries."""
    return (
        Posting.objects.select_related("entry")
        .filter(organisation_id=organisation_id, account_id=account_id, date__range=(start, end))
        .order_by("date", "entry_id", "position")
    )


def movements(
    organisation_id: int, start: dt.date | None, end: dt.date
) -> dict[int, tuple[Decimal, Decimal]]:
    """Debits and credits per account from `start` (or the beginning) to `end`, both included.

    Whole months come from their kept balances and only the days of a part month from postings, so
    the cost follows the number of accounts and months, never the number of postings.
    """
    totals: dict[int, list[Decimal]] = {}
    for account_id, debit, credit, sign in _pieces(organisation_id, start, end):
        side = totals.setdefault(account_id, [ZERO, ZERO])
        side[0] += sign * debit
        side[1] += sign * credit
    return {account_id: (side[0], side[1]) for account_id, side in totals.items()}


def closing_balances(organisation: Organisation, as_of: dt.date) -> dict[int, Decimal]:
    """Every moved account's balance at the close of a day, debit positive; they sum to zero.

    Income and expense accounts show the financial year to date; the profits of earlier years
    stand in retained earnings. Years are closed by this sum alone: nothing is ever posted for it.
    """
    year = year_of(organisation, as_of)
    kept: dict[int, Decimal] = {}
    profit_and_loss, retained_id = _closing_accounts(organisation.pk)
    for account_id, (debit, credit) in movements(organisation.pk, None, as_of).items():
        if account_id not in profit_and_loss:
            kept[account_id] = debit - credit
    for account_id, (debit, credit) in movements(organisation.pk, year.start, as_of).items():
        if account_id in profit_and_loss:
            kept[account_id] = debit - credit
    retained = -sum(kept.values(), ZERO)
    if retained:
        kept[retained_id] = kept.get(retained_id, ZERO) + retained
    return kept


def _closing_accounts(organisation_id: int) -> tuple[set[int], int]:
    """The income and expense accounts, and the one that takes earlier profits."""
    profit_and_loss, retained_id = set(), 0
    for account in accounts(organisation_id).only("category", "role"):
        if account.is_profit_and_loss:
            profit_and_loss.add(account.pk)
        elif account.role == Role.RETAINED_EARNINGS:
            retained_id = account.pk
    return profit_and_loss, retained_id


def balance_of(organisation_id: int, account_id: int, end: dt.date) -> Decimal:
    """An account's balance at the close of a day, debit positive."""
    debit, credit = movements(organisation_id, None, end).get(account_id, (ZERO, ZERO))
    return debit - credit


def _pieces(
    organisation_id: int, start: dt.date | None, end: dt.date
) -> Iterable[tuple[int, Decimal, Decimal, int]]:
    """Whole months from the nearest boundary to the nearest, then the days that this is out by."""
    following = end + dt.timedelta(days=1)
    last = _nearest_month(following)
    months = MonthlyBalance.objects.filter(organisation_id=organisation_id, month__lt=last)
    if start is not None:
        first = _nearest_month(start)
        months = months.filter(month__gte=first)
        yield from _days_between(organisation_id, start, first)
    for account_id, debit, credit in months.values_list("account_id").annotate(
        debits=Sum("debit"), credits=Sum("credit")
    ):
        yield account_id, debit, credit, 1
    yield from _days_between(organisation_id, last, following)


def _nearest_month(date: dt.date) -> dt.date:
    """The first of this month or of the next, whichever is nearer."""
    return (
        month_of(date)
        if date.day <= MIDDLE_OF_MONTH
        else month_of(month_of(date) + dt.timedelta(days=31))
    )


def _days_between(
    organisation_id: int, start: dt.date, end: dt.date
) -> Iterable[tuple[int, Decimal, Decimal, int]]:
    """The postings from one day up to, not including, another; taken off when that lies before."""
    if start == end:
        return
    first, last, sign = (start, end, 1) if start < end else (end, start, -1)
    rows = (
        Posting.objects.filter(
            organisation_id=organisation_id,
            account__in=NominalAccount.objects.filter(organisation_id=organisation_id),
            date__gte=first,
            date__lt=last,
        )
        .values_list("account_id")
        .annotate(
            debits=Sum("amount", filter=Q(amount__gte=0), default=ZERO),
            credits=-Sum("amount", filter=Q(amount__lt=0), default=ZERO),
        )
    )
    for account_id, debit, credit in rows:
        yield account_id, debit, credit, sign
