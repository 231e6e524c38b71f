"""Trial balance at 1.5 million postings, beside adding the postings up. Runs with the settings
of `books`, started by `bench.__main__` through `bookbridge books shell`."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from decimal import Decimal

ENTRIES = 500_000
BATCH = 10_000
YEARS = 5
RUNS = 7


def main() -> None:
    from django.db import connection
    from django.utils import timezone

    from bench.measuring import median_seconds, timed
    from bookbridge.books.ledger.models import NominalAccount
    from bookbridge.books.ledger.operations import post_entries
    from bookbridge.books.ledger.rules import NewEntry, PostingLine, Source
    from bookbridge.books.organisations.models import User
    from bookbridge.books.organisations.rules import Actor
    from bookbridge.books.organisations.tenancy import organisation_scope
    from bookbridge.books.reports.queries import trial_balance
    from bookbridge.books.tax.operations import open_books

    now = timezone.now()
    owner = User.objects.create_user("bench@bookbridge.invalid", "not-signed-in-1234")
    actor = Actor(owner.pk, "bench")
    organisation = open_books(owner=owner, name="Bench", business_type="LIMITED_COMPANY", at=now)
    first = dt.date(2020, 1, 1)

    def entry(number: int) -> NewEntry:
        net = Decimal(number % 9_973 + 1)
        date = first + dt.timedelta(days=number * 365 * YEARS // ENTRIES)
        sale, debtor, vat = (accounts[code] for code in ("300", "200", "260"))
        return NewEntry(
            date=date,
            description="",
            source=Source("ADJUSTMENT", None),
            lines=(
                PostingLine(account_id=debtor, amount=net + net / 5),
                PostingLine(account_id=sale, amount=-net),
                PostingLine(account_id=vat, amount=-net / 5),
            ),
        )

    with organisation_scope(organisation.pk):
        accounts = dict(NominalAccount.objects.values_list("code", "id"))
    posting_seconds = 0.0
    for start in range(0, ENTRIES, BATCH):
        entries = [entry(number) for number in range(start, start + BATCH)]

        def post(entries: list[NewEntry] = entries) -> None:
            with organisation_scope(organisation.pk):
                post_entries(organisation_id=organisation.pk, entries=entries, actor=actor, at=now)

        posting_seconds += timed(post)
    as_of = first + dt.timedelta(days=365 * YEARS - 40)
    with organisation_scope(organisation.pk), connection.cursor() as cursor:
        ours = median_seconds(lambda: trial_balance(organisation.pk, as_of), RUNS)

        def add_up() -> None:
            cursor.execute(
                "SELECT account_id, sum(amount) FROM ledger_posting p JOIN ledger_journalentry e "
                "ON e.organisation_id = p.organisation_id AND e.id = p.entry_id "
                "WHERE p.organisation_id = %s AND e.date <= %s GROUP BY account_id",
                [organisation.pk, as_of],
            )
            cursor.fetchall()

        beside = median_seconds(add_up, RUNS)
    figures = {
        "postings": ENTRIES * 3,
        "posting_seconds": posting_seconds,
        "ours_seconds": ours,
        "beside_seconds": beside,
    }
    sys.stdout.write(f"\n{json.dumps(figures)}\n")


if __name__ in ("__main__", "bench.trial_balance") and os.environ.get("DJANGO_SETTINGS_MODULE"):
    main()
