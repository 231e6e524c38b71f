"""The floor of a sync: fetch the same pages over plain HTTP and COPY their bodies to a table."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import psycopg

PAGES_MAX = 100_000
RESOURCES = ("customers", "nominal_accounts", "tax_codes", "invoices", "credit_notes",
             "journal_entries", "write_offs", "projects", "suppliers", "items")  # fmt: skip


def fetch_and_copy(
    *, books_url: str, headers: dict[str, str], company_id: str, database_url: str
) -> int:
    """Read every list of a company to its empty page; returns how many records were copied."""
    where = urlsplit(books_url)
    count = 0
    with psycopg.connect(database_url) as database:
        database.execute("CREATE TEMP TABLE floor (resource text, body text)")
        for resource in RESOURCES:
            server = http.client.HTTPConnection(where.hostname or "", where.port)
            with database.cursor().copy("COPY floor (resource, body) FROM STDIN") as copy:
                for page in range(1, PAGES_MAX):
                    path = f"/api/v1/companies/{company_id}/{resource}?page={page}&size=100"
                    server.request("GET", path, headers=headers)
                    records = json.loads(server.getresponse().read()).get("data") or []
                    if not records:
                        break
                    for record in records:
                        copy.write_row((resource, json.dumps(record)))
                    count += len(records)
            server.close()
    return count
