"""Entries: posted balanced or not at all, reversed, and shut out of locked periods."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from bookbridge.books.ledger import errors
from bookbridge.books.ledger.models import JournalEntry, MonthlyBalance, NominalAccount, Posting
from bookbridge.books.ledger.operations import (
    archive_account,
    create_account,
    post_adjustment,
    post_entries,
    post_entry,
    reverse_entry,
)
from bookbridge.books.ledger.queries import movements
from bookbridge.books.ledger.rules import NewEntry, PostingLine, Source
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.operations import lock_period
from bookbridge.books.organisations.rules import Actor

AT = dt.datetime(2026, 2, 1, 9, 0, tzinfo=dt.UTC)
JANUARY = dt.date(2026, 1, 1)


def lines(books: Organisation, *amounts: tuple[str, str]) -> list[PostingLine]:
    accounts = {a.code: a.pk for a in NominalAccount.objects.filter(organisation=books)}
    return [PostingLine(accounts[code], Decimal(amount)) for code, amount in amounts]


def sale(books: Organisation, amount: str, date: dt.date) -> NewEntry:
    return NewEntry(
        date=date,
        description="A sale",
        source=Source("INVOICE", 1),
        lines=lines(books, ("200", amount), ("300", f"-{amount}")),
    )


def test_an_entry_is_posted_with_its_lines_in_the_order_given(
    books: Organisation, owner: Actor
) -> None:
    entry = post_entry(
        organisation_id=books.pk,
        date=dt.date(2026, 1, 4),
        description="Call-out",
        source=Source("INVOICE", 7),
        lines=lines(books, ("200", "240.00"), ("300", "-200.00"), ("260", "-40.00")),
        actor=owner,
        at=AT,
    )
    postings = list(Posting.objects.filter(entry=entry).order_by("position"))
    assert [p.amount for p in postings] == [Decimal(240), Decimal(-200), Decimal(-40)]
    assert [p.currency for p in postings] == ["GBP"] * 3
    assert postings[1].foreign_amount == Decimal(-200)
    assert (entry.actor_id, entry.actor_name, entry.posted_at) == (owner.user_id, owner.name, AT)


def test_balances_by_month_follow_the_postings(books: Organisation, owner: Actor) -> None:
    post_entries(
        organisation_id=books.pk,
        entries=[
            sale(books, "10.00", dt.date(2026, 1, 4)),
            sale(books, "2.50", dt.date(2026, 1, 31)),
            sale(books, "1.00", dt.date(2026, 2, 1)),
        ],
        actor=owner,
        at=AT,
    )
    sales = MonthlyBalance.objects.filter(account__code="300").order_by("month")
    assert [(b.month, b.debit, b.credit) for b in sales] == [
        (JANUARY, Decimal(0), Decimal("12.50")),
        (dt.date(2026, 2, 1), Decimal(0), Decimal("1.00")),
    ]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, dt.date(2026, 1, 31), "12.50"),
        (None, dt.date(2026, 1, 30), "10.00"),
        (None, dt.date(2026, 2, 1), "13.50"),
        (dt.date(2026, 1, 4), dt.date(2026, 1, 4), "10.00"),
        (dt.date(2026, 1, 5), dt.date(2026, 1, 31), "2.50"),
        (dt.date(2026, 1, 5), dt.date(2026, 2, 28), "3.50"),
        (dt.date(2026, 2, 2), dt.date(2026, 2, 28), "0"),
        (dt.date(2026, 1, 1), dt.date(2026, 2, 1), "13.50"),
    ],
)
def test_movements_of_any_days_agree_with_the_postings(
    books: Organisation, owner: Actor, start: dt.date | None, end: dt.date, expected: str
) -> None:
    test_balances_by_month_follow_the_postings(books, owner)
    account = NominalAccount.objects.get(organisation=books, code="300")
    debit, credit = movements(books.pk, start, end).get(account.pk, (Decimal(0), Decimal(0)))
    assert credit - debit == Decimal(expected)


def test_an_unbalanced_entry_is_refused_with_the_difference(
    books: Organisation, owner: Actor
) -> None:
    entry = replace(
        sale(books, "10.00", JANUARY), lines=lines(books, ("200", "10.00"), ("300", "-9.99"))
    )
    with pytest.raises(errors.UnbalancedEntryError, match=r"differ by 0\.01"):
        post_entries(organisation_id=books.pk, entries=[entry], actor=owner, at=AT)
    assert not JournalEntry.objects.exists()


def test_one_bad_entry_keeps_the_whole_batch_out(books: Organisation, owner: Actor) -> None:
    good = sale(books, "10.00", JANUARY)
    bad = replace(good, lines=[PostingLine(10**9, Decimal(1)), PostingLine(10**9, Decimal(-1))])
    with pytest.raises(errors.UnknownAccountError):
        post_entries(organisation_id=books.pk, entries=[good, bad], actor=owner, at=AT)
    assert not JournalEntry.objects.exists()
    assert not MonthlyBalance.objects.exists()


def test_an_entry_of_one_line_is_refused(books: Organisation, owner: Actor) -> None:
    entry = replace(sale(books, "10.00", JANUARY), lines=lines(books, ("200", "0.00")))
    with pytest.raises(errors.ShortEntryError):
        post_entries(organisation_id=books.pk, entries=[entry], actor=owner, at=AT)


def test_fractions_of_pennies_are_refused(books: Organisation, owner: Actor) -> None:
    entry = sale(books, "10.005", JANUARY)
    with pytest.raises(errors.AmountPrecisionError):
        post_entries(organisation_id=books.pk, entries=[entry], actor=owner, at=AT)


def test_floats_are_refused(books: Organisation, owner: Actor) -> None:
    entry = replace(
        sale(books, "1.00", JANUARY),
        lines=[replace(line, amount=float(line.amount)) for line in lines(books, ("200", "1"))] * 2,
    )
    with pytest.raises(errors.AmountPrecisionError):
        post_entries(organisation_id=books.pk, entries=[entry], actor=owner, at=AT)


def test_a_locked_period_refuses_and_the_next_day_does_not(
    books: Organisation, owner: Actor
) -> None:
    lock_period(organisation_id=books.pk, lock_date=dt.date(2026, 1, 31), actor=owner, at=AT)
    with pytest.raises(errors.LockedPeriodError, match="locked up to 2026-01-31"):
        post_entries(
            organisation_id=books.pk,
            entries=[sale(books, "1.00", dt.date(2026, 1, 31))],
            actor=owner,
            at=AT,
        )
    post_entries(
        organisation_id=books.pk,
        entries=[sale(books, "1.00", dt.date(2026, 2, 1))],
        actor=owner,
        at=AT,
    )


def test_a_reversal_undoes_the_entry_and_keeps_it(books: Organisation, owner: Actor) -> None:
    (entry_id,) = post_entries(
        organisation_id=books.pk, entries=[sale(books, "12.00", JANUARY)], actor=owner, at=AT
    )
    reversal = reverse_entry(
        organisation_id=books.pk,
        entry_id=entry_id,
        date=dt.date(2026, 1, 20),
        reason="Sent to the wrong customer",
        source=Source("INVOICE", 1),
        actor=owner,
        at=AT,
    )
    assert reversal.reverses_id == entry_id
    assert reversal.reason == "Sent to the wrong customer"
    assert JournalEntry.objects.count() == 2
    assert all(d == c for d, c in movements(books.pk, None, dt.date(2026, 1, 31)).values())


def test_an_entry_is_reversed_once_and_a_reversal_never(books: Organisation, owner: Actor) -> None:
    entry = post_adjustment(
        organisation_id=books.pk,
        date=JANUARY,
        description="Depreciation",
        lines=lines(books, ("740", "50.00"), ("005", "-50.00")),
        actor=owner,
        at=AT,
    )

    def reverse(entry_id: int, date: dt.date = JANUARY) -> JournalEntry:
        return reverse_entry(
            organisation_id=books.pk, entry_id=entry_id, date=date, reason="", actor=owner, at=AT
        )

    with pytest.raises(errors.ReversalTooEarlyError):
        reverse(entry.pk, dt.date(2025, 12, 31))
    reversal = reverse(entry.pk)
    with pytest.raises(errors.EntryAlreadyReversedError):
        reverse(entry.pk)
    with pytest.raises(errors.EntryNotReversibleError):
        reverse(reversal.pk)
    with pytest.raises(errors.UnknownEntryError):
        reverse(10**12)


def test_the_entry_of_a_document_is_reversed_only_by_its_document(
    books: Organisation, owner: Actor
) -> None:
    (entry_id,) = post_entries(
        organisation_id=books.pk, entries=[sale(books, "1.00", JANUARY)], actor=owner, at=AT
    )
    with pytest.raises(errors.DocumentEntryError):
        reverse_entry(
            organisation_id=books.pk, entry_id=entry_id, date=JANUARY, reason="", actor=owner, at=AT
        )


def test_a_journal_by_hand_cannot_touch_control_accounts(books: Organisation, owner: Actor) -> None:
    with pytest.raises(errors.ControlAccountError, match="200 Trade debtors"):
        post_adjustment(
            organisation_id=books.pk,
            date=JANUARY,
            description="",
            lines=lines(books, ("745", "1.00"), ("200", "-1.00")),
            actor=owner,
            at=AT,
        )


def test_an_archived_account_takes_no_postings(books: Organisation, owner: Actor) -> None:
    account = NominalAccount.objects.get(organisation=books, code="310")
    archive_account(organisation_id=books.pk, account_id=account.pk, actor=owner, at=AT)
    with pytest.raises(errors.ArchivedAccountError, match="310"):
        post_adjustment(
            organisation_id=books.pk,
            date=JANUARY,
            description="",
            lines=lines(books, ("740", "1.00"), ("310", "-1.00")),
            actor=owner,
            at=AT,
        )


def test_an_account_with_a_part_to_play_is_not_archived(books: Organisation, owner: Actor) -> None:
    account = NominalAccount.objects.get(organisation=books, code="260")
    with pytest.raises(errors.AccountInUseError):
        archive_account(organisation_id=books.pk, account_id=account.pk, actor=owner, at=AT)


def test_a_nominal_code_is_used_once(books: Organisation, owner: Actor) -> None:
    def create(code: str) -> NominalAccount:
        return create_account(
            organisation_id=books.pk,
            code=code,
            name="Web shop",
            category="SALES",
            actor=owner,
            at=AT,
        )

    assert create("301").code == "301"
    with pytest.raises(errors.AccountCodeTakenError):
        create("301")
    with pytest.raises(errors.AccountInvalidError):
        create("3 01")
