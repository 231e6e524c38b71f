"""A page of 100 with a filter and an order, of one company's very many invoices: over HTTP, beside
its SQL alone.

`python -m bench.api_pages [RECORDS]` starts an installation of its own. "SQL alone" is the quicker
of the API's own statement and the plain statements that one would write by hand, run below the same
row security.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from bench.measuring import Result, median_seconds

if TYPE_CHECKING:
    from tests.conftest import Installation

RECORDS = 1_000_000
BATCH = 50_000
RUNS = 9
PAGE_SIZE = 100
RATIO_MAX = 3.0
VACUUM_SECONDS_MAX = 600
FIELDS = "BOOKBRIDGE_BENCH_PAGES"


@dataclass(frozen=True)
class Case:
    """What is asked of the API, and the conditions and order that one would write by hand."""

    query: str
    order_by: str
    page: int
    where: str
    order: str


CASES = (
    Case("", "", 5_000, "TRUE", "order_date"),
    Case("status=Submitted", "-dueDate", 1, "status = 'submitted'", "due_date DESC"),
    Case("totalAmount>500", "-totalAmount", 1, "total_amount > 500", "total_amount DESC"),
    Case("amountDue>0", "dueDate", 50, "amount_due > 0", "due_date"),
    Case("customerRef.id=77", "-issueDate", 1, "contact_id = '77'", "order_date DESC"),
    Case(
        "issueDate>=2022-01-01 && currency=GBP", "issueDate", 1_000,
        "order_date >= '2022-01-01' AND currency = 'GBP'", "order_date",
    ),
    Case("modifiedDate>2026-02-28", "-modifiedDate", 1, "modified_at > '2026-02-28'",
         "modified_at DESC"),
    Case("metadata.isDeleted!=true && sourceModifiedDate<2026-02-01", "-sourceModifiedDate", 1,
         "NOT is_deleted AND source_modified_at < '2026-02-01'", "source_modified_at DESC"),
    Case("invoiceNumber=INV-777", "", 1, "document_number = 'INV-777'", "order_date"),
    Case("{status=Paid || amountDue>100} && totalAmount<=900", "-amountDue", 10,
         "(status = 'paid' OR amount_due > 100) AND total_amount <= 900", "amount_due DESC"),
)  # fmt: skip

FILL = """
INSERT INTO records_record (company_id, connection_id, data_type, id_length, record_id, client_id,
    parent_id, body, content_hash, order_date, source_modified_at, modified_at, is_deleted,
    mapping_version, sources)
SELECT %(company)s, %(connection)s, 'invoices', length(n::text), n::text, %(client)s, '',
    jsonb_build_object(
        'id', n::text, 'invoiceNumber', 'INV-' || n, 'currency', 'GBP', 'currencyRate', 1,
        'customerRef', jsonb_build_object('id', (n %% 500)::text, 'companyName', 'No ' || n %% 500),
        'issueDate', day || 'T00:00:00', 'dueDate', day + 30 + n %% 7 || 'T00:00:00',
        'lineItems', jsonb_build_array(jsonb_build_object(
            'description', 'Consulting ' || n, 'unitAmount', amount, 'quantity', 1,
            'subTotal', amount, 'taxAmount', 0, 'totalAmount', amount,
            'accountRef', '{"id": "7109", "name": "Sales"}'::jsonb,
            'taxRateRef', '{"id": "1", "name": "Standard", "effectiveTaxRate": 20}'::jsonb,
            'trackingCategoryRefs', '[]'::jsonb)),
        'paymentAllocations', '[]'::jsonb, 'totalDiscount', 0, 'subTotal', amount,
        'totalTaxAmount', 0, 'totalAmount', amount, 'discountPercentage', 0,
        'amountDue', CASE WHEN n %% 50 = 0 THEN amount ELSE 0 END,
        'status', CASE WHEN n %% 50 = 0 THEN 'Submitted' ELSE 'Paid' END,
        'metadata', '{"isDeleted": false}'::jsonb, 'sourceModifiedDate', '2026-01-31T09:00:00Z'),
    decode(md5(n::text), 'hex'), day, '2026-01-31T09:00:00Z',
    timestamptz '2026-02-01T00:00:00Z' + n / 30000 * interval '1 day', false, '1', '[]'
FROM (SELECT n, date '2020-01-01' + n / 500 AS day, (n %% 9973) * 0.12 AS amount
      FROM generate_series(%(first)s::int, %(last)s::int) AS n) AS made
