"""Erases a company so that it can be proved: its key, its rows, and a signed receipt of both."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import connection as database
from django.db import transaction
from django.utils.translation import gettext as _

from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.companies.models import CompanyKey
from bookbridge.bridge.companies.operations import delete_company
from bookbridge.bridge.companies.queries import company
from bookbridge.bridge.evidence.models import ErasureReceipt
from bookbridge.bridge.sync.operations.signing import canonical_text, sign

TABLES = """
SELECT c.relname FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'company_id' AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
ORDER BY c.relname
"""
# What stays: that the company was erased, and what others are still to be told of it, which goes
# when its own time is over.
STAYS = frozenset({"evidence_erasurereceipt", "webhooks_event"})


class ErasureIncompleteError(Exception):
    """Rows would have been left; nothing was erased."""

    code = "erasure_incomplete"


@transaction.atomic
def erase_company(
    *, client_id: UUID, company_id: UUID, actor: Actor, at: dt.datetime
) -> ErasureReceipt:
    """Destroy a company's data key and every row of it; returns the signed receipt.

    Raises CompanyNotFoundError, and ErasureIncompleteError if a table would keep anything.
    """
    found = company(client_id, company_id)
    key = CompanyKey.objects.filter(client_id=client_id, company_id=company_id).first()
    rows = {"companies_company": 1, **_counts(company_id)}
    delete_company(client_id=client_id, company_id=found.id, actor=actor, at=at)
    left = _counts(company_id)
    if any(table not in STAYS for table in left):
        raise ErasureIncompleteError(
            _("Rows would be left in %(tables)s; nothing was erased.")
            % {"tables": ", ".join(sorted(left.keys() - STAYS))}
        )
    text = canonical_text(
        {
            "statement": "erasure",
            "clientId": client_id,
            "companyId": company_id,
            "erasedAt": at,
            "erasedBy": actor.name,
            "rows": {table: count for table, count in rows.items() if table not in STAYS},
            "kept": {table: count for table, count in left.items() if table in STAYS},
            "dataKey": {
                "wasThere": key is not None,
                "wrappedByMasterKey": None if key is None else key.master_key_id,
                "madeAt": None if key is None else key.created_at,
            },
        }
    )
    signed = sign(text, at=at)
    return ErasureReceipt.objects.create(
        client_id=client_id,
        company_id=company_id,
        text=signed.text,
        key_id=signed.key_id,
        signature=signed.signature,
        erased_at=at,
    )


def _counts(company_id: UUID) -> dict[str, int]:
    """How many rows each table has of a company, those that have any."""
    found: dict[str, int] = {}
    with database.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            # Names from the catalogue, quoted by it.
            cursor.execute(
                f'SELECT count(*) FROM "{table}" WHERE company_id = %s',  # noqa: S608 - the database's own table names
                [company_id],
            )
            count = cursor.fetchone()[0]
            if count:
                found[table] = count
    return found
