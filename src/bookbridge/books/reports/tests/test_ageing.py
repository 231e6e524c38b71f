"""Aged debtors and creditors at any day are the control accounts of that day."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import pytest

from bookbridge.books.banking.operations import void_bank_transaction
from bookbridge.books.banking.tests.golden import Golden, enter_worked_example
from bookbridge.books.banking.tests.test_properties import Trader, random_step, trader
from bookbridge.books.ledger.models import Role
from bookbridge.books.ledger.queries import account_by_role, balance_of
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.reports.checks import check_books
from bookbridge.books.reports.queries import aged_creditors, aged_debtors, cash_flow
from bookbridge.books.reports.rules import AgedRow
from bookbridge.books.sales.operations import void_invoice

__all__ = ["trader"]

STEPS = 60


@pytest.fixture
def golden(books: Organisation, owner: Actor) -> Golden:
    return enter_worked_example(books, owner)


def rows_on(day: int, books: Organisation) -> dict[str, AgedRow]:
    return {row.name: row for row in aged_debtors(books.pk, dt.date(2026, 1, day)).rows}


def assert_ties(books: Organisation, day: dt.date) -> None:
    debtors = account_by_role(books.pk, Role.TRADE_DEBTORS).pk
    creditors = account_by_role(books.pk, Role.TRADE_CREDITORS).pk
    assert aged_debtors(books.pk, day).base_total == balance_of(books.pk, debtors, day), day
    assert aged_creditors(books.pk, day).base_total == -balance_of(books.pk, creditors, day), day


def test_the_worked_example_at_the_end_of_january(golden: Golden) -> None:
    rows = rows_on(31, golden.organisation)
    assert {name: row.total_amount for name, row in rows.items()} == {
        "Acme Ltd": Decimal("404.45"),
        "Birch Ltd": Decimal("-50.00"),
    }
    assert rows["Acme Ltd"].within_terms == Decimal("404.45")
    assert rows["Birch Ltd"].on_account == Decimal("-50.00")
    report = aged_creditors(golden.organisation.pk, dt.date(2026, 1, 31))
    owed = {row.name: (row.currency, row.total_amount, row.base_amount) for row in report.rows}
    assert owed == {
        "Office World Ltd": ("GBP", Decimal("2160.00"), Decimal("2160.00")),
        "Rhein GmbH": ("EUR", Decimal("400.00"), Decimal("344.00")),
    }
    assert report.base_total == Decimal("2504.00")


def test_what_was_paid_later_was_still_owed_then(golden: Golden) -> None:
    rows = rows_on(14, golden.organisation)
    assert rows["Acme Ltd"].total_amount == Decimal("1400.00")
    assert rows["Birch Ltd"].total_amount == Decimal("600.00")
    assert rows["Cedar LLP"].days_1_to_30 == Decimal("240.00")


def test_overdue_debts_move_from_band_to_band(golden: Golden) -> None:
    """What Acme owes was due on 5 February."""
    for day, band in (
        (dt.date(2026, 2, 5), "within_terms"),
        (dt.date(2026, 2, 6), "days_1_to_30"),
        (dt.date(2026, 3, 7), "days_1_to_30"),
        (dt.date(2026, 3, 8), "days_31_to_60"),
        (dt.date(2026, 4, 7), "days_61_to_90"),
        (dt.date(2026, 5, 7), "over_90_days"),
    ):
        row = aged_debtors(golden.organisation.pk, day).rows[0]
        assert getattr(row, band) == row.total_amount == Decimal("404.45"), day


def test_every_day_of_the_worked_example_ties_to_the_control_accounts(golden: Golden) -> None:
    for day in range(1, 32):
        assert_ties(golden.organisation, dt.date(2026, 1, day))
    assert check_books(golden.organisation.pk) == []


def test_voiding_reopens_the_debt_from_its_day_and_not_before(golden: Golden) -> None:
    books = golden.organisation
    void_bank_transaction(
        bank_transaction_id=golden.transactions[8003].pk,
        reason="Bounced",
        date=dt.date(2026, 1, 25),
        **golden.common,
    )
    assert rows_on(24, books)["Birch Ltd"].total_amount == Decimal("-50.00")
    assert rows_on(25, books)["Birch Ltd"].total_amount == Decimal("600.00")
    void_invoice(
        invoice_id=golden.invoices[9002].pk,
        reason="Never done",
        date=dt.date(2026, 1, 28),
        **golden.common,
    )
    assert "Birch Ltd" not in rows_on(28, books)
    for day in range(1, 32):
        assert_ties(books, dt.date(2026, 1, day))
    assert check_books(books.pk) == []


def test_cash_flow_is_the_change_of_the_bank_balances(golden: Golden) -> None:
    report = cash_flow(golden.organisation.pk, dt.date(2026, 1, 1), dt.date(2026, 1, 31))
    assert report.receipts_total == Decimal("1550.00")
    assert report.payments_total == Decimal("825.00")
    assert report.net_total == Decimal("10725.00")


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_whatever_is_entered_every_invariant_holds_on_every_day(trader: Trader, seed: int) -> None:
    chance = random.Random(seed)
    for _number in range(STEPS):
        trader.take(random_step(chance))
    books = trader.desk.organisation
    assert check_books(books.pk) == []
    for offset in range(0, 40, 3):
        assert_ties(books, dt.date(2026, 2, 27) + dt.timedelta(days=offset))