"""


def fill(records: int) -> None:
    """Inside `bookbridge bridge shell`: a company with so many invoices; prints its ids."""
    from django.db import connection as database
    from django.utils import timezone

    from bookbridge.bridge.clients.models import Client
    from bookbridge.bridge.clients.rules import Actor
    from bookbridge.bridge.clients.tenancy import client_scope
    from bookbridge.bridge.companies.operations import create_company
    from bookbridge.bridge.connections.models import Connection
    from bookbridge.bridge.sync.models import Dataset, Refresh

    now = timezone.now()
    client_id = Client.objects.values_list("id", flat=True).get()
    with client_scope(client_id):
        company = create_company(
            client_id=client_id, name="Many invoices", actor=Actor(None, "bench"), at=now
        )
        ids: dict[str, Any] = {"client_id": client_id, "company_id": company.id}
        linked = Connection.objects.create(
            **ids, integration_key="vjms", status="Linked", created_at=now, linked_at=now
        )
        ids["connection_id"] = linked.id
        refresh = Refresh.objects.create(
            **ids, requested_at=now, requested_by="bench", is_full=False
        )
        Dataset.objects.create(
            **ids, refresh=refresh, data_type="invoices", status="Complete", requested_at=now,
            completed_at=now,
        )  # fmt: skip
    values = {"client": client_id, "company": company.id, "connection": linked.id}
    for first in range(1, records + 1, BATCH):
        with client_scope(client_id), database.cursor() as cursor:
            last = min(first + BATCH - 1, records)
            cursor.execute(FILL, {**values, "first": first, "last": last})
    print(json.dumps({name: str(value) for name, value in ids.items()}))


def time_statements() -> None:
    """Inside the same shell: the seconds that each case takes without HTTP; prints a list."""
    from uuid import UUID

    from django.db import connection as database

    from bookbridge.bridge.api.data_lists import RecordList, page_statement
    from bookbridge.bridge.api.paging import Page
    from bookbridge.bridge.clients.tenancy import client_scope
    from bookbridge.bridge.datatypes import DataType

    given = json.loads(os.environ[FIELDS])
    key = (UUID(given["company_id"]), UUID(given["connection_id"]))
    records = RecordList(*key, DataType.INVOICES)
    seconds = []
    for case in CASES:
        page = Page(case.page, PAGE_SIZE, "", ())
        sql = page_statement(records, case.query, case.order_by, page)
        plain = (
            "FROM records_record WHERE connection_id = %s AND data_type = 'invoices'"
            f" AND {case.where}"
        )

        def ours(text: str = sql.text, params: Any = sql.params) -> None:
            with client_scope(UUID(given["client_id"])), database.cursor() as cursor:
                cursor.execute(text, params)
                cursor.fetchall()

        def by_hand(case: Case = case, plain: str = plain) -> None:
            with client_scope(UUID(given["client_id"])), database.cursor() as cursor:
                cursor.execute(
                    f"SELECT body::text {plain} ORDER BY {case.order}, order_date, id_length,"
                    f" record_id LIMIT {PAGE_SIZE} OFFSET {(case.page - 1) * PAGE_SIZE}",
                    key[1:],
                )
                cursor.fetchall()
                cursor.execute(f"SELECT count(*) {plain}", key[1:])
                cursor.fetchall()

        seconds.append(min(median_seconds(ours, RUNS), median_seconds(by_hand, RUNS)))
    print(json.dumps(seconds))


def api_pages(running: Installation, records: int = RECORDS) -> list[Result]:
    """Fill a company with so many invoices, then measure every case both ways."""
    ready = running.ready
    ids = _in_shell(running, f"fill({records})")
    _await_vacuum(running, ids)
    key = base64.b64encode(str(ready["api_key"]).encode()).decode()
    ours = []
    with httpx.Client(base_url=str(ready["api_url"]), timeout=120) as http:
        http.headers["Authorization"] = f"Basic {key}"
        path = f"/companies/{ids['company_id']}/data/invoices"
        for case in CASES:
            asked = {"query": case.query, "orderBy": case.order_by, "page": case.page}
            given = {"pageSize": PAGE_SIZE, **{name: one for name, one in asked.items() if one}}
            shown = _read(http, path, given)
            ours.append((median_seconds(partial(_read, http, path, given), RUNS), shown))
    beside = _in_shell(running, "time_statements()", ids)
    return [
        Result(
            f"{case.query or 'everything'} by {case.order_by or 'date'}, page {case.page}",
            f"{seconds * 1000:.1f} ms over HTTP",
            f"its SQL alone {alone * 1000:.1f} ms",
            # The limit is for full pages: of less, a request costs more than its statement.
            seconds / alone if shown == PAGE_SIZE else None,
            f"{records:,} invoices, {shown} shown; limit {RATIO_MAX:.0f}",
        )
        for case, (seconds, shown), alone in zip(CASES, ours, beside, strict=True)
    ]


def _read(http: httpx.Client, path: str, given: dict[str, Any]) -> int:
    """How many records the page has."""
    return len(http.get(path, params=given).raise_for_status().json()["results"])


def _in_shell(running: Installation, call: str, given: Any = None) -> Any:
    running.environment[FIELDS] = json.dumps(given)
    module = "bench.api_pages"
    printed = running.command("bridge", "shell", "-c", f"import {module}; {module}.{call}")
    return json.loads(printed.strip().splitlines()[-1])


def await_vacuum() -> None:
    """Inside the shell: until Postgres has noted which pages all can see, as it does by itself a
    minute or two after a big load; only then are lists read from the index alone."""
    from django.db import connection as database

    until = time.monotonic() + VACUUM_SECONDS_MAX
    while time.monotonic() < until:
        with database.cursor() as cursor:
            cursor.execute(
                "SELECT relallvisible >= relpages * 0.95 AND relpages > 0 FROM pg_class"
                " WHERE oid = 'records_record'::regclass"
            )
            if cursor.fetchone()[0]:
                break
        time.sleep(2)
    print("true")


def _await_vacuum(running: Installation, ids: Any) -> None:
    _in_shell(running, "await_vacuum()", ids)


@contextmanager
def _installation() -> Iterator[Installation]:
    from tests.conftest import Installation

    folder = Path(tempfile.mkdtemp(prefix="bookbridge-pages-"))
    folder.chmod(0o711)
    running = Installation(folder / "data")
    try:
        running.start()
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


def main(records: int = RECORDS) -> int:
    with _installation() as running:
        results = api_pages(running, records)
    for result in results:
        print(result.line())
    return 0 if all((one.ratio or 0) <= RATIO_MAX for one in results) else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
