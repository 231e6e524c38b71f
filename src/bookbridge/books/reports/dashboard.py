"""The first page of an organisation: where it stands, and what to do next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from bookbridge.books.banking.models import BankAccount, ImportedBankTransaction, ImportedStatus
from bookbridge.books.documents.models import DocumentStatus
from bookbridge.books.ledger.models import Category, NominalAccount
from bookbridge.books.ledger.queries import accounts, movements
from bookbridge.books.organisations.queries import year_of
from bookbridge.books.purchases.queries import bills
from bookbridge.books.reports import queries
from bookbridge.books.reports.periods import add_months, quarter_holding
from bookbridge.books.reports.rules import MonthAmount
from bookbridge.books.sales.queries import invoices
from bookbridge.books.web.access import MemberRequest, member_required
from bookbridge.kit.charts import Point
from bookbridge.kit.formatting import day
from bookbridge.kit.formatting import whole as count_text

MONTHS_SHOWN = 12
EXPENSES_SHOWN = 6
VAT_DAYS_AFTER_MONTH = 7
CASH = (Category.BANK, Category.CREDIT_CARD)


@dataclass(frozen=True)
class Figure:
    """A figure with its words, leading to the page behind it."""

    label: str
    amount: Decimal
    note: str
    href: str
    is_warning: bool = False


@dataclass(frozen=True)
class Task:
    """Something to do next."""

    text: str
    href: str


@member_required
@require_safe
def dashboard(request: MemberRequest) -> HttpResponse:
    organisation_id, today = request.organisation.pk, timezone.localdate()
    first = add_months(today.replace(day=1), 1 - MONTHS_SHOWN)
    balances = {
        account_id: debit - credit
        for account_id, (debit, credit) in movements(organisation_id, None, today).items()
    }
    profit = queries.profit_by_month(organisation_id, first, today)
    cash = queries.cash_by_month(organisation_id, first, today)
    year = year_of(request.organisation, today)
    expenses, others = queries.biggest_expenses(
        organisation_id, year.start, today, limit=EXPENSES_SHOWN
    )
    bank_total = _sum(request, balances, lambda a: a.category in CASH)
    context = {
        "figures": _figures(request, balances, bank_total, today),
        "tasks": _tasks(request, today),
        "profit": [Point(_month(m.month), m.amount) for m in profit],
        "cash": _closing(cash, bank_total),
        "expenses": expenses,
        "others": others,
        "largest": max([*(e.amount for e in expenses), others, Decimal(1)]),
        "year": year,
        "is_new": not balances,
    }
    return render(request, "reports/dashboard.html", context)


def _month(date: dt.date) -> str:
    return str(formats.date_format(date, "M"))


def _sum(
    request: MemberRequest,
    balances: dict[int, Decimal],
    wanted: Callable[[NominalAccount], bool],
) -> Decimal:
    chosen = (a.pk for a in accounts(request.organisation.pk) if wanted(a))
    return sum((balances.get(pk, Decimal(0)) for pk in chosen), Decimal(0))


def _closing(changes: Sequence[MonthAmount], total: Decimal) -> list[Point]:
    """What the bank held at the end of each month, back from today."""
    points: list[Point] = []
    for change in reversed(changes):
        points.append(Point(_month(change.month), total))
        total -= change.amount
    return points[::-1]


def _figures(
    request: MemberRequest, balances: dict[int, Decimal], bank_total: Decimal, today: dt.date
) -> list[Figure]:
    organisation_id = request.organisation.pk
    roles = {a.role: balances.get(a.pk, Decimal(0)) for a in accounts(organisation_id) if a.role}
    to_check = _to_check(organisation_id)
    late_invoices = invoices(organisation_id, overdue_on=today).count()
    late_bills = bills(organisation_id, overdue_on=today).count()
    figures = [
        Figure(
            _("Bank"),
            bank_total,
            ngettext("%(n)s line to check", "%(n)s lines to check", to_check)
            % {"n": count_text(to_check)},
            reverse("bank_accounts", args=[organisation_id]),
        ),
        Figure(
            _("Owed to you"),
            roles.get("TRADE_DEBTORS", Decimal(0)),
            _("%(n)s overdue") % {"n": count_text(late_invoices)},
            reverse("invoices", args=[organisation_id]) + "?status=open&sort=due",
            late_invoices > 0,
        ),
        Figure(
            _("You owe"),
            -roles.get("TRADE_CREDITORS", Decimal(0)),
            _("%(n)s overdue") % {"n": count_text(late_bills)},
            reverse("bills", args=[organisation_id]) + "?status=open&sort=due",
            late_bills > 0,
        ),
    ]
    if request.organisation.vat_registered:
        figures.append(_vat_figure(request, -roles.get("VAT", Decimal(0)), today))
    return figures


def _vat_figure(request: MemberRequest, due: Decimal, today: dt.date) -> Figure:
    quarter = quarter_holding(request.organisation.financial_year_start_date, today)
    pay_by = add_months(quarter.end, 1) + dt.timedelta(days=VAT_DAYS_AFTER_MONTH)
    chart = accounts(request.organisation.pk).filter(role="VAT").first()
    assert chart is not None
    return Figure(
        _("VAT due so far"),
        due,
        _("this quarter's is due by %(date)s") % {"date": day(pay_by)},
        reverse("account", args=[request.organisation.pk, chart.pk]) + "?period=this quarter",
    )


def _to_check(organisation_id: int) -> int:
    return ImportedBankTransaction.objects.filter(
        organisation_id=organisation_id, status=ImportedStatus.TO_CHECK
    ).count()


def _tasks(request: MemberRequest, today: dt.date) -> list[Task]:
    organisation_id = request.organisation.pk
    drafts = invoices(organisation_id, status=DocumentStatus.DRAFT).count()
    late = invoices(organisation_id, overdue_on=today).count()
    to_pay = bills(organisation_id, overdue_on=today).count()
    sales, purchases = (reverse(page, args=[organisation_id]) for page in ("invoices", "bills"))
    counted = (
        (
            drafts,
            ngettext("Approve %(n)s draft invoice", "Approve %(n)s draft invoices", drafts),
            f"{sales}?status=draft",
        ),
        (
            late,
            ngettext("Ask for %(n)s overdue invoice", "Ask for %(n)s overdue invoices", late),
            f"{sales}?status=overdue",
        ),
        (
            to_pay,
            ngettext("Pay %(n)s overdue bill", "Pay %(n)s overdue bills", to_pay),
            f"{purchases}?status=overdue",
        ),
    )
    tasks = [Task(text % {"n": count_text(n)}, href) for n, text, href in counted if n]
    return [*_check_task(organisation_id), *tasks]


def _check_task(organisation_id: int) -> list[Task]:
    """The bank lines that await checking, at the first account that has any."""
    waiting = (
        BankAccount.objects.filter(
            organisation_id=organisation_id,
            imported_transactions__organisation_id=organisation_id,
            imported_transactions__status=ImportedStatus.TO_CHECK,
        )
        .order_by("id")
        .first()
    )
    if waiting is None:
        return []
    count = _to_check(organisation_id)
    text = ngettext("Check %(n)s bank line", "Check %(n)s bank lines", count)
    page = reverse("bank_check", args=[organisation_id, waiting.pk])
    return [Task(text % {"n": count_text(count)}, page)]
