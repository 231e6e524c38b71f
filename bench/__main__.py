"""`make bench`: import, first and second sync, one page of the API, a large trial balance.

`ARGS=pages` measures pages of a million records, `ARGS=scale` a thousand companies and one of a
million invoices, `ARGS=peers` other tools beside ours: each of these takes much longer.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psycopg
from tests.conftest import Installation
from tests.stories.conftest import NAMES
from tests.stories.proxy import Proxy
from tests.stories.world import Business, Linked, World

from bench import api_pages, scale
from bench.floor import fetch_and_copy
from bench.measuring import Result, median_seconds, timed, watching
from bench.peers import __main__ as peers
from bench.sales_file import read_only_seconds, sales_file
from bookbridge.demo.installation import Ready
from bookbridge.demo.syncing import BridgeApi
from bookbridge.kit.installation import BRIDGE, open_half

SYNC_SECONDS_MAX = 1_200
PAGE_RUNS = 30
SECOND_TO_FIRST_MAX = 1 / 3


def main() -> int:
    longer: dict[str, Callable[[], int]] = {
        "pages": api_pages.main,
        "scale": at_scale,
        "peers": peers.main,
    }
    return sum(longer[name]() for name in sys.argv[1:]) if sys.argv[1:] else the_short_one()


def at_scale() -> int:
    report([scale.many_small(), scale.one_huge()])
    return 0


def the_short_one() -> int:
    folder = Path(tempfile.mkdtemp(prefix="bookbridge-bench-"))
    folder.chmod(0o711)
    running = Installation(
        folder / "data",
        environment={
            "BOOKBRIDGE_BRIDGE_ALLOW_PRIVATE_HOSTS": "true",
            "BOOKBRIDGE_BRIDGE_API_REQUESTS_PER_COMPANY": "1000000",
            "BOOKBRIDGE_BRIDGE_API_REQUESTS_PER_MINUTE": "1000000",
        },
    )
    try:
        values = running.start()
        ready = Ready(**{n: str(values[n]) for n in NAMES}, outbox=Path(values["outbox"]))
        # No proxy: the bridge calls the books themselves.
        world = World(running, ready, Proxy(ready.books_url, ready.books_url), BridgeApi(ready))
        world.set_up()
        shop = world.new_business()
        results = [import_sales(world, shop, folder)]
        with open_half(BRIDGE, running.data_dir) as environment:
            database_url = environment["BOOKBRIDGE_BRIDGE_DATABASE_URL"]
            linked, measured = syncs(world, shop, database_url)
            results += [*measured, api_page(world, linked, database_url)]
        results.append(trial_balance(running))
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)
    report(results)
    return 0


def report(results: list[Result]) -> None:
    say(f"{'what':<44} {'ours':<26} {'beside':<38} {'ratio':>6}")
    for result in results:
        say(result.line())


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def import_sales(world: World, shop: Business, folder: Path) -> Result:
    path, origin = sales_file(folder)
    counted: list[tuple[int, int]] = []
    limit = timed(lambda: counted.append(read_only_seconds(path)))
    documents, lines = counted[0]
    with watching(os.getpid()) as memory:
        seconds = timed(
            lambda: world.running.command("books", "import_sales", shop.company_id, str(path))
        )
    return Result(
        f"import {documents:,} documents, {lines:,} lines",
        f"{seconds:.1f} s, {documents / seconds:,.0f}/s",
        f"reading and grouping the file {limit:.1f} s",
        seconds / limit,
        f"{origin}; peak {memory}",
    )


def syncs(world: World, shop: Business, database_url: str) -> tuple[Linked, list[Result]]:
    process = world.running.process
    assert process is not None
    with watching(process.pid) as memory:
        started = time.perf_counter()
        linked = world.link(shop)
        datasets = world.await_sync(linked, SYNC_SECONDS_MAX)
        first = time.perf_counter() - started
    peak = str(memory)
    outcomes = {one["outcome"] for one in world.certificates(linked, datasets).values()}
    compared = (world.reconciliation(linked, datasets) or {}).get("outcome")
    started = time.perf_counter()
    world.refresh(linked)
    second = time.perf_counter() - started
    headers = {name: shop.books.http.headers[name] for name in ("access-token", "client", "uid")}
    counted: list[int] = []
    floor = timed(
        lambda: counted.append(
            fetch_and_copy(
                books_url=world.ready.books_url,
                headers=headers,
                company_id=shop.company_id,
                database_url=database_url,
            )
        )
    )
    records = counted[0]
    return linked, [
        Result(
            f"first sync, {records:,} source records",
            f"{first:.1f} s, {records / first:,.0f}/s",
            f"plain fetch and COPY {floor:.1f} s",
            first / floor,
            f"certificates {outcomes}, {compared}; peak {peak}",
        ),
        Result(
            "second sync, nothing changed",
            f"{second:.1f} s",
            f"first sync {first:.1f} s",
            second / first,
            f"limit {SECOND_TO_FIRST_MAX:.2f}",
        ),
    ]


def api_page(world: World, linked: Linked, database_url: str) -> Result:
    company_id = linked.company_id
    key = base64.b64encode(world.ready.api_key.encode()).decode()
    path = f"/companies/{company_id}/data/invoices?page=100&pageSize=100"
    with httpx.Client(base_url=world.ready.api_url) as http:
        http.headers["Authorization"] = f"Basic {key}"
        ours = median_seconds(lambda: http.get(path).raise_for_status(), PAGE_RUNS)
        total = http.get(path).json()["totalResults"]
    with psycopg.connect(database_url) as database:
        client_id = client_of(world)
        database.execute("SELECT set_config('bookbridge.client_id', %s, false)", [client_id])
        beside = median_seconds(lambda: page_alone(database, client_id, linked), PAGE_RUNS)
    return Result(
        f"a page of 100 invoices of {total:,}",
        f"{ours * 1000:.1f} ms over HTTP",
        f"the same rows by plain OFFSET SQL {beside * 1000:.0f} ms",
        ours / beside,
    )


def client_of(world: World) -> str:
    profile: dict[str, Any] = json.loads((world.running.data_dir / "first-run.json").read_text())
    return str(profile["client_id"])


def page_alone(database: psycopg.Connection[Any], client_id: str, linked: Linked) -> None:
    """The rows of the page and the count of all, as the API needs both."""
    where = (
        "FROM records_record WHERE client_id = %s AND company_id = %s AND connection_id = %s "
        "AND data_type = 'invoices'"
    )
    mine = [client_id, linked.company_id, linked.connection_id]
    database.execute(
        f"SELECT body::text {where} ORDER BY order_date, id_length, record_id "
        "OFFSET 9900 LIMIT 100",
        mine,
    ).fetchall()
    database.execute(f"SELECT count(*) {where}", mine).fetchall()


def trial_balance(running: Installation) -> Result:
    printed = running.command("books", "shell", "-c", "import bench.trial_balance")
    figures = json.loads(printed.strip().splitlines()[-1])
    rate = figures["postings"] / figures["posting_seconds"]
    return Result(
        f"trial balance at {figures['postings']:,} postings",
        f"{figures['ours_seconds'] * 1000:.1f} ms",
        f"adding up the postings {figures['beside_seconds'] * 1000:.0f} ms",
        figures["ours_seconds"] / figures["beside_seconds"],
        f"posted at {rate:,.0f} postings/s",
    )


if __name__ == "__main__":
    sys.exit(main())
