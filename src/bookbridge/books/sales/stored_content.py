"""What the books already hold under the numbers of a sales file, as fingerprints."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db import connection

from bookbridge.books.sales.import_layout import ADJUSTMENT
from bookbridge.books.sales.importing import adjustment_digest, first_digest, next_digest

ROWS_PER_FETCH = 10_000

STORED_ADJUSTMENTS = """
SELECT e.reference, e.date, sum(p.amount)
FROM ledger_journalentry e
JOIN ledger_posting p ON p.organisation_id = e.organisation_id AND p.entry_id = e.id
JOIN ledger_nominalaccount a ON a.organisation_id = p.organisation_id AND a.id = p.account_id
WHERE e.organisation_id = %(organisation)s AND e.reference = ANY(%(numbers)s)
    AND e.source_type = 'ADJUSTMENT' AND a.role = 'DOUBTFUL_DEBTS_ALLOWANCE'
GROUP BY e.id
"""

# The tables of the two kinds; no name here comes from outside.
_STORED_LINES = """
SELECT d.number, '{kind}', d.date,
    CASE WHEN c.reference = %(counter)s THEN '' ELSE c.reference END,
    l.description, l.quantity, l.price
FROM {table} d
JOIN contacts_customer c ON c.organisation_id = d.organisation_id AND c.id = d.customer_id
JOIN {lines} l ON l.organisation_id = d.organisation_id AND l.{key} = d.id
WHERE d.organisation_id = %(organisation)s AND d.number = ANY(%(numbers)s)
ORDER BY d.id, l.position
"""
STORED_INVOICES = _STORED_LINES.format(
    kind="INVOICE", table="sales_invoice", lines="sales_invoiceline", key="invoice_id"
)
STORED_CREDIT_NOTES = _STORED_LINES.format(
    kind="CREDIT_NOTE", table="sales_creditnote", lines="sales_creditnoteline", key="credit_note_id"
)


def stored_digests(
    organisation_id: int, numbers: Collection[str], *, counter_reference: str
) -> dict[str, bytes]:
    """The fingerprints of the documents and adjustments that already have one of these numbers."""
    wanted: dict[str, Any] = {
        "organisation": organisation_id,
        "numbers": sorted(numbers),
        "counter": counter_reference,
    }
    found = _adjustments(wanted)
    with connection.cursor() as cursor:
        # A file asks for about everything there is, and tables filled a moment ago have no
        # statistics: left to guess, the planner looks line by line and takes ten times as long.
        cursor.execute("SET LOCAL enable_nestloop = off")
        for statement in (STORED_INVOICES, STORED_CREDIT_NOTES):
            cursor.execute(statement, wanted)
            while rows := cursor.fetchmany(ROWS_PER_FETCH):
                for number, kind, date, customer, description, quantity, price in rows:
                    before = found.get(number) or first_digest(kind, date, customer)
                    found[number] = next_digest(before, description, quantity, price)
        cursor.execute("SET LOCAL enable_nestloop = on")
    return found


def _adjustments(wanted: dict[str, Any]) -> dict[str, bytes]:
    with connection.cursor() as cursor:
        cursor.execute(STORED_ADJUSTMENTS, wanted)
        return {
            number: adjustment_digest(first_digest(ADJUSTMENT, date, ""), Decimal(amount))
            for number, date, amount in cursor.fetchall()
        }
