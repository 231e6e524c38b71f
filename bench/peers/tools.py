"""Each tool under test: how it is installed, how it is run, and where its rows lie."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import venv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parent.parent / ".peers"
RUN_SECONDS_MAX = 600
# What a tool would tell its maker, and would look for on the internet.
QUIET = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "AIRBYTE_OFFLINE_MODE": "1",
    "DO_NOT_TRACK": "1",
}


@dataclass(frozen=True)
class Place:
    """Where one trial happens: the source, an empty database and a folder for the tool's state."""

    source_url: str
    token: str
    database_url: str
    folder: Path


@dataclass(frozen=True)
class Tool:
    """A rival, in an environment of its own, since their pins conflict."""

    name: str
    requirements: str
    column: str = "attributes"

    @property
    def bin(self) -> Path:
        return ENVIRONMENTS / self.requirements / "bin"

    def install(self) -> None:
        if (self.bin / ".installed").exists():
            return
        venv.create(self.bin.parent, with_pip=True)
        wanted = HERE / "requirements" / f"{self.requirements}.txt"
        subprocess.run(
            [self.bin / "pip", "install", "--quiet", "-r", wanted],
            check=True,
            stderr=subprocess.DEVNULL,
        )
        (self.bin / ".installed").touch()

    def command(self, place: Place) -> list[str]:
        python = str(self.bin / "python")
        if self.requirements != "singer":
            return [python, str(HERE / f"read_with_{self.requirements}.py")]
        tap, target = place.folder / "tap.json", place.folder / "target.json"
        tap.write_text("{}")
        parts = conninfo_to_dict(place.database_url)
        target.write_text(
            json.dumps(
                {
                    "host": parts["host"],
                    "port": int(str(parts["port"])),
                    "user": parts["user"],
                    "password": parts["password"],
                    "database": parts["dbname"],
                    "default_target_schema": "raw",
                    "load_method": "upsert",
                    "batch_size_rows": 10_000,
                    "use_copy": True,
                }
            )
        )
        piped = (
            f"set -o pipefail; {python} {HERE / 'singer_tap.py'} --config {tap}"
            f" | {self.bin / 'target-postgres'} --config {target} > /dev/null"
        )
        return ["bash", "-c", piped]

    def start(self, place: Place) -> subprocess.Popen[bytes]:
        """Start one reading, as the leader of a group of processes."""
        log = place.folder / "log"
        with log.open("ab") as output:
            output.write(f"$ {shlex.join(self.command(place))}\n".encode())
            return subprocess.Popen(
                self.command(place),
                cwd=place.folder,
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": str(place.folder),
                    **QUIET,
                    "PEER_SOURCE_URL": place.source_url,
                    "PEER_TOKEN": place.token,
                    "PEER_DATABASE_URL": place.database_url,
                    "PEER_FOLDER": str(place.folder),
                },
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def rows(self, place: Place) -> list[tuple[str, dict[str, Any]]]:
        """What the tool has stored: ids and attributes, amounts as exact as it kept them."""
        with psycopg.connect(place.database_url) as database:
            names = database.execute(
                "SELECT table_schema, table_name FROM information_schema.tables"
                " WHERE table_name = 'transactions' AND table_schema = 'raw'"
            ).fetchall()
            if not names:
                return []
            found = database.execute(
                sql.SQL("SELECT id, {}::text FROM {}").format(
                    sql.Identifier(self.column), sql.Identifier(*names[0])
                )
            ).fetchall()
        return [(key, json.loads(text, parse_float=Decimal)) for key, text in found]


TOOLS = (
    Tool("dlt 1.31", "dlt"),
    Tool("Singer SDK 0.54", "singer"),
    Tool("PyAirbyte 0.71", "airbyte"),
)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
