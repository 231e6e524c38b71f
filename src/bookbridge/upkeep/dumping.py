"""Runs Postgres' own programs: pg_dump and pg_restore, with the password out of sight."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from bookbridge.kit.postgres.binaries import client_program
from bookbridge.upkeep.errors import UpkeepError

DUMP_SECONDS_MAX = 6 * 60 * 60
LINES_SHOWN = 5


def dump_database(url: str, target: Path) -> None:
    """A consistent copy of one database in Postgres' custom format."""
    _run("pg_dump", url, "--format=custom", f"--file={target}")


def restore_database(url: str, source: Path) -> None:
    """All of it or nothing: the database must be empty."""
    _run(
        "pg_restore",
        url,
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={conninfo_to_dict(url)['dbname']}",
        str(source),
    )


def _run(program: str, url: str, *arguments: str) -> None:
    parts = conninfo_to_dict(url)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD",
             "dbname": "PGDATABASE", "sslmode": "PGSSLMODE"}  # fmt: skip
    # Arguments are visible to every user of the machine, the environment is not.
    hidden = {names[key]: str(value) for key, value in parts.items() if key in names}
    done = subprocess.run(
        [str(client_program(program)), "--no-password", *arguments],
        env={"PATH": os.environ.get("PATH", ""), **hidden},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=DUMP_SECONDS_MAX,
    )
    if done.returncode:
        said = " | ".join(done.stderr.strip().splitlines()[-LINES_SHOWN:])
        raise UpkeepError(f"{program} failed: {said}")
