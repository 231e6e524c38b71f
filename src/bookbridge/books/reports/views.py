"""The reports, each with a date control and as CSV, and an account's postings behind a figure."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.core.paginator import Paginator
from django.db.models import F, Sum, Window
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from bookbridge.books.ledger import queries as ledger
from bookbridge.books.reports import layouts, queries
from bookbridge.books.reports.forms import DAY_PRESETS, PRESETS, PeriodForm
from bookbridge.books.reports.layouts import Layout, Links
from bookbridge.books.reports.periods import Period
from bookbridge.books.web.access import MemberRequest, member_required
from bookbridge.books.web.sources import source_href
from bookbridge.kit.listing import csv_response, plain

POSTINGS_PER_PAGE = 200
Words = str | Promise


@dataclass(frozen=True)
class ReportPage:
    """A report: what it is called, its usual days, and how it is laid out."""

    name: str
    title: Words
    about: Words
    usual: str
    is_at_a_day: bool
    layout: Callable[[MemberRequest, Period], Layout]


def _links(request: MemberRequest, period: Period, *, since_start: bool) -> Links:
    start = None if since_start else period.start
    return Links(request.organisation.pk, start, period.end)


def _trial_balance(request: MemberRequest, period: Period) -> Layout:
    report = queries.trial_balance(request.organisation.pk, period.end)
    return layouts.trial_balance_layout(report, _links(request, period, since_start=True))


def _profit_and_loss(request: MemberRequest, period: Period) -> Layout:
    report = queries.profit_and_loss(request.organisation.pk, period.start, period.end)
    return layouts.profit_and_loss_layout(report, _links(request, period, since_start=False))


def _balance_sheet(request: MemberRequest, period: Period) -> Layout:
    report = queries.balance_sheet(request.organisation.pk, period.end)
    return layouts.balance_sheet_layout(report, _links(request, period, since_start=True))


def _aged_debtors(request: MemberRequest, period: Period) -> Layout:
    report = queries.aged_debtors(request.organisation.pk, period.end)
    links = _links(request, period, since_start=True)
    return layouts.aged_layout(report, links, "customer", request.organisation.base_currency)


def _aged_creditors(request: MemberRequest, period: Period) -> Layout:
    report = queries.aged_creditors(request.organisation.pk, period.end)
    links = _links(request, period, since_start=True)
    return layouts.aged_layout(report, links, "supplier", request.organisation.base_currency)


def _cash_flow(request: MemberRequest, period: Period) -> Layout:
    report = queries.cash_flow(request.organisation.pk, period.start, period.end)
    return layouts.cash_flow_layout(report, _links(request, period, since_start=False))


REPORTS = (
    ReportPage(
        "profit-and-loss",
        _("Profit and loss"),
        _("What was earned and what it cost."),
        "this year",
        False,
        _profit_and_loss,
    ),
    ReportPage(
        "balance-sheet",
        _("Balance sheet"),
        _("What is owned, what is owed, and the difference."),
        "today",
        True,
        _balance_sheet,
    ),
    ReportPage(
        "trial-balance",
        _("Trial balance"),
        _("Every account with a balance; both sides come to the same."),
        "today",
        True,
        _trial_balance,
    ),
    ReportPage(
        "aged-debtors",
        _("Aged debtors"),
        _("Who owes you, and for how long."),
        "today",
        True,
        _aged_debtors,
    ),
    ReportPage(
        "aged-creditors",
        _("Aged creditors"),
        _("Whom you owe, and for how long."),
        "today",
        True,
        _aged_creditors,
    ),
    ReportPage(
        "cash-flow",
        _("Cash flow"),
        _("Money in and out of the bank accounts, by what it was for."),
        "this year",
        False,
        _cash_flow,
    ),
)


@member_required
@require_safe
def reports(request: MemberRequest) -> HttpResponse:
    return render(request, "reports/reports.html", {"reports": REPORTS})


def period_form(request: MemberRequest, usual: str) -> PeriodForm:
    return PeriodForm(
        request.GET,
        usual=usual,
        today=timezone.localdate(),
        first_year_start=request.organisation.financial_year_start_date,
    )


@member_required
@require_safe
def report(request: MemberRequest, page: ReportPage) -> HttpResponse:
    form = period_form(request, page.usual)
    period = form.chosen
    layout = page.layout(request, period)
    if request.GET.get("format") == "csv":
        return _csv(page.name, layout)
    context = {
        "report": page,
        "form": form,
        "period": period,
        "layout": layout,
        "presets": DAY_PRESETS if page.is_at_a_day else PRESETS,
        "width": len(layout.columns) + 1,
    }
    return render(request, "reports/report.html", context, status=200 if form.is_valid() else 422)


def _csv(name: str, layout: Layout) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["", str(layout.label), *(str(c) for c in layout.columns)])
    for line in layout.lines:
        label = f"{line.label} {line.note}".strip()
        writer.writerow([plain(line.code), plain(label), *(plain(a) for a in line.amounts)])
    return csv_response(name, out.getvalue())


@member_required
@require_safe
def account(request: MemberRequest, account_id: int) -> HttpResponse:
    """An account's postings over some days, with what it stood at before, between and after."""
    organisation_id = request.organisation.pk
    found = ledger.accounts(organisation_id).filter(pk=account_id).first()
    if found is None:
        raise Http404
    form = period_form(request, "this year")
    period = form.chosen
    opening = Decimal(0)
    if not found.is_profit_and_loss:
        moved = ledger.balance_of(organisation_id, found.pk, period.end)
        opening = moved - _movement(organisation_id, found.pk, period)
    order = [F("date"), F("entry_id"), F("position")]
    rows = ledger.account_postings(organisation_id, found.pk, period.start, period.end).annotate(
        running=Window(Sum("amount"), order_by=order) + opening
    )
    if request.GET.get("format") == "csv":
        return _postings_csv(f"account-{found.code}", rows)
    page = Paginator(rows, POSTINGS_PER_PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.source_href = source_href(  # type: ignore[attr-defined]
            organisation_id, row.entry.source_type, row.entry.source_id
        )
    context = {
        "account": found,
        "form": form,
        "period": period,
        "page": page,
        "opening": opening,
        "closing": opening + _movement(organisation_id, found.pk, period),
        "presets": PRESETS,
    }
    return render(request, "reports/account.html", context, status=200 if form.is_valid() else 422)


def _movement(organisation_id: int, account_id: int, period: Period) -> Decimal:
    moved = ledger.movements(organisation_id, period.start, period.end)
    debit, credit = moved.get(account_id, (Decimal(0), Decimal(0)))
    return debit - credit


def _postings_csv(name: str, rows: object) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([str(w) for w in (_("Date"), _("Description"), _("Amount"), _("Balance"))])
    for row in rows.iterator():  # type: ignore[attr-defined]
        cells = (row.date, row.entry.description, row.amount, row.running)
        writer.writerow([plain(cell) for cell in cells])
    return csv_response(name, out.getvalue())
