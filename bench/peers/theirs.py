"""A trial of another tool: a process of its own, its own source, an empty database."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from bench.measuring import MEGABYTE, SAMPLE_SECONDS
from bench.peers.cases import Row, Trial
from bench.peers.tools import RUN_SECONDS_MAX, Place, Tool

TOKEN = "peer-token"
POLL_SECONDS = 0.05


@dataclass
class TheirTrial(Trial):
    """One tool, one source, one empty database."""

    tool: Tool
    place: Place

    def control(self, order: str, **said: Any) -> None:
        httpx.post(f"{self.place.source_url}/control/{order}", json=said).raise_for_status()

    def read(self) -> bool:
        return self.tool.start(self.place).wait(RUN_SECONDS_MAX) == 0

    def read_and_kill(self, page: int) -> None:
        process = self.tool.start(self.place)
        until = time.monotonic() + RUN_SECONDS_MAX
        while time.monotonic() < until and not any(f"={page}&" in f"{p}&" for p in self.requests()):
            time.sleep(POLL_SECONDS)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def truth(self) -> dict[str, Row]:
        reply = httpx.get(f"{self.place.source_url}/control/rows?list=transactions")
        rows = json.loads(reply.text, parse_float=Decimal)["rows"]
        return {row["id"]: row["attributes"] for row in rows}

    def rows(self) -> list[tuple[str, Row]]:
        return self.tool.rows(self.place)

    def requests(self) -> Counter[str]:
        reply = httpx.get(f"{self.place.source_url}/control/state")
        return Counter(reply.json()["requests"])

    def speed(self) -> tuple[float, float]:
        """Wall seconds and the peak megabytes of the whole tree, from start-up to the last row."""
        started, peak = time.perf_counter(), 0.0
        process = self.tool.start(self.place)
        while process.poll() is None:
            try:
                root = psutil.Process(process.pid)
                tree = [root, *root.children(recursive=True)]
                peak = max(peak, sum(one.memory_info().rss for one in tree) / MEGABYTE)
            except psutil.Error:
                pass
            time.sleep(SAMPLE_SECONDS / 4)
        return time.perf_counter() - started, peak


@contextmanager
def trial_of(tool: Tool, rows: int, admin_url: str, number: int) -> Iterator[TheirTrial]:
    """A fresh source, database and folder for one trial."""
    folder = Path(tempfile.mkdtemp(prefix="bookbridge-peer-"))
    name = f"peer_{number}"
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    parts = conninfo_to_dict(admin_url)
    url = f"postgresql://{parts['user']}:{parts['password']}@{parts['host']}:{parts['port']}/{name}"
    try:
        with _source(rows) as source_url:
            yield TheirTrial(tool, Place(source_url, TOKEN, url, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with psycopg.connect(admin_url, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _source(rows: int) -> Iterator[str]:
    program = Path(__file__).parent.parent / "misbehaving_source.py"
    command = [sys.executable, str(program), "--rows", str(rows), "--token", TOKEN]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
