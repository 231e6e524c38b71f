"""Three workers on machines of their own, killed and cut off at random while many companies sync.

In the end nothing is missing, nothing is there twice, and no token was used again. The machines
are network namespaces; the database and the source run here.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import psycopg
import pytest
from bench.misbehaving_source import Server, Source, make_source, start
from psycopg.conninfo import make_conninfo

from bookbridge.kit.databases import HalfDatabase, prepare_half
from bookbridge.kit.postgres import EmbeddedPostgres
from bookbridge.kit.postgres.postmaster import running_postmaster
from tests.conftest import ROOT
from tests.stories.namespaces import Machine, Network, network_of, why_impossible

COMPANIES = 200
ROWS = 3
SEED = 20_261_122
TROUBLE = ("kill", "cut", "database", "lose", "kill", "database")
WAIT_SECONDS_MAX = 300.0
POLL_SECONDS = 0.2
# The source's lists, and the data type that each becomes.
TYPES = {"customers": "customers", "transactions": "journalEntries"}
DATASETS = COMPANIES * len(TYPES)
STATES = "SELECT status, count(*) FROM sync_dataset GROUP BY 1"
DONE = "SELECT count(*) FROM sync_dataset WHERE status = 'Complete'"


@dataclass
class Receiver:
    """Where webhooks arrive: each id with everything that ever came under it."""

    bodies: dict[str, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def serve(self, host: str) -> tuple[Server, str]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.lock:
                    receiver.bodies[self.headers["webhook-id"]].add(body)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Quiet."""

        server = Server((host, 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server, f"http://{host}:{server.server_address[1]}/events"


class Database:
    """A Postgres of its own that machines reach at the hub's address."""

    def __init__(self, folder: Path, hub: str) -> None:
        self.folder, self.hub = folder, hub
        self.server = EmbeddedPostgres(folder, is_throwaway=True)
        self.server.start()
        rules = folder / "postgres" / "pg_hba.conf"
        rules.write_text("host all all 127.0.0.1/32 scram-sha-256\nhost all all 10.0.0.0/8 md5\n")
        rules.chmod(0o644)
        with psycopg.connect(self.server.admin_url, autocommit=True) as admin:
            admin.execute(f"ALTER SYSTEM SET listen_addresses = '127.0.0.1,{hub}'")
            admin.execute(f"ALTER SYSTEM SET hba_file = '{rules}'")
        self.kill()
        self.half: HalfDatabase = prepare_half(
            self.server.admin_url,
            database="bridge",
            role_prefix="bridge",
            owner_password=secrets.token_hex(12),
            app_password=secrets.token_hex(12),
        )

    @property
    def workers_url(self) -> str:
        return make_conninfo(self.half.app_url, host=self.hub)

    def kill(self) -> None:
        """The postmaster dies without a word, and is started again."""
        found = running_postmaster(self.folder / "postgres" / "data")
        assert found is not None
        os.kill(found.pid, signal.SIGKILL)
        until = time.monotonic() + WAIT_SECONDS_MAX
        while not self.server.ensure_running():
            assert time.monotonic() < until, "the killed server does not die"
            time.sleep(POLL_SECONDS)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What a statement gives; nothing while the server is away."""
        url = make_conninfo(self.server.admin_url, dbname="bridge")
        with psycopg.connect(url, connect_timeout=10) as admin:
            return admin.execute(statement).fetchall()

    def one(self, statement: str) -> Any:
        return self.rows(statement)[0][0]


@dataclass
class Worker:
    """A worker process on its machine; whoever supervises it there starts it again."""

    machine: Machine
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    def tend(self) -> None:
        if self.process is not None and self.process.poll() is None:
            return
        self.starts += 1
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.machine.command(sys.executable, "-m", "django", "worker"),
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()


@dataclass
class Estate:
    """Everything together: the database, the source, the receiver, three workers."""

    database: Database
    source: Source
    receiver: Receiver
    workers: list[Worker]

    def wait(self, happened: Callable[[], bool], what: str, without: Worker | None = None) -> None:
        until = time.monotonic() + WAIT_SECONDS_MAX
        while not happened():
            assert time.monotonic() < until, f"waited in vain for {what}\n{self.said()}"
            for worker in self.workers:
                if worker is not without:
                    worker.tend()
            time.sleep(POLL_SECONDS)

    def said(self) -> str:
        logs = [one.log.read_text()[-2000:] for one in self.workers if one.log.exists()]
        return "\n".join([str(self.database.rows(STATES)), *logs])

    def done(self) -> int:
        return int(self.database.one(DONE))

    def progress(self, datasets: int, without: Worker | None = None) -> None:
        """Wait until so many more datasets are done, or all are."""
        goal = min(self.done() + datasets, DATASETS)
        self.wait(lambda: self.done() >= goal, f"{goal} datasets", without)

    def trouble(self, kind: str, victim: Worker) -> None:
        if kind == "kill":
            victim.kill()
        elif kind == "database":
            self.database.kill()
        else:
            victim.machine.cut()
            if kind == "lose":
                # Its last words reach nobody: the server must find out by itself.
                victim.kill()
            try:
                self.progress(DATASETS // 20, without=victim)
            finally:
                victim.machine.mend()


@contextmanager
def estate_on(network: Network, folder: Path) -> Iterator[Estate]:
    source = make_source(rows=ROWS, customers=ROWS, companies=COMPANIES, lifetime=95)
    source_server, source_url = start(source, network.hub)
    receiver = Receiver()
    receiver_server, receiver_url = receiver.serve(network.hub)
    database = Database(folder, network.hub)
    environment = {
        **{name: value for name, value in os.environ.items() if "BOOKBRIDGE" not in name},
        "DJANGO_SETTINGS_MODULE": "bookbridge.bridge.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.getenv("PYTHONPATH")])]),
        "BOOKBRIDGE_BRIDGE_SECRET_KEY": secrets.token_hex(20),
        "BOOKBRIDGE_BRIDGE_KEYS": f"test:{secrets.token_urlsafe(32)}",
        "BOOKBRIDGE_BRIDGE_ALLOW_PRIVATE_HOSTS": "true",
        "BOOKBRIDGE_BRIDGE_CONNECTORS": "tests.connectors.tiny_ledger:TinyLedgerConnector",
        "BOOKBRIDGE_BRIDGE_DATABASE_URL": database.workers_url,
    }
    workers = [
        Worker(machine, environment, folder / f"{machine.name}.log") for machine in network.machines
    ]
    try:
        owner = {**environment, "BOOKBRIDGE_BRIDGE_OWNER_DATABASE_URL": database.half.owner_url}
        run(owner, "-m", "django", "migrate", "--database", "owner", "--verbosity", "0")
        links = [source_url, receiver_url, str(COMPANIES), *TYPES.values()]
        run(environment, "-m", "tests.stories.many_companies", *links)
        yield Estate(database, source, receiver, workers)
    finally:
        for worker in workers:
            worker.stop()
        database.server.stop()
        for server in (source_server, receiver_server):
            server.shutdown()
            server.server_close()


def run(environment: dict[str, str], *words: str) -> None:
    done = subprocess.run(
        [sys.executable, *words], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="module")
def estate() -> Iterator[Estate]:
    """The same estate after all its troubles, with nothing left to do."""
    reason = why_impossible()
    if reason:
        pytest.skip(reason)
    # Not pytest's tmp_path: its parents are closed to the user that Postgres runs as.
    folder = Path(tempfile.mkdtemp(prefix="bookbridge-three-"))
    folder.chmod(0o711)
    chance = random.Random(SEED)
    try:
        with network_of(3) as network, estate_on(network, folder) as found:
            for worker in found.workers:
                worker.tend()
            for kind in TROUBLE:
                found.progress(chance.randrange(DATASETS // 20, DATASETS // 10))
                found.trouble(kind, chance.choice(found.workers))
            found.wait(lambda: settled(found), "the end of every sync")
            yield found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def settled(estate: Estate) -> bool:
    """Nothing is read, compared or announced any more."""
    busy = """
        SELECT (SELECT count(*) FROM sync_dataset WHERE status <> 'Complete')
             + (SELECT count(*) FROM sync_refresh WHERE completed_at IS NULL)
             + (SELECT count(*) FROM webhooks_event WHERE sequence IS NULL)
    """
    return estate.done() == DATASETS and estate.database.one(busy) == 0


def test_every_certificate_is_complete_and_there_is_one_for_each_dataset(estate: Estate) -> None:
    found = estate.database.rows("""
        SELECT c.outcome, count(*), count(DISTINCT c.dataset_id) FROM sync_certificate c
        WHERE c.dataset_id IS NOT NULL GROUP BY 1
    """)
    assert found == [("COMPLETE", DATASETS, DATASETS)]


def test_every_company_has_exactly_the_records_of_its_source(estate: Estate) -> None:
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for number, data_type, record_id in estate.database.rows("""
        SELECT n.source_company_id, r.data_type, r.record_id FROM records_record r
        JOIN connections_connection n ON n.id = r.connection_id WHERE NOT r.is_deleted
    """):
        found[number][data_type].append(record_id)
    assert len(found) == COMPANIES
    for company in estate.source.companies:
        for name, data_type in TYPES.items():
            ids = sorted(row["id"] for row in company.rows[name])
            assert sorted(found[str(company.number)][data_type]) == ids


def test_no_token_was_used_again(estate: Estate) -> None:
    counts = estate.source.tokens.counts
    assert counts["consents"] == COMPANIES
    assert counts["refreshed"] >= COMPANIES / 2, "tokens did not lapse: the test shows nothing"
    assert counts["reused"] == 0
    assert counts["refused"] == 0


def test_no_webhook_id_told_of_two_events_and_no_event_had_two_ids(estate: Estate) -> None:
    ids: dict[str, list[str]] = defaultdict(list)
    assert estate.receiver.bodies
    for webhook_id, bodies in estate.receiver.bodies.items():
        assert len(bodies) == 1, f"{webhook_id} came with {len(bodies)} bodies"
        told = json.loads(next(iter(bodies)))
        ids[json.dumps(told["payload"], sort_keys=True)].append(webhook_id)
    assert not {payload: one for payload, one in ids.items() if len(one) > 1}
    events = dict(
        estate.database.rows("SELECT event_type, count(*) FROM webhooks_event GROUP BY 1")
    )
    assert events["read.completed"] == DATASETS
    assert events["read.completed.initial"] == COMPANIES


def test_the_troubles_were_real(estate: Estate) -> None:
    """Workers died, and pages were asked for again: at most once for each death."""
    starts = sum(worker.starts for worker in estate.workers)
    assert starts >= len(estate.workers) + TROUBLE.count("kill") + TROUBLE.count("lose")
    assert sum(Counter(TROUBLE).values()) == len(TROUBLE)
