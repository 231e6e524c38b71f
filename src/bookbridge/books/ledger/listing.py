"""The chart of accounts and the journal as lists."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bookbridge.books.ledger.models import (
    PROFIT_AND_LOSS_CATEGORIES,
    JournalEntry,
    NominalAccount,
    SourceType,
)
from bookbridge.books.ledger.queries import accounts, entries, movements
from bookbridge.books.organisations.queries import year_of
from bookbridge.kit.listing import PAGE_SIZES, Choice, Column, Listing, Status


def natural_balances(organisation: Any, today: dt.date) -> dict[int, Decimal]:
    """Every account's balance on its natural side: income and costs for the year to date."""
    always = movements(organisation.pk, None, today)
    this_year = movements(organisation.pk, year_of(organisation, today).start, today)
    out = {}
    for account in accounts(organisation.pk):
        sides = this_year if account.is_profit_and_loss else always
        debit, credit = sides.get(account.pk, (Decimal(0), Decimal(0)))
        out[account.pk] = debit - credit if account.has_debit_side else credit - debit
    return out


def account_listing(request: Any, today: dt.date) -> Listing[NominalAccount]:
    organisation = request.organisation
    balances = natural_balances(organisation, today)
    result = Q(category__in=list(PROFIT_AND_LOSS_CATEGORIES))
    columns: list[Column[NominalAccount]] = [
        Column("code", _("Code"), lambda a: a.code, order=("code",)),
        Column(
            "name",
            _("Name"),
            lambda a: a.name,
            order=("name",),
            href=lambda a: reverse("account", args=[organisation.pk, a.pk]),
        ),
        Column(
            "category",
            _("Category"),
            lambda a: a.get_category_display(),
            order=("category", "code"),
        ),
        Column("tax", _("Usual VAT"), lambda a: a.default_tax_code, is_optional=True),
        Column("status", _("Status"), _status, kind="status", is_optional=True),
        Column("balance", _("Balance"), lambda a: balances[a.pk], kind="money"),
    ]
    return Listing(
        request,
        accounts(organisation.pk),
        columns,
        default_sort="code",
        search=("code", "name"),
        search_hint=_("Search code, name"),
        choices=[
            Choice("kind", "result", _("Profit and loss"), result),
            Choice("kind", "position", _("Balance sheet"), ~result),
            Choice("status", "archived", _("Archived"), Q(status="ARCHIVED")),
        ],
        row_href=lambda a: reverse("account", args=[organisation.pk, a.pk]),
        name="chart-of-accounts",
        usual_size=PAGE_SIZES[-1],
    )


def _status(account: NominalAccount) -> Status:
    active = account.status == NominalAccount.Status.ACTIVE
    return Status("ok" if active else "none", account.get_status_display())


def journal_listing(request: Any) -> Listing[JournalEntry]:
    organisation_id = request.organisation.pk
    columns: list[Column[JournalEntry]] = [
        Column("id", _("Entry"), lambda e: e.pk, order=("id",)),
        Column("date", _("Date"), lambda e: e.date, kind="day", order=("date",)),
        Column("description", _("Description"), lambda e: e.description, order=("description",)),
        Column("reference", _("Reference"), lambda e: e.reference, is_optional=True),
        Column(
            "source", _("Source"), lambda e: e.get_source_type_display(), order=("source_type",)
        ),
        Column("by", _("By"), lambda e: e.actor_name, order=("actor_name",), is_optional=True),
        Column("posted", _("Posted"), lambda e: e.posted_at, kind="moment", is_optional=True),
    ]
    return Listing(
        request,
        entries(organisation_id),
        columns,
        default_sort="-date",
        search=("description", "reference"),
        search_hint=_("Search description, reference"),
        choices=[
            Choice("source", "adjustment", _("Adjustments"), Q(source_type=SourceType.ADJUSTMENT)),
            Choice("source", "reversal", _("Reversals"), Q(source_type=SourceType.REVERSAL)),
            Choice("source", "bank", _("Bank"), Q(source_type=SourceType.BANK_TRANSACTION)),
        ],
        row_href=lambda e: reverse("journal", args=[organisation_id, e.pk]),
        name="journals",
    )
