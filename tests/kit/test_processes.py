"""Workers and web servers under kills: real processes on a real queue. Loads no Django."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from bookbridge.kit.postgres import EmbeddedPostgres
from bookbridge.kit.postgres.postmaster import is_alive
from bookbridge.kit.processes import ChildSpec, Supervisor, TooManyRestartsError
from bookbridge.kit.processes import supervisor as supervision
from bookbridge.kit.processes.ports import PortInUseError, free_port, require_free_port

ROOT = Path(__file__).resolve().parents[2]
TAKEN_UP_SECONDS_MAX = 30.0


def wait_for(question: Callable[[], object], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


class Queue:
    """A migrated probe database, its jobs, and processes started on it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.diary = folder / "diary"
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "tests.kit.probe.settings",
            "PROBE_DATABASE_URL": url,
            "BOOKBRIDGE_WEB_WORKERS": "1",
        }
        self.processes: list[subprocess.Popen[bytes]] = []

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "django", *arguments]

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.folder / "log").open("ab")
        process = subprocess.Popen(
            self.command(*arguments), env=self.environment, stdout=log, stderr=log
        )
        log.close()
        self.processes.append(process)
        return process

    def defer(self, task: str, **arguments: object) -> int:
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args) "
                "VALUES ('default', %s, %s) RETURNING id",
                [task, json.dumps({**arguments, "diary": str(self.diary)})],
            ).fetchone()
        assert row is not None
        return int(row[0])

    def job(self, job_id: int) -> tuple[str, int]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(
                "SELECT status, attempts FROM procrastinate_jobs WHERE id = %s", [job_id]
            ).fetchone()
        assert row is not None
        return str(row[0]), int(row[1])

    def lines(self) -> list[str]:
        return self.diary.read_text().splitlines() if self.diary.exists() else []

    def clean(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    folder = Path(tempfile.mkdtemp(prefix="bookbridge-kit-"))
    with EmbeddedPostgres(folder, is_throwaway=True) as server:
        yield server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def template(server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute("CREATE DATABASE probe")
    url = server.admin_url.replace("/postgres?", "/probe?")
    queue = Queue(url, tmp_path_factory.mktemp("probe"))
    migrated = subprocess.run(
        queue.command("migrate", "--verbosity", "0"),
        env=queue.environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert migrated.returncode == 0, migrated.stderr
    return url


@pytest.fixture
def queue(template: str, tmp_path: Path) -> Iterator[Queue]:
    queue = Queue(template, tmp_path)
    yield queue
    queue.clean()
    with psycopg.connect(template, autocommit=True) as connection:
        connection.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def test_the_job_of_a_killed_worker_runs_again_soon_after_another_is_up(queue: Queue) -> None:
    job = queue.defer("probe.nap", seconds=2)
    first = queue.start("worker")
    wait_for(lambda: queue.lines() == [f"start {first.pid}"])
    first.kill()
    first.wait()
    second = queue.start("worker")
    wait_for(lambda: f"start {second.pid}" in queue.lines(), TAKEN_UP_SECONDS_MAX)
    wait_for(lambda: queue.job(job)[0] == "succeeded")
    assert queue.lines().count(f"start {second.pid}") == 1


def test_a_worker_told_to_stop_finishes_its_job_first(queue: Queue) -> None:
    job = queue.defer("probe.nap", seconds=2)
    worker = queue.start("worker")
    wait_for(lambda: queue.lines())
    worker.terminate()
    assert worker.wait(20) == 0
    assert queue.job(job) == ("succeeded", 1)
    assert queue.lines()[-1] == f"done {worker.pid}"


def test_a_worker_told_to_stop_gives_back_a_job_that_takes_too_long(queue: Queue) -> None:
    job = queue.defer("probe.nap", seconds=300)
    worker = queue.start("worker")
    wait_for(lambda: queue.lines())
    worker.terminate()
    assert worker.wait(20) == 0
    assert queue.job(job)[0] == "todo"


def test_a_job_that_always_kills_its_worker_fails_in_the_end(queue: Queue) -> None:
    job = queue.defer("probe.die")
    with psycopg.connect(queue.url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO procrastinate_events (job_id, type) "
            "SELECT %s, 'deferred_for_retry' FROM generate_series(1, 50)",
            [job],
        )
    assert queue.start("worker").wait(30) == -signal.SIGKILL
    queue.start("worker")
    wait_for(lambda: queue.job(job)[0] == "failed")


def test_a_worker_that_others_take_for_dead_leaves_its_job_to_them(queue: Queue) -> None:
    job = queue.defer("probe.nap", seconds=300)
    worker = queue.start("worker")
    wait_for(lambda: queue.lines())
    with psycopg.connect(queue.url, autocommit=True) as connection:
        connection.execute("DELETE FROM procrastinate_workers")
    assert worker.wait(20) == 1
    assert queue.job(job)[0] == "todo"


def test_a_worker_ends_with_its_killed_supervisor(queue: Queue) -> None:
    """The shell in between stands for the supervisor that the worker knows as its parent."""
    script = (
        "import os, subprocess, sys; "
        "os.environ['BOOKBRIDGE_PARENT_PID'] = str(os.getpid()); "
        "child = subprocess.Popen([sys.executable, '-m', 'django', 'worker']); "
        "print(child.pid, flush=True); child.wait()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        env=queue.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as supervisor:
        assert supervisor.stdout is not None
        worker = int(supervisor.stdout.readline())
        job = queue.defer("probe.nap", seconds=0)
        wait_for(lambda: queue.job(job)[0] == "succeeded")
        supervisor.kill()
    wait_for(lambda: not is_alive(worker))


def page(port: int) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def is_free(port: int) -> bool:
    try:
        require_free_port("127.0.0.1", port, "--port")
    except PortInUseError:
        return False
    return True


def test_a_web_server_answers_and_its_workers_end_with_its_killed_master(queue: Queue) -> None:
    port = free_port()
    master = queue.start("serve", "--port", str(port))
    wait_for(lambda: page(port))
    worker = int(page(port))
    assert worker != master.pid
    master.kill()
    master.wait()
    wait_for(lambda: not is_alive(worker))
    wait_for(lambda: is_free(port))


def test_a_killed_web_worker_is_replaced(queue: Queue) -> None:
    port = free_port()
    master = queue.start("serve", "--port", str(port))
    wait_for(lambda: page(port))
    worker = int(page(port))
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: page(port) not in {"", str(worker)})
    master.terminate()
    assert master.wait(20) == 0


def test_a_dead_child_is_started_again_and_its_words_are_passed_on() -> None:
    said: list[str] = []
    spec = ChildSpec(
        name="probe",
        command=[sys.executable, "-c", "import time; print('hello', flush=True); time.sleep(60)"],
        environment=os.environ,
    )
    supervisor = Supervisor([spec], said.append)
    supervisor.start()
    try:
        wait_for(lambda: any("hello" in line for line in said))
        first = supervisor.pids()["probe"]
        os.kill(first, signal.SIGKILL)

        def is_replaced() -> bool:
            supervisor.check()
            return supervisor.pids()["probe"] != first

        wait_for(is_replaced)
        wait_for(lambda: sum("hello" in line for line in said) == 2)
    finally:
        supervisor.stop()
    assert not is_alive(supervisor.pids()["probe"])


def test_a_child_that_keeps_dying_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "BACKOFF_SECONDS_MAX", 0.01)
    monkeypatch.setattr(supervision, "BACKOFF_SECONDS_FIRST", 0.01)
    spec = ChildSpec("probe", [sys.executable, "-c", "raise SystemExit(3)"], os.environ)
    supervisor = Supervisor([spec], lambda line: None)
    supervisor.start()

    def check_for_ever() -> bool:
        supervisor.check()
        return False

    with pytest.raises(TooManyRestartsError, match="status 3"):
        wait_for(check_for_ever)
    supervisor.stop()


def test_a_child_that_ignores_the_order_to_stop_is_killed() -> None:
    ignore = "import signal, time; signal.signal(15, signal.SIG_IGN); print('x', flush=True); "
    said: list[str] = []
    spec = ChildSpec(
        name="probe",
        command=[sys.executable, "-c", ignore + "time.sleep(600)"],
        environment=os.environ,
        stop_seconds_max=0.3,
    )
    supervisor = Supervisor([spec], said.append)
    supervisor.start()
    wait_for(lambda: said)
    supervisor.stop()
    assert not is_alive(supervisor.pids()["probe"])


def test_a_taken_port_is_refused_with_the_option_that_changes_it() -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        with pytest.raises(PortInUseError, match="--books-port"):
            require_free_port("127.0.0.1", squatter.getsockname()[1], "--books-port")
