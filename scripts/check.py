"""The gates other than tests: format, lint, types, import rules, migrations. All of them run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CODE = ("src", "tests", "bench", "scripts")
# Both checks read settings only; neither opens a connection.
PLACEHOLDER = "postgresql://nobody@127.0.0.1:1/none"


def half_environment(half: str) -> dict[str, str]:
    upper = half.upper()
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": f"bookbridge.{half}.settings",
        f"BOOKBRIDGE_{upper}_DATABASE_URL": PLACEHOLDER,
        f"BOOKBRIDGE_{upper}_SECRET_KEY": "only-for-checks",
    }


def steps() -> list[tuple[str, list[str], dict[str, str]]]:
    plain = dict(os.environ)
    found = [
        ("format", [str(BIN / "ruff"), "format", "--check", "--quiet", *CODE], plain),
        ("lint", [str(BIN / "ruff"), "check", "--quiet", *CODE], plain),
        ("import rules", [str(BIN / "lint-imports"), "--no-cache"], plain),
    ]
    for half in ("books", "bridge"):
        environment = half_environment(half)
        found.append((f"types of {half}", mypy(half), environment))
        django = [sys.executable, "-W", "ignore", "-m", "django"]
        found.append(
            (
                f"migrations of {half}",
                [*django, "makemigrations", "--check", "--dry-run"],
                environment,
            )
        )
    return found


def mypy(half: str) -> list[str]:
    return [
        str(BIN / "mypy"),
        f"--cache-dir=.mypy_cache/{half}",
        "-p", f"bookbridge.{half}",
        "-p", "bookbridge.kit",
    ]  # fmt: skip


def main() -> int:
    failed = []
    for name, command, environment in steps():
        status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        print(f"{'ok  ' if status == 0 else 'FAIL'} {name}", flush=True)
        if status:
            failed.append(name)
    if failed:
        print(f"Failed: {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
