"""The SQL that writes entries, postings and monthly balances in bulk.

Rows travel as one JSON text per table: COPY cannot write to tables with row-level security, and
one statement per table is what the statement-level triggers and a long file both want.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from django.db import connection

from bookbridge.books.ledger.rules import BalanceChange, NewEntry
from bookbridge.books.organisations.rules import Actor

ROWS_PER_STATEMENT = 20_000

INSERT_ENTRIES = """
INSERT INTO ledger_journalentry (organisation_id, id, date, description, reference, source_type,
    source_id, reverses_id, reason, actor_id, actor_name, posted_at)
SELECT %s, id, date, description, reference, source_type, source_id, reverses_id, reason, %s, %s, %s
FROM json_to_recordset(%s::json) AS made (id bigint, date date, description text, reference text,
    source_type text, source_id bigint, reverses_id bigint, reason text)
"""

INSERT_POSTINGS = """
INSERT INTO ledger_posting (organisation_id, entry_id, position, account_id, date, amount, currency,
    foreign_amount, rate, tax_code, net_amount, tax_amount, tax_point, customer_id, supplier_id,
    project_id)
SELECT %s, entry_id, position, account_id, date, amount, currency, foreign_amount, rate, tax_code,
    net_amount, tax_amount, tax_point, customer_id, supplier_id, project_id
FROM json_to_recordset(%s::json) AS made (entry_id bigint, position smallint, account_id bigint,
    date date, amount numeric, currency text, foreign_amount numeric, rate numeric, tax_code text,
    net_amount numeric, tax_amount numeric, tax_point date, customer_id bigint, supplier_id bigint,
    project_id bigint)
"""

ADD_TO_BALANCES = """
INSERT INTO ledger_monthlybalance AS kept
    (organisation_id, account_id, month, debit, credit, updated_at)
SELECT %s, account_id, month, debit, credit, %s
FROM json_to_recordset(%s::json) AS made (account_id bigint, month date, debit numeric,
    credit numeric)
ORDER BY account_id, month
ON CONFLICT (organisation_id, account_id, month) DO UPDATE
SET debit = kept.debit + excluded.debit, credit = kept.credit + excluded.credit,
    updated_at = greatest(excluded.updated_at, kept.updated_at + interval '1 microsecond')
"""

# An account's balance is part of what the API shows of it, so the account has changed too.
MOVE_ACCOUNTS = """
UPDATE ledger_nominalaccount
SET updated_at = greatest(%s, updated_at + interval '1 microsecond')
WHERE organisation_id = %s AND id = ANY(%s)
"""


def next_entry_ids(count: int) -> list[int]:
    """Fresh ids for entries, ascending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('ledger_journalentry', 'id'))"
            " FROM generate_series(1, %s)",
            [count],
        )
        return [row[0] for row in cursor.fetchall()]


def insert_entries(
    organisation_id: int,
    ids: Sequence[int],
    entries: Sequence[NewEntry],
    actor: Actor,
    at: dt.datetime,
) -> None:
    with connection.cursor() as cursor:
        for start in range(0, len(ids), ROWS_PER_STATEMENT):
            part = slice(start, start + ROWS_PER_STATEMENT)
            rows = [
                _entry_row(entry_id, entry)
                for entry_id, entry in zip(ids[part], entries[part], strict=True)
            ]
            cursor.execute(
                INSERT_ENTRIES,
                [organisation_id, actor.user_id, actor.name[:200], at, _json(rows)],
            )


def insert_postings(
    organisation_id: int, ids: Sequence[int], entries: Sequence[NewEntry], base_currency: str
) -> None:
    rows: list[dict[str, Any]] = []
    with connection.cursor() as cursor:
        for row in _posting_rows(ids, entries, base_currency):
            rows.append(row)
            if len(rows) == ROWS_PER_STATEMENT:
                cursor.execute(INSERT_POSTINGS, [organisation_id, _json(rows)])
                rows.clear()
        if rows:
            cursor.execute(INSERT_POSTINGS, [organisation_id, _json(rows)])


def add_to_balances(
    organisation_id: int, changes: Sequence[BalanceChange], at: dt.datetime
) -> None:
    """Add to the balances by account and month, in key order."""
    rows = [
        {
            "account_id": change.account_id,
            "month": change.month,
            "debit": change.debit,
            "credit": change.credit,
        }
        for change in changes
    ]
    touched = sorted({change.account_id for change in changes})
    with connection.cursor() as cursor:
        cursor.execute(ADD_TO_BALANCES, [organisation_id, at, _json(rows)])
        cursor.execute(MOVE_ACCOUNTS, [at, organisation_id, touched])


def _entry_row(entry_id: int, entry: NewEntry) -> dict[str, Any]:
    return {
        "id": entry_id,
        "date": entry.date,
        "description": entry.description[:500],
        "reference": entry.reference,
        "source_type": str(entry.source.type),
        "source_id": entry.source.id,
        "reverses_id": entry.reverses_id,
        "reason": entry.reason[:500],
    }


def _posting_rows(
    ids: Sequence[int], entries: Sequence[NewEntry], base_currency: str
) -> Iterator[dict[str, Any]]:
    for entry_id, entry in zip(ids, entries, strict=True):
        for position, line in enumerate(entry.lines):
            foreign = line.amount if line.foreign_amount is None else line.foreign_amount
            yield {
                "entry_id": entry_id,
                "position": position,
                "account_id": line.account_id,
                "date": entry.date,
                "amount": line.amount,
                "currency": line.currency or base_currency,
                "foreign_amount": foreign,
                "rate": line.rate,
                "tax_code": line.tax_code,
                "net_amount": line.net_amount,
                "tax_amount": line.tax_amount,
                "tax_point": line.tax_point,
                "customer_id": line.customer_id,
                "supplier_id": line.supplier_id,
                "project_id": line.project_id,
            }


def _json(rows: list[dict[str, Any]]) -> str:
    return msgspec.json.encode(rows).decode()
