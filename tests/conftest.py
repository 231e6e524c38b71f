"""What every test of both halves together needs. Loads no Django."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bookbridge.kit.postgres.postmaster import running_postmaster
from bookbridge.kit.processes.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS_MAX = 240.0
STOP_SECONDS_MAX = 60.0
# Tests ask much and often, and all from one address.
UNHURRIED = {
    "BOOKBRIDGE_BRIDGE_API_REQUESTS_PER_COMPANY": "1000000",
    "BOOKBRIDGE_BRIDGE_API_REQUESTS_PER_MINUTE": "1000000",
}


@dataclass
class Installation:
    """`bookbridge serve` on a data directory and ports of its own."""

    data_dir: Path
    environment: dict[str, str] = field(default_factory=dict)
    bridge_port: int = field(default_factory=free_port)
    books_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def ready_file(self) -> Path:
        return self.data_dir.parent / "ready.json"

    @property
    def log_file(self) -> Path:
        return self.data_dir.parent / "serve.log"

    @property
    def ready(self) -> dict[str, Any]:
        values: dict[str, Any] = json.loads(self.ready_file.read_text())
        return values

    def start(self) -> dict[str, Any]:
        command = [sys.executable, "-m", "bookbridge.cli", "serve"]
        command += ["--data-dir", str(self.data_dir), "--ready-file", str(self.ready_file)]
        command += ["--bridge-port", str(self.bridge_port), "--books-port", str(self.books_port)]
        self.ready_file.unlink(missing_ok=True)
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                env={**os.environ, **UNHURRIED, **self.environment},
                start_new_session=True,
            )
        deadline = time.monotonic() + READY_SECONDS_MAX
        while not self.ready_file.exists():
            is_up = self.process.poll() is None and time.monotonic() < deadline
            assert is_up, self.log_file.read_text()[-4000:]
            time.sleep(0.1)
        return self.ready

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def children(self) -> dict[str, int]:
        """The process ids of `books serve`, `books worker`, `bridge serve`, `bridge worker`."""
        assert self.process is not None
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                words = (entry / "cmdline").read_text().split("\0")
                if parent == self.process.pid and "django" in words:
                    is_books = b"bookbridge.books" in (entry / "environ").read_bytes()
                    kind = words[words.index("django") + 1]
                    found[f"{'books' if is_books else 'bridge'} {kind}"] = int(entry.name)
            except OSError:
                continue
        return found

    def postmaster(self) -> int:
        """The process id of the embedded server."""
        found = running_postmaster(self.data_dir / "postgres" / "data")
        assert found is not None, "the embedded server does not run"
        return found.pid

    def command(self, half: str, *arguments: str) -> str:
        """Run `bookbridge HALF …` beside it; returns what it printed."""
        done = subprocess.run(
            [
                *[sys.executable, "-m", "bookbridge.cli", half],
                *["--data-dir", str(self.data_dir), *arguments],
            ],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **self.environment},
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout


@pytest.fixture(scope="session")
def running_installation() -> Iterator[Installation]:
    """Both halves, up for the whole session; a source on this machine is allowed."""
    # Not pytest's tmp_path: its parents are closed to the user that Postgres runs as.
    folder = Path(tempfile.mkdtemp(prefix="bookbridge-both-"))
    folder.chmod(0o711)
    running = Installation(
        folder / "data",
        environment={
            "BOOKBRIDGE_BRIDGE_ALLOW_PRIVATE_HOSTS": "true",
            # A connector that lives outside the package, as docs/writing-a-connector.md says.
            "BOOKBRIDGE_BRIDGE_CONNECTORS": "tests.connectors.tiny_ledger:TinyLedgerConnector",
            "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.getenv("PYTHONPATH")])]),
        },
    )
    try:
        running.start()
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def installation(running_installation: Installation) -> dict[str, Any]:
    """The ready file of the session's installation."""
    return running_installation.ready
