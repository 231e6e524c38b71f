"""Reads about organisations, their members and their years."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from bookbridge.books.organisations.models import Member, Organisation, User
from bookbridge.books.organisations.years import FinancialYear, financial_year


def organisations_of(user: User) -> QuerySet[Organisation]:
    """The organisations that a user is a member of, by name."""
    return Organisation.objects.filter(members__user=user).order_by("name", "id")


def membership(user: User, organisation_id: int) -> Member | None:
    """The user's part in an organisation, or None for a stranger."""
    return (
        Member.objects.select_related("organisation", "user")
        .filter(organisation_id=organisation_id, user=user)
        .first()
    )


def organisation(organisation_id: int) -> Organisation:
    return Organisation.objects.get(pk=organisation_id)


def members_of(organisation_id: int) -> QuerySet[Member]:
    """Everybody with a part in the organisation, owners first."""
    return (
        Member.objects.select_related("user")
        .filter(organisation_id=organisation_id)
        .order_by("role", "user__email")
    )


def year_of(organisation: Organisation, date: dt.date) -> FinancialYear:
    """The financial year that holds a date."""
    return financial_year(organisation.financial_year_start_date, date)
