"""Journals written as text, for tests: a dated heading, then lines of code, name and amount.

    2026-01-04 Call-out
        200 Trade debtors     240.00
        300 Sales            -240.00

An account that the chart lacks is made when first named; its code says its category.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from bookbridge.books.ledger.models import Category, NominalAccount
from bookbridge.books.ledger.operations import create_account, post_entries
from bookbridge.books.ledger.rules import NewEntry, PostingLine, Source
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor

AT = dt.datetime(2026, 2, 1, 9, 0, tzinfo=dt.UTC)
# By first digits, the first that fits.
CATEGORIES = {
    "0": Category.FIXED_ASSET,
    "21": Category.BANK,
    "25": Category.CURRENT_LIABILITY,
    "28": Category.LONG_TERM_LIABILITY,
    "29": Category.CAPITAL,
    "1": Category.CURRENT_ASSET,
    "2": Category.CURRENT_ASSET,
    "38": Category.OTHER_INCOME,
    "3": Category.SALES,
    "5": Category.DIRECT_COST,
}


def post_journal(books: Organisation, actor: Actor, text: str) -> list[int]:
    """Post every entry of a text journal; returns their ids."""
    entries = list(parse_journal(books, actor, text))
    return post_entries(organisation_id=books.pk, entries=entries, actor=actor, at=AT)


def parse_journal(books: Organisation, actor: Actor, text: str) -> Iterator[NewEntry]:
    heading, lines = "", []
    for row in [*text.splitlines(), ""]:
        is_line = row.startswith(" ") and row.strip()
        if is_line:
            code, *name, amount = row.split()
            account = account_for(books, actor, code, " ".join(name))
            lines.append(PostingLine(account.pk, Decimal(amount.replace(",", ""))))
            continue
        if heading and lines:
            date, _, description = heading.partition(" ")
            yield NewEntry(
                date=dt.date.fromisoformat(date),
                description=description,
                source=Source("OPENING_BALANCE"),
                lines=lines,
            )
            heading, lines = "", []
        if row.strip():
            heading = row.strip()


def account_for(books: Organisation, actor: Actor, code: str, name: str) -> NominalAccount:
    found = NominalAccount.objects.filter(organisation=books, code=code).first()
    return found or create_account(
        organisation_id=books.pk,
        code=code,
        name=name,
        category=next((CATEGORIES[p] for p in CATEGORIES if code.startswith(p)), "OVERHEAD"),
        actor=actor,
        at=AT,
    )
