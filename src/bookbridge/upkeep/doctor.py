"""`bookbridge doctor`: finds what is wrong with an installation and says what to do about it."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bookbridge.kit.env import SettingError
from bookbridge.kit.installation.databases import open_half
from bookbridge.kit.installation.halves import HALVES, Half
from bookbridge.kit.installation.running import django_command
from bookbridge.kit.postgres import EmbeddedPostgresError

FREE_BYTES_MIN = 1024**3
DIAGNOSE_SECONDS_MAX = 120
PRIVATE_FILES = ("secrets.json", "bridge-keys.json", "first-run.json")
OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO
# Postgres' own user may pass through the folder, as it must where root runs everything.
OTHERS_MAY_LOOK = 0o066
LINES_SHOWN = 3


@dataclass(frozen=True)
class Note:
    """One line of the report; `grade` is ok, note or bad."""

    where: str
    grade: str
    what: str
    remedy: str = ""


def examine(data_dir: Path) -> Iterator[Note]:
    """Every check, as it is made; a stopped server is started to be asked, nothing is changed."""
    yield from _python()
    yield from _folder(data_dir)
    if data_dir.is_dir() or all(half.has_own_server(os.environ) for half in HALVES):
        for half in HALVES:
            yield from _half(half, data_dir)


def _python() -> Iterator[Note]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Note("machine", "ok", f"Python {version}.")


def _folder(data_dir: Path) -> Iterator[Note]:
    if not data_dir.is_dir():
        yield Note(
            "data",
            "note",
            f"There is no data directory at {data_dir}.",
            "'bookbridge serve' makes it; or name the right one with --data-dir.",
        )
        return
    mode = stat.S_IMODE(data_dir.stat().st_mode)
    if mode & OTHERS_MAY_LOOK:
        yield Note(
            "data",
            "bad",
            f"{data_dir} is open to other users of the machine (mode {mode:o}).",
            f"chmod go-rw {data_dir}",
        )
    for path in (data_dir / name for name in PRIVATE_FILES):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & OTHERS_MAY:
            yield Note("data", "bad", f"{path} can be read by others.", f"chmod 600 {path}")
    free = shutil.disk_usage(data_dir).free
    gigabytes = free / 1024**3
    if free < FREE_BYTES_MIN:
        yield Note(
            "data",
            "bad",
            f"Only {gigabytes:.1f} GB are free at {data_dir}.",
            "Make room: Postgres stops when the disk is full.",
        )
    else:
        yield Note("data", "ok", f"{data_dir}, {gigabytes:.0f} GB free.")


def _half(half: Half, data_dir: Path) -> Iterator[Note]:
    try:
        with open_half(half, data_dir) as environment:
            done = subprocess.run(
                django_command("diagnose"),
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=DIAGNOSE_SECONDS_MAX,
            )
    except (EmbeddedPostgresError, SettingError) as error:
        yield Note(half.name, "bad", str(error))
        return
    for line in done.stdout.splitlines():
        found = json.loads(line)
        yield Note(half.name, found["grade"], found["what"], found["remedy"])
    if done.returncode:
        said = " | ".join(done.stderr.strip().splitlines()[-LINES_SHOWN:])
        yield Note(half.name, "bad", f"It cannot look at itself: {said}")
