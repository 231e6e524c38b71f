"""Cash flow by the direct method: what the other side of every bank posting was."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from bookbridge.books.ledger.models import PROFIT_AND_LOSS_CATEGORIES, Category, Role
from bookbridge.books.reports.rules import CashFlow, CashFlowRow

CASH_CATEGORIES = (Category.BANK, Category.CREDIT_CARD)
OPERATING_ROLES = frozenset({Role.TRADE_DEBTORS, Role.TRADE_CREDITORS, Role.VAT})

OTHER_SIDES = """
WITH cash AS (
    SELECT id FROM ledger_nominalaccount
    WHERE organisation_id = %(organisation)s AND category = ANY(%(cash)s)
), moved AS (
    SELECT DISTINCT entry_id FROM ledger_posting
    WHERE organisation_id = %(organisation)s AND account_id IN (SELECT id FROM cash)
        AND date BETWEEN %(start)s AND %(end)s
)
SELECT a.id, a.code, a.name, a.category, a.role,
    coalesce(-sum(p.amount) FILTER (WHERE p.amount < 0), 0),
    coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0)
FROM moved JOIN ledger_posting p
    ON p.organisation_id = %(organisation)s AND p.entry_id = moved.entry_id
JOIN ledger_nominalaccount a ON a.organisation_id = p.organisation_id AND a.id = p.account_id
WHERE p.account_id NOT IN (SELECT id FROM cash)
GROUP BY a.id ORDER BY a.code
"""


def cash_flow(organisation_id: int, start: dt.date, end: dt.date) -> CashFlow:
    """Money in and out from `start` to `end`, both included."""
    operating: list[CashFlowRow] = []
    other: list[CashFlowRow] = []
    with connection.cursor() as cursor:
        cursor.execute(
            OTHER_SIDES,
            {
                "organisation": organisation_id,
                "cash": [str(category) for category in CASH_CATEGORIES],
                "start": start,
                "end": end,
            },
        )
        for account_id, code, name, category, role, receipts, payments in cursor.fetchall():
            row = CashFlowRow(account_id, code, name, category, receipts, payments)
            is_operating = category in PROFIT_AND_LOSS_CATEGORIES or role in OPERATING_ROLES
            (operating if is_operating else other).append(row)
    return CashFlow(start=start, end=end, operating=tuple(operating), other=tuple(other))
