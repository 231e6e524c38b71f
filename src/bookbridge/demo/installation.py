"""Starts `bookbridge serve` for the demo and stops it again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bookbridge.kit.postgres.cluster import make_data_dir

READY_SECONDS_MAX = 180
STOP_SECONDS_MAX = 60
POLL_SECONDS = 0.25


class DemoError(Exception):
    """The demo cannot go on; the sentence says why."""

    code = "demo"


@dataclass(frozen=True)
class Ready:
    """What the ready file says; see the contract in the README."""

    bridge_url: str
    api_url: str
    api_key: str
    portal_email: str
    portal_password: str
    books_url: str
    outbox: Path


@contextmanager
def running(data_dir: Path, bridge_port: int, books_port: int) -> Iterator[Ready]:
    """Both halves up and answering; stops them at the end."""
    ready_file = data_dir / "ready.json"
    make_data_dir(data_dir)
    ready_file.unlink(missing_ok=True)
    command = [
        sys.executable, "-m", "bookbridge.cli", "serve",
        "--data-dir", str(data_dir),
        "--bridge-port", str(bridge_port),
        "--books-port", str(books_port),
        "--ready-file", str(ready_file),
    ]  # fmt: skip
    # The demo's bridge calls a source on this machine; a real one calls public hosts only.
    environment = {**os.environ, "BOOKBRIDGE_BRIDGE_ALLOW_PRIVATE_HOSTS": "true"}
    with (data_dir / "serve.log").open("ab") as log:
        server = subprocess.Popen(
            command, stdout=log, stderr=log, env=environment, start_new_session=True
        )
        try:
            yield _await_ready(server, ready_file, data_dir / "serve.log")
        finally:
            _stop(server)


def _await_ready(server: subprocess.Popen[bytes], ready_file: Path, log: Path) -> Ready:
    until = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < until:
        if server.poll() is not None:
            raise DemoError(f"bookbridge serve ended at once:\n{_tail(log)}")
        if ready_file.exists():
            found: dict[str, Any] = json.loads(ready_file.read_text())
            names = ("bridge_url", "api_url", "api_key", "portal_email", "portal_password")
            values = {name: str(found[name] or "") for name in (*names, "books_url")}
            return Ready(**values, outbox=Path(found["outbox"]))
        time.sleep(POLL_SECONDS)
    raise DemoError(f"Nothing answered within {READY_SECONDS_MAX} s:\n{_tail(log)}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def books_command(data_dir: Path, *arguments: str) -> str:
    """Run `bookbridge books …` on the running installation; returns what it printed."""
    command = [
        sys.executable,
        "-m",
        "bookbridge.cli",
        "books",
        "--data-dir",
        str(data_dir),
        *arguments,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DemoError(f"bookbridge books {arguments[0]} failed:\n{done.stderr[-2000:]}")
    return done.stdout
