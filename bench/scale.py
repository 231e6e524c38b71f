"""Many small companies and one huge one: what a record costs, and whether that stays flat.

`python -m bench scale` links companies of the synthetic source through Link, with the worker held
still, then lets the worker go and watches it. Cost is CPU time of the bridge and of Postgres
together, since a shared machine's clock tells little; memory is the worker's.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
from tests.conftest import Installation
from tests.stories.conftest import NAMES

from bench.measuring import MEGABYTE, Result
from bookbridge.bridge.datatypes.status import IN_PROGRESS
from bookbridge.demo.browser import Browser
from bookbridge.demo.installation import Ready
from bookbridge.demo.story import PANDLE, set_up_integration
from bookbridge.demo.syncing import BridgeApi
from bookbridge.kit.installation import BRIDGE, open_half
from bookbridge.kit.processes.ports import free_port

SYNC_SECONDS_MAX = 3 * 60 * 60
SAMPLE_SECONDS = 1.0
START_SECONDS_MAX = 10.0
# Beside the invoices each company has accounts, a tax code and customers.
SMALL, HUGE = 200, 1_000_000
FLAT_MAX = 1.2


@dataclass(frozen=True)
class Run:
    """What one sync came to: CPU seconds of bridge and Postgres, the worker's peak megabytes."""

    seconds: float
    records: int
    cpu: float
    peak: float
    outcomes: dict[str, int]

    @property
    def cost(self) -> float:
        """CPU seconds a record."""
        return self.cpu / self.records


def cpu_of(worker: psutil.Process, postgres: psutil.Process) -> float:
    seconds = 0.0
    for process in (worker, postgres, *postgres.children()):
        try:
            spent = process.cpu_times()
        except psutil.Error:
            continue
        seconds += spent.user + spent.system
        if process is postgres:
            # Servers of sessions that have ended are counted by their parent.
            seconds += spent.children_user + spent.children_system
    return seconds


@contextmanager
def source() -> Iterator[str]:
    """The synthetic source on a free loopback port."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.synthetic.server", str(port)])
    url = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < until:
            try:
                httpx.get(f"{url}/control/requests")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()


@contextmanager
def bridge(source_url: str) -> Iterator[tuple[Installation, Ready, BridgeApi]]:
    """A fresh installation whose Pandle integration points at the source."""
    folder = Path(tempfile.mkdtemp(prefix="bookbridge-scale-"))
    folder.chmod(0o711)
    running = Installation(
        folder / "data",
        environment={
            "BOOKBRIDGE_BRIDGE_ALLOW_PRIVATE_HOSTS": "true",
            # The source is ours: it asks nobody to hold back.
            "BOOKBRIDGE_BRIDGE_SOURCE_LIMITS": f"{PANDLE}=5000/5000",
            "BOOKBRIDGE_BRIDGE_API_REQUESTS_PER_COMPANY": "1000000",
            "BOOKBRIDGE_BRIDGE_API_REQUESTS_PER_MINUTE": "1000000",
        },
    )
    try:
        values = running.start()
        ready = Ready(**{n: str(values[n]) for n in NAMES}, outbox=Path(values["outbox"]))
        lender = Browser()
        at_source = Ready(**{**ready.__dict__, "books_url": source_url})
        set_up_integration(lender, at_source, "synthetic", "synthetic-secret")
        lender.close()
        yield running, ready, BridgeApi(ready)
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


def link(ready: Ready, api: BridgeApi, name: str) -> str:
    """A company whose owner goes through Link; returns its id."""
    reply = api.http.post("/companies", json={"name": name})
    reply.raise_for_status()
    company_id = str(reply.json()["id"])
    browser = Browser()
    try:
        page = browser.open(f"{ready.bridge_url}/link/company/{company_id}")
        page = browser.open(page.link("/software"))
        page = browser.open(page.link(f"/software/{PANDLE}"))
        page = browser.submit(page.form_to("/authorisation"))
        assert page.url.endswith("/done"), page.text
    finally:
        browser.close()
    return company_id


@dataclass
class Counts:
    """What the bridge's database says of a run."""

    database: psycopg.Connection[Any]
    client_id: str

    def one(self, statement: str) -> int:
        with self.database.transaction():
            self.database.execute(
                "SELECT set_config('bookbridge.client_id', %s, true)", [self.client_id]
            )
            row = self.database.execute(statement).fetchone()
        return int(row[0]) if row else 0

    def waiting(self) -> int:
        words = ", ".join(f"'{status.value}'" for status in IN_PROGRESS)
        return self.one(
            f"SELECT (SELECT count(*) FROM sync_dataset WHERE status IN ({words}))"
            " + (SELECT count(*) FROM sync_refresh WHERE completed_at IS NULL)"
        )

    def companies_done(self) -> int:
        return self.one("SELECT count(*) FROM sync_refresh WHERE completed_at IS NOT NULL")

    def fetched(self) -> int:
        return self.one("SELECT COALESCE(sum(fetched), 0) FROM sync_resourcescan")

    def outcomes(self) -> dict[str, int]:
        words = ("COMPLETE", "INCOMPLETE", "RECONCILED", "DIFFERENCES", "MOVED", "NOT_COMPARED")
        found = {
            word: self.one(f"SELECT count(*) FROM sync_certificate WHERE outcome = '{word}'")
            for word in words
        }
        return {word: count for word, count in found.items() if count}


