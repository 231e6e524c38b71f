"""Whatever is posted and reversed, the invariants hold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookbridge.books.ledger.checks import LEDGER_INVARIANTS, faults_of
from bookbridge.books.ledger.models import NominalAccount
from bookbridge.books.ledger.operations import post_entries, reverse_entry
from bookbridge.books.ledger.queries import closing_balances
from bookbridge.books.ledger.rules import NewEntry, PostingLine, Source, balance_changes, imbalance
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor

AT = dt.datetime(2026, 2, 1, 9, 0, tzinfo=dt.UTC)
CODES = ("000", "195", "255", "280", "290", "300", "380", "500", "645", "780")
DATES = st.dates(min_value=dt.date(2024, 11, 1), max_value=dt.date(2027, 3, 1))
PENNIES = st.integers(min_value=-10_000_000, max_value=10_000_000)


@st.composite
def balanced_lines(draw: st.DrawFn) -> list[tuple[str, Decimal]]:
    """Two to six lines on any accounts; the last makes up the balance."""
    amounts = draw(st.lists(PENNIES, min_size=1, max_size=5))
    amounts.append(-sum(amounts))
    return [(draw(st.sampled_from(CODES)), Decimal(amount) / 100) for amount in amounts]


ENTRIES = st.lists(st.tuples(DATES, balanced_lines()), min_size=1, max_size=8)


@given(lines=balanced_lines())
def test_balance_changes_are_as_even_as_their_entry(lines: list[tuple[str, Decimal]]) -> None:
    postings = [PostingLine(int(code), amount) for code, amount in lines]
    entry = NewEntry(dt.date(2026, 1, 5), "", Source("ADJUSTMENT"), postings)
    changes = balance_changes([entry])
    assert imbalance(postings) == 0
    assert sum(change.debit for change in changes) == sum(change.credit for change in changes)
    assert [change.account_id for change in changes] == sorted({int(code) for code, _ in lines})


@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(entries=ENTRIES, as_of=DATES)
def test_any_journal_keeps_every_invariant_and_its_undoing_leaves_nothing(
    books: Organisation,
    owner: Actor,
    entries: list[tuple[dt.date, list[tuple[str, Decimal]]]],
    as_of: dt.date,
) -> None:
    accounts = {a.code: a.pk for a in NominalAccount.objects.filter(organisation=books)}
    before = closing_balances(books, as_of)
    new = [
        NewEntry(
            date,
            "Anything",
            Source("ADJUSTMENT"),
            [PostingLine(accounts[code], amount) for code, amount in lines],
        )
        for date, lines in entries
    ]
    ids = post_entries(organisation_id=books.pk, entries=new, actor=owner, at=AT)
    assert faults_of(books.pk, LEDGER_INVARIANTS) == []
    assert sum(closing_balances(books, as_of).values()) == 0
    for entry_id, entry in zip(ids, new, strict=True):
        reverse_entry(
            organisation_id=books.pk,
            entry_id=entry_id,
            date=entry.date,
            reason="Undone",
            actor=owner,
            at=AT,
        )
    assert faults_of(books.pk, LEDGER_INVARIANTS) == []
    after = closing_balances(books, as_of)
    for account_id in before.keys() | after.keys():
        assert after.get(account_id, Decimal(0)) == before.get(account_id, Decimal(0))
