"""Several people posting at once: no deadlock, nothing lost, and nothing slips past a lock."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import connections

from bookbridge.books.ledger.checks import LEDGER_INVARIANTS, faults_of
from bookbridge.books.ledger.errors import LockedPeriodError
from bookbridge.books.ledger.models import JournalEntry, NominalAccount
from bookbridge.books.ledger.operations import post_entry
from bookbridge.books.ledger.rules import PostingLine, Source
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.operations import lock_period
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope

pytestmark = pytest.mark.database

AT = dt.datetime(2026, 2, 1, 9, 0, tzinfo=dt.UTC)
ROUNDS = 12


def post(books: Organisation, actor: Actor, debit: int, credit: int, date: dt.date) -> None:
    post_entry(
        organisation_id=books.pk,
        date=date,
        description="At once",
        source=Source("ADJUSTMENT"),
        lines=[PostingLine(debit, Decimal("1.00")), PostingLine(credit, Decimal("-1.00"))],
        actor=actor,
        at=AT,
    )


def run_all(*tasks: threading.Thread) -> None:
    for task in tasks:
        task.start()
    for task in tasks:
        task.join(timeout=60)
        assert not task.is_alive(), "posting hangs"


def test_transactions_that_post_in_opposite_orders_do_not_deadlock(
    committed_books: Organisation, committed_owner: Actor
) -> None:
    with organisation_scope(committed_books.pk):
        accounts = {a.code: a.pk for a in NominalAccount.objects.all()}
    failures: list[Exception] = []

    def post_pairs(first: str, second: str) -> None:
        try:
            for _round in range(ROUNDS):
                with organisation_scope(committed_books.pk):
                    for code in (first, second):
                        date = dt.date(2026, 1, 1)
                        post(
                            committed_books, committed_owner, accounts[code], accounts["300"], date
                        )
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    run_all(
        threading.Thread(target=post_pairs, args=("645", "680")),
        threading.Thread(target=post_pairs, args=("680", "645")),
        threading.Thread(target=post_pairs, args=("710", "645")),
    )
    assert failures == []
    with organisation_scope(committed_books.pk):
        assert JournalEntry.objects.count() == 3 * 2 * ROUNDS
        assert faults_of(committed_books.pk, LEDGER_INVARIANTS) == []


def test_nothing_slips_into_a_period_while_it_is_being_locked(
    committed_books: Organisation, committed_owner: Actor
) -> None:
    with organisation_scope(committed_books.pk):
        accounts = {a.code: a.pk for a in NominalAccount.objects.all()}
    posted, refused = [], []

    def keep_posting() -> None:
        try:
            for number in range(ROUNDS * 3):
                date = dt.date(2026, 1, 31)
                post(committed_books, committed_owner, accounts["645"], accounts["300"], date)
                posted.append(number)
        except LockedPeriodError as error:
            refused.append(error)
        finally:
            connections.close_all()

    def lock() -> None:
        lock_period(
            organisation_id=committed_books.pk,
            lock_date=dt.date(2026, 1, 31),
            actor=committed_owner,
            at=AT,
        )
        with organisation_scope(committed_books.pk):
            seen.append(JournalEntry.objects.count())
        connections.close_all()

    seen: list[int] = []
    run_all(threading.Thread(target=keep_posting), threading.Thread(target=lock))
    with organisation_scope(committed_books.pk):
        assert JournalEntry.objects.count() == len(posted) == seen[0]