def run(companies: int, invoices: int) -> Run:
    """Sync so many companies of so many invoices, all linked before the first is read."""
    with source() as url, bridge(url) as (running, ready, api):
        worker = psutil.Process(running.children()["bridge worker"])
        postgres = psutil.Process(running.postmaster())
        httpx.post(f"{url}/control/size?invoices={invoices}").raise_for_status()
        worker.suspend()
        for number in range(companies):
            link(ready, api, f"Business {number + 1}")
        with (
            open_half(BRIDGE, running.data_dir) as environment,
            psycopg.connect(
                environment["BOOKBRIDGE_BRIDGE_DATABASE_URL"], autocommit=True
            ) as database,
        ):
            found = database.execute("SELECT id FROM clients_client").fetchone()
            assert found is not None
            counts = Counts(database, str(found[0]))
            started, before, peak = time.monotonic(), cpu_of(worker, postgres), 0.0
            worker.resume()
            while time.monotonic() - started < SYNC_SECONDS_MAX:
                time.sleep(SAMPLE_SECONDS)
                peak = max(peak, worker.memory_info().rss / MEGABYTE)
                if counts.companies_done() >= companies and not counts.waiting():
                    break
            return Run(
                seconds=time.monotonic() - started,
                records=counts.fetched(),
                cpu=cpu_of(worker, postgres) - before,
                peak=peak,
                outcomes=counts.outcomes(),
            )


def many_small(companies: int = 1_000, invoices: int = SMALL) -> Result:
    """The cost of a record of many companies beside that of a tenth as many."""
    what = f"{companies:,} companies x {invoices:,} invoices"
    return _beside(what, run(companies // 10, invoices), run(companies, invoices))


def one_huge(invoices: int = HUGE) -> Result:
    """The cost of a record of a huge company beside that of a tenth of its size."""
    return _beside(f"1 company x {invoices:,} invoices", run(1, invoices // 10), run(1, invoices))


def _beside(what: str, tenth: Run, whole: Run) -> Result:
    return Result(
        what,
        f"{whole.seconds:.0f} s, {whole.records / whole.seconds:,.0f}/s",
        f"CPU a record {whole.cost * 1e3:.2f} ms, at a tenth {tenth.cost * 1e3:.2f} ms",
        whole.cost / tenth.cost,
        f"limit {FLAT_MAX}; certificates {whole.outcomes}; worker's peak {whole.peak:.0f} MB,"
        f" at a tenth {tenth.peak:.0f} MB",
    )
