"""Control totals beside the source's own reports: every difference, to the penny."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from bookbridge.bridge.datatypes.control_sides import (
    CREDITORS,
    DEBTORS,
    RETAINED,
    ROLES,
    ZERO,
    Sums,
)
from bookbridge.bridge.datatypes.control_sums import ControlSums


class AccountFigure(Protocol):
    """An account in the source's trial balance, debit positive."""

    @property
    def account_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def amount(self) -> Decimal: ...


class ContactFigure(Protocol):
    """A contact in one of the source's aged reports, base currency."""

    @property
    def contact_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def amount(self) -> Decimal: ...


class Reports(Protocol):
    """The source's own figures; None where it gives none."""

    @property
    def trial_balance(self) -> Sequence[AccountFigure] | None: ...
    @property
    def profit_and_loss(self) -> Mapping[str, Decimal] | None: ...
    @property
    def aged_debtors(self) -> Sequence[ContactFigure] | None: ...
    @property
    def aged_creditors(self) -> Sequence[ContactFigure] | None: ...
    @property
    def accounts_by_role(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Difference:
    """One figure that the bridge and the source do not agree on, in base currency.

    `report` is trial_balance, profit_and_loss, aged_debtors or aged_creditors; `key` the account
    or contact id, or the figure's name."""

    report: str
    key: str
    name: str
    ours: Decimal
    theirs: Decimal

    @property
    def pence(self) -> int:
        return int((self.ours - self.theirs) * 100)


@dataclass(frozen=True)
class Comparison:
    """What was compared and what differs; `not_compared` says in words what could not be."""

    differences: Sequence[Difference]
    figures_compared: int
    not_compared: Sequence[str]


class ControlTotals(ControlSums):
    """Add every record in the order of `ORDER`, then compare with the source's reports."""

    def compare(self, reports: Reports) -> Comparison:
        """Every figure of the source's reports against our own, account by account and contact by
        contact."""
        self.finish()
        return _compare(self, reports)


def _compare(totals: ControlSums, reports: Reports) -> Comparison:
    checks = _Checks()
    roles = reports.accounts_by_role
    if reports.trial_balance is None:
        checks.skip("The source gives no trial balance.")
    else:
        _trial_balance(checks, totals, reports.trial_balance, roles)
    if reports.profit_and_loss is None:
        checks.skip("The source gives no profit and loss.")
    else:
        _profit_and_loss(checks, totals, reports.profit_and_loss, roles)
    for name, control, rows in (
        ("aged_debtors", DEBTORS, reports.aged_debtors),
        ("aged_creditors", CREDITORS, reports.aged_creditors),
    ):
        if rows is None:
            checks.skip(f"The source gives no {name.replace('_', ' ')} in base currency.")
        else:
            _contacts(checks, name, totals, totals.contacts[control], rows)
    return Comparison(checks.differences, checks.compared, checks.skipped)


class _Checks:
    def __init__(self) -> None:
        self.differences: list[Difference] = []
        self.skipped: list[str] = []
        self.compared = 0

    def check(self, report: str, key: str, name: str, ours: Decimal, theirs: Decimal) -> None:
        self.compared += 1
        if ours != theirs:
            self.differences.append(Difference(report, key, name, Decimal(ours), Decimal(theirs)))

    def skip(self, why: str) -> None:
        self.skipped.append(why)


def _resolved(sums: Mapping[str, Decimal], roles: Mapping[str, str]) -> Sums:
    """Sums by account id, as far as the source says which account has which role."""
    found: Sums = defaultdict(Decimal)
    for account, amount in sums.items():
        found[roles.get(account, account)] += amount
    return found


def _trial_balance(
    checks: _Checks,
    totals: ControlSums,
    rows: Iterable[AccountFigure],
    roles: Mapping[str, str],
) -> None:
    ours = _resolved(totals.current, roles)
    for account, amount in _resolved(totals.prior, roles).items():
        if totals.chart.is_profit(account):
            ours[roles.get(RETAINED, RETAINED)] += amount
        else:
            ours[account] += amount
    unnamed = [role for role in ROLES if role not in roles and ours.get(role)]
    if unnamed:
        words = ", ".join(role.replace("_", " ") for role in unnamed)
        checks.skip(f"The source does not say which accounts are {words}; only income and costs "
                    "of its trial balance were compared.")  # fmt: skip
    theirs: Sums = defaultdict(Decimal)
    names: dict[str, str] = {}
    for row in rows:
        theirs[row.account_id] += row.amount
        names[row.account_id] = row.name
    for account in sorted(ours.keys() | theirs.keys(), key=lambda one: (len(one), one)):
        if unnamed and not totals.chart.is_profit(account):
            continue
        name = names.get(account) or totals.chart.account_name(account)
        checks.check("trial_balance", account, name, ours[account], theirs[account])


def _profit_and_loss(
    checks: _Checks,
    totals: ControlSums,
    theirs: Mapping[str, Decimal],
    roles: Mapping[str, str],
) -> None:
    by_category: Sums = defaultdict(Decimal)
    for account, amount in _resolved(totals.current, roles).items():
        facts = totals.chart.facts(account)
        if facts is not None and totals.chart.is_profit(account):
            by_category[facts.category or ""] += amount
    sales = -by_category["Income.Revenue"]
    direct = by_category["Expense.CostOfSales"]
    expenses = by_category["Expense.Operating"]
    ours = {
        "sales-total": sales,
        "direct-costs-total": direct,
        "gross-profit": sales - direct,
        "expenses-total": expenses,
        "net-profit": -sum(by_category.values(), ZERO),
    }
    if _counts_direct_costs_twice(theirs):
        ours["expenses-total"] += direct
    for figure, amount in theirs.items():
        if figure in ours:
            checks.check("profit_and_loss", figure, figure, ours[figure], amount)


def _counts_direct_costs_twice(theirs: Mapping[str, Decimal]) -> bool:
    """Whether the source's expenses include direct costs; it is not known to say so."""
    try:
        gross, expenses, net = (
            theirs[name] for name in ("gross-profit", "expenses-total", "net-profit")
        )
        direct, sales = theirs["direct-costs-total"], theirs["sales-total"]
    except KeyError:
        return False
    return bool(direct) and gross - expenses != net and sales - expenses == net


def _contacts(
    checks: _Checks,
    report: str,
    totals: ControlSums,
    ours: Mapping[str, Decimal],
    rows: Iterable[ContactFigure],
) -> None:
    theirs: Sums = defaultdict(Decimal)
    names: dict[str, str] = {}
    for row in rows:
        theirs[row.contact_id] += row.amount
        names[row.contact_id] = row.name
    for contact in sorted(ours.keys() | theirs.keys(), key=lambda one: (len(one), one)):
        name = names.get(contact) or totals.chart.contact_name(contact)
        checks.check(report, contact, name, ours.get(contact, ZERO), theirs[contact])
