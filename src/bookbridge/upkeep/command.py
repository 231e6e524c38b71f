"""The upkeep commands' arguments and what they print."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from bookbridge.kit.installation.halves import default_data_dir
from bookbridge.upkeep.backup import back_up, restore
from bookbridge.upkeep.doctor import examine

MARKS = {"ok": "ok  ", "note": "note", "bad": "BAD "}
KEYS_WARNING = (
    "It holds the keys that open everything in it. Keep it where only you can read it; "
    "--without-keys leaves them out."
)


def add_commands(commands: Any) -> None:
    """Add `backup`, `restore` and `doctor` to the command's parsers."""
    backup = commands.add_parser("backup", help="copy both databases and the keys into one file")
    backup.add_argument("file", type=Path)
    backup.add_argument("--without-keys", action="store_true", help="leave the keys out")
    backup.set_defaults(run=_backup)
    restoring = commands.add_parser("restore", help="put a back-up into an empty data directory")
    restoring.add_argument("file", type=Path)
    restoring.set_defaults(run=_restore)
    doctor = commands.add_parser("doctor", help="find what is wrong here and say what to do")
    doctor.set_defaults(run=_doctor)
    for parser in (backup, restoring, doctor):
        parser.add_argument("--data-dir", type=Path, default=None, metavar="DIR")


def _data_dir(options: argparse.Namespace) -> Path:
    found: Path = options.data_dir or default_data_dir()
    return found.expanduser().absolute()


def _backup(options: argparse.Namespace) -> int:
    manifest = back_up(
        _data_dir(options), options.file.absolute(), with_keys=not options.without_keys, say=_say
    )
    _say(f"{options.file}: made by version {manifest.version} at {manifest.made_at}")
    if manifest.has_keys:
        _say(KEYS_WARNING)
    return 0


def _restore(options: argparse.Namespace) -> int:
    data_dir = _data_dir(options)
    manifest = restore(options.file.absolute(), data_dir, say=_say)
    _say(f"restored what version {manifest.version} had at {manifest.made_at}")
    if not manifest.has_keys:
        _say(f"The keys were left out of it: put bridge-keys.json and secrets.json in {data_dir}.")
    _say(f"Start it with: bookbridge serve --data-dir {data_dir}")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    """Exit status 1 when something is broken."""
    is_bad = False
    for note in examine(_data_dir(options)):
        is_bad = is_bad or note.grade == "bad"
        _say(f"{MARKS[note.grade]} {note.where:<8} {note.what}")
        if note.remedy:
            _say(f"{'':>14}{note.remedy}")
    return 1 if is_bad else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
