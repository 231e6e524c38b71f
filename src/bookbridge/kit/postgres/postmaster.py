"""What is really running in a data directory: `postmaster.pid` is only a claim."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

POLL_SECONDS = 0.05
STRAYS_SECONDS_MAX = 5.0
PROC = Path("/proc")


@dataclass(frozen=True)
class Postmaster:
    """The server process that `postmaster.pid` names."""

    pid: int
    port: int
    is_ready: bool


def running_postmaster(cluster: Path) -> Postmaster | None:
    """The live server of this data directory; None for a stale, foreign or zombie process id."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
    except (OSError, ValueError, IndexError):
        return None
    if not _is_postgres_of(pid, cluster):
        return None
    port = int(lines[3]) if len(lines) > 3 and lines[3].strip().isdigit() else 0
    status = lines[7].strip() if len(lines) > 7 else ""
    return Postmaster(pid=pid, port=port, is_ready=status == "ready")


def clear_stale_lock(cluster: Path) -> None:
    """Remove a `postmaster.pid` that nobody stands behind; call only under the start lock.

    Postgres would refuse to start while the number in it is any live process or a zombie. Backends
    that outlived a killed postmaster are ended first, as two servers on one directory corrupt it.
    """
    if running_postmaster(cluster) is not None:
        return
    _end_strays(cluster)
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def is_alive(pid: int) -> bool:
    """True for a process that runs; a zombie does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return _state(pid) not in {"Z", "X", ""}


def _is_postgres_of(pid: int, cluster: Path) -> bool:
    if pid <= 1 or not is_alive(pid):
        return False
    if sys.platform != "linux":
        return "postgres" in _ps(pid, "comm=")
    try:
        # The postmaster and its backends all stand in the data directory.
        return _name(pid) == "postgres" and (PROC / str(pid) / "cwd").samefile(cluster)
    except OSError:
        return False


def _end_strays(cluster: Path) -> None:
    deadline = time.monotonic() + STRAYS_SECONDS_MAX
    while strays := _strays(cluster):
        overdue = time.monotonic() > deadline
        for pid in strays if overdue else ():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(POLL_SECONDS)


def _strays(cluster: Path) -> list[int]:
    if sys.platform != "linux":
        return []  # Postgres' own check of its shared memory stands guard there.
    pids = (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())
    return [pid for pid in pids if _is_postgres_of(pid, cluster)]


def _name(pid: int) -> str:
    return (PROC / str(pid) / "comm").read_text().strip()


def _state(pid: int) -> str:
    if sys.platform != "linux":
        return _ps(pid, "stat=")[:1]
    try:
        # The name may hold spaces and brackets; the state follows its last bracket.
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""


def _ps(pid: int, column: str) -> str:
    answer = subprocess.run(
        ["/bin/ps", "-o", column, "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip()
