"""What the database itself refuses, whoever asks: imbalance, change, another organisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from bookbridge.books.ledger.models import JournalEntry, NominalAccount, Posting
from bookbridge.books.ledger.operations import post_entry
from bookbridge.books.ledger.rules import PostingLine, Source
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope

pytestmark = pytest.mark.database

AT = dt.datetime(2026, 2, 1, 9, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 1, 4)
INSERT_POSTING = """
INSERT INTO ledger_posting (organisation_id, entry_id, position, account_id, date, amount, currency,
    foreign_amount, rate, tax_code)
VALUES (%s, %s, %s, %s, %s, %s, 'GBP', %s, 1, '')
"""


def post(books: Organisation, owner: Actor) -> JournalEntry:
    with organisation_scope(books.pk):
        return posted(books, owner)


def posted(books: Organisation, owner: Actor) -> JournalEntry:
    debtors = NominalAccount.objects.get(organisation=books, code="200")
    sales = NominalAccount.objects.get(organisation=books, code="300")
    return post_entry(
        organisation_id=books.pk,
        date=DAY,
        description="Call-out",
        source=Source("INVOICE", 1),
        lines=[PostingLine(debtors.pk, Decimal(10)), PostingLine(sales.pk, Decimal(-10))],
        actor=owner,
        at=AT,
    )


def raw_entry(books: Organisation) -> JournalEntry:
    return JournalEntry.objects.create(
        organisation=books,
        date=DAY,
        description="Raw",
        source_type="ADJUSTMENT",
        actor_name="nobody",
        posted_at=AT,
    )


def raw_posting(books: Organisation, entry_id: int, position: int, amount: str) -> None:
    account = NominalAccount.objects.get(organisation=books, code="300")
    values = [books.pk, entry_id, position, account.pk, DAY, amount, amount]
    with connection.cursor() as cursor:
        cursor.execute(INSERT_POSTING, values)


def check_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("amounts", [(), ("0.00",), ("10.00", "-9.99"), ("1.00", "1.00")])
def test_an_entry_that_does_not_balance_cannot_be_committed(
    books: Organisation, amounts: tuple[str, ...]
) -> None:
    with pytest.raises(IntegrityError, match="postings that sum to"), transaction.atomic():
        entry = raw_entry(books)
        for position, amount in enumerate(amounts):
            raw_posting(books, entry.pk, position, amount)
        check_now()


def test_a_balanced_entry_passes_however_many_statements_it_takes(books: Organisation) -> None:
    entry = raw_entry(books)
    raw_posting(books, entry.pk, 0, "10.00")
    raw_posting(books, entry.pk, 1, "-4.00")
    raw_posting(books, entry.pk, 2, "-6.00")
    check_now()


def test_postings_cannot_join_an_entry_of_an_earlier_transaction(
    committed_books: Organisation, committed_owner: Actor
) -> None:
    entry = post(committed_books, committed_owner)
    with (
        pytest.raises(IntegrityError, match="earlier transaction"),
        organisation_scope(committed_books.pk),
    ):
        raw_posting(committed_books, entry.pk, 5, "1.00")
        raw_posting(committed_books, entry.pk, 6, "-1.00")


def test_imbalance_is_refused_at_a_real_commit(committed_books: Organisation) -> None:
    with (
        pytest.raises(IntegrityError, match="postings that sum to"),
        organisation_scope(committed_books.pk),
    ):
        entry = raw_entry(committed_books)
        raw_posting(committed_books, entry.pk, 0, "10.00")
        raw_posting(committed_books, entry.pk, 1, "-9.00")
    with organisation_scope(committed_books.pk):
        assert not JournalEntry.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: JournalEntry.objects.filter(pk=entry.pk).update(description="Other"),
        lambda entry: Posting.objects.filter(entry_id=entry.pk).update(amount=0),
        lambda entry: Posting.objects.filter(entry_id=entry.pk)._raw_delete("default"),
        lambda entry: JournalEntry.objects.filter(pk=entry.pk)._raw_delete("default"),
    ],
)
def test_the_application_has_no_right_to_change_posted_rows(
    books: Organisation, owner: Actor, change: Callable[[JournalEntry], object]
) -> None:
    entry = post(books, owner)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        change(entry)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_posting SET amount = 0",
        "DELETE FROM ledger_posting",
        "TRUNCATE ledger_posting",
        "UPDATE ledger_journalentry SET description = ''",
        "DELETE FROM ledger_journalentry",
        "TRUNCATE ledger_journalentry CASCADE",
    ],
)
def test_even_the_owner_of_the_tables_is_refused(
    committed_books: Organisation, committed_owner: Actor, statement: str
) -> None:
    post(committed_books, committed_owner)
    with (
        connections["owner"].cursor() as cursor,
        pytest.raises(DatabaseError, match="never changed"),
    ):
        cursor.execute(statement)


def test_another_organisation_sees_and_writes_nothing_here(
    committed_books: Organisation, stranger_books: Organisation, committed_owner: Actor
) -> None:
    entry = post(committed_books, committed_owner)
    with organisation_scope(stranger_books.pk):
        assert not JournalEntry.objects.exists()
        assert not Posting.objects.filter(organisation=committed_books).exists()
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        organisation_scope(stranger_books.pk),
    ):
        raw_entry(committed_books)
    with pytest.raises(IntegrityError), organisation_scope(stranger_books.pk):
        raw_posting(stranger_books, entry.pk, 0, "1.00")


def test_without_an_organisation_nothing_is_visible(
    committed_books: Organisation, committed_owner: Actor
) -> None:
    post(committed_books, committed_owner)
    assert not JournalEntry.objects.exists()
    assert not NominalAccount.objects.exists()
