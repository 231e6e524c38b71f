"""The sign-ins of a first start: made once by each half, kept in one file, checked later."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from bookbridge.kit.installation.halves import Half
from bookbridge.kit.private_files import write_private_json

COMMAND_SECONDS_MAX = 120
VALUES_VARIABLE = "BOOKBRIDGE_FIRST_RUN"


class FirstRunError(RuntimeError):
    """A half could not make its first sign-in; the sentence repeats what it said."""

    code = "first_run_failed"


def make_sign_ins(half: Half, environment: Mapping[str, str], data_dir: Path) -> None:
    """Have the half make its first users, unless it did at an earlier start."""
    path = data_dir / "first-run.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    done: list[str] = list(kept.get("made_by", "").split())
    if half.name in done:
        return
    made = _run(half, environment, "--json")
    write_private_json(path, {**kept, **made, "made_by": " ".join([*done, half.name])})


def valid_sign_ins(
    half: Half, environment: Mapping[str, str], data_dir: Path
) -> dict[str, str | None]:
    """What the half made, with null for every value that no longer opens anything."""
    path = data_dir / "first-run.json"
    if not path.exists():
        return {}
    return _run(half, {**environment, VALUES_VARIABLE: path.read_text()}, "--check")


def _run(half: Half, environment: Mapping[str, str], flag: str) -> dict[str, str | None]:
    """Secrets pass through the environment and a pipe: arguments are visible to every user."""
    answer = subprocess.run(
        [sys.executable, "-m", "django", "first_run", flag],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=COMMAND_SECONDS_MAX,
    )
    if answer.returncode:
        raise FirstRunError(f"'{half.name} first_run {flag}' failed: {answer.stderr.strip()}")
    values: dict[str, str | None] = json.loads(answer.stdout)
    return values
