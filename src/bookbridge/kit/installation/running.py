"""Everything that `serve` runs: Postgres, both web servers, both workers, in the right order."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from bookbridge.kit.databases import HalfDatabase
from bookbridge.kit.installation.databases import prepare_embedded
from bookbridge.kit.installation.environment import half_environment, with_addresses
from bookbridge.kit.installation.first_run import make_sign_ins, valid_sign_ins
from bookbridge.kit.installation.halves import BOOKS, BRIDGE, HALVES, Half
from bookbridge.kit.installation.secrets import installation_secrets
from bookbridge.kit.postgres import EmbeddedPostgres
from bookbridge.kit.postgres.cluster import make_data_dir
from bookbridge.kit.private_files import write_private_json
from bookbridge.kit.processes import ChildSpec, Supervisor
from bookbridge.kit.processes.ports import require_free_port
from bookbridge.kit.processes.supervisor import POLL_SECONDS, Log

ANSWER_SECONDS_MAX = 120.0
PROBE_SECONDS_MAX = 5.0
WEB_STOP_SECONDS_MAX = 15.0
WORKER_STOP_SECONDS_MAX = 20.0
SERVER_CHECK_SECONDS = 1.0


class StartError(RuntimeError):
    """The installation does not come up; the sentence says which part."""

    code = "start_failed"


@dataclass(frozen=True)
class ServeOptions:
    """What `bookbridge serve` is told."""

    data_dir: Path
    host: str = "127.0.0.1"
    bridge_port: int = 8000
    books_port: int = 8001
    ready_file: Path | None = None

    def port(self, half: Half) -> int:
        return self.books_port if half == BOOKS else self.bridge_port


class RunningInstallation:
    """A context in which both halves answer; `supervise` keeps them so."""

    def __init__(self, options: ServeOptions, log: Log) -> None:
        self.options = options
        self.ready: dict[str, str | None] = {}
        self._log = log
        self._server: EmbeddedPostgres | None = None
        self._supervisor: Supervisor | None = None
        self._environments: dict[Half, dict[str, str]] = {}

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def supervise(self, is_over: Callable[[], bool]) -> None:
        """Restart what dies until `is_over`; raises TooManyRestartsError when that is in vain."""
        check_server_at = 0.0
        while not is_over():
            self._require_supervisor().check()
            if self._server is not None and time.monotonic() >= check_server_at:
                check_server_at = time.monotonic() + SERVER_CHECK_SECONDS
                if self._server.ensure_running():
                    self._log("postgres had died and runs again")
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Web servers, then workers, which finish or give back their jobs, and Postgres last."""
        if self.options.ready_file is not None and self.ready:
            self.options.ready_file.unlink(missing_ok=True)
        if self._supervisor is not None:
            self._supervisor.stop()
            self._supervisor = None
        if self._server is not None:
            self._server.stop()
            self._server = None

    def pids(self) -> dict[str, int]:
        return self._require_supervisor().pids()

    def _start(self) -> None:
        options = self.options
        for half in HALVES:
            require_free_port(options.host, options.port(half), f"--{half.name}-port")
        if options.ready_file is not None:
            options.ready_file.unlink(missing_ok=True)
        make_data_dir(options.data_dir)
        (options.data_dir / "outbox").mkdir(mode=0o700, exist_ok=True)
        databases = self._prepare_databases()
        for half in HALVES:
            self._environments[half] = self._environment(half, databases[half], is_owner=False)
        self._migrate(databases)
        for half in HALVES:
            if databases[half] is not None:
                make_sign_ins(half, self._environments[half], options.data_dir)
        self._supervisor = Supervisor(self._specs(), self._log)
        self._supervisor.start()
        for half in HALVES:
            self._wait_until_it_answers(self._url(half))
        self.ready = self._ready_values(databases)
        if options.ready_file is not None:
            write_private_json(options.ready_file, self.ready)

    def _prepare_databases(self) -> dict[Half, HalfDatabase | None]:
        embedded = [half for half in HALVES if not half.has_own_server(os.environ)]
        found: dict[Half, HalfDatabase | None] = dict.fromkeys(HALVES)
        if embedded:
            self._server = EmbeddedPostgres(self.options.data_dir)
            self._server.start()
            for half in embedded:
                found[half] = prepare_embedded(half, self._server, self.options.data_dir)
        return found

    def _environment(
        self, half: Half, database: HalfDatabase | None, *, is_owner: bool
    ) -> dict[str, str]:
        environment = half_environment(
            half,
            base=os.environ,
            data_dir=self.options.data_dir,
            secrets=installation_secrets(self.options.data_dir),
            database=database,
            is_owner=is_owner,
        )
        return with_addresses(
            environment, half, host=self.options.host, port=self.options.port(half)
        )

    def _migrate(self, databases: Mapping[Half, HalfDatabase | None]) -> None:
        """Both halves at once, as their owners."""
        running: list[tuple[Half, subprocess.Popen[str]]] = []
        for half in HALVES:
            environment = self._environment(half, databases[half], is_owner=True)
            alias = "owner" if half.variable("OWNER_DATABASE_URL") in environment else "default"
            command = [*django_command("migrate"), "--database", alias, "--verbosity", "0"]
            command += ["--no-input"]
            process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
            running.append((half, process))
        try:
            outputs = [(half, process.communicate()[0], process) for half, process in running]
        finally:
            # Interrupted, they must not migrate on while the server stops.
            for _half, process in running:
                process.kill()
                process.wait()
        for half, output, process in outputs:
            if process.returncode:
                raise StartError(f"'{half.name} migrate' failed:\n{output.strip()}")

    def _specs(self) -> list[ChildSpec]:
        specs = []
        for half in HALVES:
            environment = self._environments[half]
            address = ["--host", self.options.host, "--port", str(self.options.port(half))]
            specs.append(
                ChildSpec(
                    name=f"{half.name} web",
                    command=[*django_command("serve"), *address],
                    environment=environment,
                    stop_order=0,
                    stop_seconds_max=WEB_STOP_SECONDS_MAX,
                )
            )
            specs.append(
                ChildSpec(
                    name=f"{half.name} worker",
                    command=django_command("worker"),
                    environment=environment,
                    stop_order=1,
                    stop_seconds_max=WORKER_STOP_SECONDS_MAX,
                )
            )
        return specs

    def _url(self, half: Half) -> str:
        return self._environments[half][half.variable("URL")].rstrip("/")

    def _wait_until_it_answers(self, url: str) -> None:
        deadline = time.monotonic() + ANSWER_SECONDS_MAX
        while not answers(url):
            if time.monotonic() > deadline:
                raise StartError(f"{url} does not answer after {ANSWER_SECONDS_MAX:.0f} s.")
            self._require_supervisor().check()
            time.sleep(POLL_SECONDS)

    def _ready_values(self, databases: Mapping[Half, HalfDatabase | None]) -> dict[str, str | None]:
        valid: dict[str, str | None] = {}
        for half in HALVES:
            if databases[half] is not None:
                environment = self._environments[half]
                valid.update(valid_sign_ins(half, environment, self.options.data_dir))
        return {
            "bridge_url": self._url(BRIDGE),
            "api_url": f"{self._url(BRIDGE)}/api",
            "api_key": valid.get("api_key"),
            "portal_email": valid.get("portal_email"),
            "portal_password": valid.get("portal_password"),
            "books_url": self._url(BOOKS),
            "books_email": valid.get("books_email"),
            "books_password": valid.get("books_password"),
            "outbox": self._environments[BOOKS]["BOOKBRIDGE_OUTBOX"],
        }

    def _require_supervisor(self) -> Supervisor:
        assert self._supervisor is not None, "the installation is not running"
        return self._supervisor


def django_command(name: str) -> list[str]:
    """One of Django's commands in a process of its own; its settings come by the environment."""
    return [sys.executable, "-m", "django", name]


def answers(url: str) -> bool:
    """True when an HTTP server answers here, be it with a refusal."""
    try:
        with urllib.request.urlopen(url, timeout=PROBE_SECONDS_MAX):  # noqa: S310 (our own address)
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
