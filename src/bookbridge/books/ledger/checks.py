"""What must always be true of the journal, proved from the rows themselves.

Each check is a question in SQL whose answer ought to be empty; a row of the answer is one fault.
The checks that need documents too are listed with these in `reports.checks.INVARIANTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection

FAULTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it must be."""

    invariant: str
    sentence: str


Invariant = Callable[[int], Iterator[str]]


def entries_balance(organisation_id: int) -> Iterator[str]:
    """Every entry has at least two postings, and they sum to zero."""
    return ask(
        """
        SELECT format('entry %%s has %%s postings that sum to %%s', e.id, count(p.position),
            coalesce(sum(p.amount), 0))
        FROM ledger_journalentry e LEFT JOIN ledger_posting p
            ON p.organisation_id = e.organisation_id AND p.entry_id = e.id
        WHERE e.organisation_id = %(organisation)s
        GROUP BY e.id HAVING count(p.position) < 2 OR sum(p.amount) <> 0
        """,
        organisation_id,
    )


def balances_equal_postings(organisation_id: int) -> Iterator[str]:
    """The kept balance of every account and month is what its postings come to."""
    return ask(
        """
        SELECT format('account %%s in %%s: kept %%s / %%s, posted %%s / %%s', account_id, month,
            kept.debit, kept.credit, posted.debit, posted.credit)
        FROM (
            SELECT account_id, month, debit, credit FROM ledger_monthlybalance
            WHERE organisation_id = %(organisation)s
        ) kept FULL JOIN (
            SELECT account_id, date_trunc('month', date)::date AS month,
                coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS debit,
                coalesce(-sum(amount) FILTER (WHERE amount < 0), 0) AS credit
            FROM ledger_posting WHERE organisation_id = %(organisation)s GROUP BY 1, 2
        ) posted USING (account_id, month)
        WHERE (kept.debit, kept.credit) IS DISTINCT FROM (posted.debit, posted.credit)
        """,
        organisation_id,
    )


def postings_have_their_entrys_date(organisation_id: int) -> Iterator[str]:
    """The date kept on a posting is that of its entry."""
    return ask(
        """
        SELECT format('entry %%s of %%s has a posting of %%s', e.id, e.date, p.date)
        FROM ledger_posting p JOIN ledger_journalentry e
            ON e.organisation_id = p.organisation_id AND e.id = p.entry_id
        WHERE p.organisation_id = %(organisation)s AND p.date <> e.date
        """,
        organisation_id,
    )


def reversals_undo_their_entries(organisation_id: int) -> Iterator[str]:
    """A reversed entry and its reversal cancel each other on every account."""
    return ask(
        """
        SELECT format('entry %%s and its reversal %%s leave %%s on account %%s', e.reverses_id,
            e.id, sum(p.amount), p.account_id)
        FROM ledger_journalentry e JOIN ledger_posting p
            ON p.organisation_id = e.organisation_id AND p.entry_id IN (e.id, e.reverses_id)
        WHERE e.organisation_id = %(organisation)s AND e.reverses_id IS NOT NULL
        GROUP BY e.id, p.account_id HAVING sum(p.amount) <> 0
        """,
        organisation_id,
    )


def control_postings_name_their_contact(organisation_id: int) -> Iterator[str]:
    """Debtors are always somebody's, and so are creditors."""
    return ask(
        """
        SELECT format('entry %%s moves %%s without a contact', p.entry_id, a.name)
        FROM ledger_posting p JOIN ledger_nominalaccount a
            ON a.organisation_id = p.organisation_id AND a.id = p.account_id
        WHERE p.organisation_id = %(organisation)s AND (
            (a.role = 'TRADE_DEBTORS' AND p.customer_id IS NULL)
            OR (a.role = 'TRADE_CREDITORS' AND p.supplier_id IS NULL))
        """,
        organisation_id,
    )


LEDGER_INVARIANTS: tuple[Invariant, ...] = (
    entries_balance,
    balances_equal_postings,
    postings_have_their_entrys_date,
    reversals_undo_their_entries,
    control_postings_name_their_contact,
)


def faults_of(organisation_id: int, invariants: tuple[Invariant, ...]) -> list[Fault]:
    """Everything found wrong, the first few of each kind; asked inside the organisation's scope."""
    return [
        Fault(invariant=check.__name__, sentence=sentence)
        for check in invariants
        for sentence in check(organisation_id)
    ]


def ask(statement: str, organisation_id: int) -> Iterator[str]:
    """The first faults that a question finds."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{statement} LIMIT {FAULTS_SHOWN}",
            {"organisation": organisation_id},
        )
        for (sentence,) in cursor.fetchall():
            yield sentence
