"""`python -m bench.peers`: the other tools, through the same cases and at the same size."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from bench.measuring import MEGABYTE, SAMPLE_SECONDS
from bench.peers.cases import CASES, Trial
from bench.peers.tools import TOOLS, Place, Tool, say
from bookbridge.kit.postgres import EmbeddedPostgres

TOKEN = "peer-token"
CASE_ROWS, SPEED_ROWS = 1_000, 20_000


@contextmanager
def misbehaving_source(rows: int) -> Iterator[str]:
    program = Path(__file__).parent.parent / "misbehaving_source.py"
    command = [sys.executable, str(program), "--rows", str(rows), "--token", TOKEN]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait()


@contextmanager
def trial_of(tool: Tool, rows: int, admin_url: str, number: int) -> Iterator[Trial]:
    """A fresh source, database and folder for one trial."""
    folder = Path(tempfile.mkdtemp(prefix="bookbridge-peer-"))
    name = f"peer_{number}"
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    parts = conninfo_to_dict(admin_url)
    url = f"postgresql://{parts['user']}:{parts['password']}@{parts['host']}:{parts['port']}/{name}"
    try:
        with misbehaving_source(rows) as source_url:
            yield Trial(tool, Place(source_url, TOKEN, url, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with psycopg.connect(admin_url, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def speed(trial: Trial) -> str:
    """Wall seconds and the peak of the whole tree, from start-up to the last row."""
    started, peak = time.perf_counter(), 0.0
    process = trial.tool.start(trial.place)
    while process.poll() is None:
        try:
            root = psutil.Process(process.pid)
            tree = [root, *root.children(recursive=True)]
            peak = max(peak, sum(one.memory_info().rss for one in tree) / MEGABYTE)
        except psutil.Error:
            pass
        time.sleep(SAMPLE_SECONDS / 4)
    seconds = time.perf_counter() - started
    return f"{SPEED_ROWS / seconds:,.0f}/s, {peak:,.0f} MB"


def main() -> int:
    number = 0
    folder = Path(tempfile.mkdtemp(prefix="bookbridge-peers-"))
    folder.chmod(0o711)
    try:
        with EmbeddedPostgres(folder / "data") as server:
            for tool in TOOLS:
                tool.install()
                for name, case in CASES:
                    number += 1
                    with trial_of(tool, CASE_ROWS, server.admin_url, number) as trial:
                        say(f"{tool.name:<18} {name:<34} {case(trial) or 'right'}")
                number += 1
                with trial_of(tool, SPEED_ROWS, server.admin_url, number) as trial:
                    say(f"{tool.name:<18} {f'{SPEED_ROWS:,} rows':<34} {speed(trial)}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
