"""Reports as headed rows of figures, each of which leads to its postings; one shape for page and
CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from bookbridge.books.ledger.models import Category
from bookbridge.books.reports import rules

Words = str | Promise
Amounts = tuple[Decimal | None, ...]
INCOME = ("SALES", "OTHER_INCOME")


@dataclass(frozen=True)
class Line:
    """One row; `kind` is line, group, total or result."""

    kind: str
    label: Words
    amounts: Amounts = ()
    code: str = ""
    href: str = ""
    note: str = ""


@dataclass(frozen=True)
class Layout:
    """A whole report: what its columns are called, and its rows."""

    columns: Sequence[Words]
    lines: Sequence[Line]
    label: Words = ""

    @cached_property
    def has_codes(self) -> bool:
        return any(line.code for line in self.lines)


@dataclass(frozen=True)
class Links:
    """Where a figure leads: the account's postings of the report's days."""

    organisation_id: int
    start: dt.date | None
    end: dt.date

    def account(self, account_id: int) -> str:
        page = reverse("account", args=[self.organisation_id, account_id])
        start = self.start or dt.date(1900, 1, 1)
        return f"{page}?period={start.isoformat()}..{self.end.isoformat()}"

    def contact(self, page: str, contact_id: int) -> str:
        return f"{reverse(page, args=[self.organisation_id, contact_id])}?status=open"


def trial_balance_layout(report: rules.TrialBalance, links: Links) -> Layout:
    lines = [
        Line(
            "line",
            row.name,
            (row.debit or None, row.credit or None),
            code=row.code,
            href=links.account(row.account_id),
        )
        for row in report.rows
    ]
    total = Line("result", _("Total"), (report.debit_total, report.credit_total))
    return Layout((_("Debit"), _("Credit")), [*lines, total], _("Account"))


def _section(
    title: Words,
    rows: Iterable[rules.AccountAmount],
    href: Callable[[int], str],
    total: Line | None,
) -> list[Line]:
    lines = [
        Line("line", row.name, (row.amount,), code=row.code, href=href(row.account_id))
        for row in rows
    ]
    if not lines:
        return []
    return [Line("group", title), *lines, *([total] if total else [])]


def profit_and_loss_layout(report: rules.ProfitAndLoss, links: Links) -> Layout:
    def part(category: Category, total: Decimal, words: Words) -> list[Line]:
        rows = [row for row in report.rows if row.category == category]
        return _section(category.label, rows, links.account, Line("total", words, (total,)))

    lines = [
        *part(Category.SALES, report.sales_total, _("Total sales")),
        *part(Category.DIRECT_COST, report.direct_costs_total, _("Total direct costs")),
        Line("result", _("Gross profit"), (report.gross_profit,)),
        *part(Category.OVERHEAD, report.expenses_total, _("Total overheads")),
        *part(Category.OTHER_INCOME, report.other_income_total, _("Total other income")),
        *part(Category.OTHER_EXPENSE, report.other_expenses_total, _("Total other expenses")),
        Line("result", _("Net profit"), (report.net_profit,)),
    ]
    return Layout((_("Amount"),), lines, _("Account"))


def balance_sheet_layout(report: rules.BalanceSheet, links: Links) -> Layout:
    def total(words: Words, amount: Decimal) -> Line:
        return Line("total", words, (amount,))

    earnings = Line("line", _("Earnings of this financial year"), (report.current_year_earnings,))
    lines = [
        *_section(
            _("Assets"), report.assets, links.account, total(_("Total assets"), report.assets_total)
        ),
        *_section(
            _("Liabilities"),
            report.liabilities,
            links.account,
            total(_("Total liabilities"), report.liabilities_total),
        ),
        Line("result", _("Net assets"), (report.net_assets,)),
        *(
            _section(_("Capital and reserves"), report.capital, links.account, None)
            or [Line("group", _("Capital and reserves"))]
        ),
        earnings,
        Line("result", _("Total capital and reserves"), (report.capital_total,)),
    ]
    return Layout((_("Amount"),), lines, _("Account"))


def aged_layout(report: rules.AgedBalances, links: Links, page: str, base: str) -> Layout:
    columns = (
        _("Within terms"),
        _("1 to 30 days"),
        _("31 to 60"),
        _("61 to 90"),
        _("Over 90"),
        _("On account"),
        _("Total"),
        _("In %(currency)s") % {"currency": base},
    )
    lines = [
        Line(
            "line",
            row.name,
            (*(amount or None for amount in _bands(row)), row.total_amount, row.base_amount),
            href=links.contact(page, row.contact_id),
            note="" if row.currency == base else row.currency,
        )
        for row in report.rows
    ]
    blank: Amounts = (None,) * (len(columns) - 1)
    total = Line("result", _("Total"), (*blank, report.base_total))
    return Layout(columns, [*lines, total], _("Customer") if page == "customer" else _("Supplier"))


def _bands(row: rules.AgedRow) -> tuple[Decimal, ...]:
    return (
        row.within_terms,
        row.days_1_to_30,
        row.days_31_to_60,
        row.days_61_to_90,
        row.over_90_days,
        row.on_account,
    )


def cash_flow_layout(report: rules.CashFlow, links: Links) -> Layout:
    def lines(rows: Iterable[rules.CashFlowRow]) -> list[Line]:
        return [
            Line(
                "line",
                row.name,
                (row.receipts or None, row.payments or None, row.receipts - row.payments),
                code=row.code,
                href=links.account(row.account_id),
            )
            for row in rows
        ]

    net = report.receipts_total - report.payments_total
    everything = [
        Line("group", _("Trade, costs and VAT")),
        *lines(report.operating),
        Line(
            "total",
            _("From trading"),
            (report.receipts_total, report.payments_total, net),
        ),
        Line("group", _("Capital, loans and fixed assets")),
        *lines(report.other),
        Line("total", _("From everything else"), (None, None, report.other_total)),
        Line("result", _("Change in the bank balances"), (None, None, report.net_total)),
    ]
    return Layout((_("In"), _("Out"), _("Net")), everything, _("What for"))
