"""Files of mode 600 in the data directory: secrets and locks, owned by the directory's owner."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

LOCK_POLL_SECONDS = 0.05


def write_private(path: Path, text: str) -> None:
    """Replace a file by one of mode 600, so that a reader sees the old text or the new one."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    _belong_to_folder(fresh)
    fresh.replace(path)


def write_private_json(path: Path, values: Mapping[str, object]) -> None:
    write_private(path, json.dumps(values, indent=2) + "\n")


def open_lock(path: Path) -> int:
    """A descriptor for `flock`, which the kernel gives back however its holder ends."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    _belong_to_folder(path)
    return descriptor


@contextmanager
def locked(path: Path, seconds_max: float) -> Iterator[None]:
    """Hold a file's lock alone; raises TimeoutError when another process keeps it."""
    descriptor = open_lock(path)
    try:
        deadline = time.monotonic() + seconds_max
        while not try_lock(descriptor):
            if time.monotonic() > deadline:
                raise TimeoutError(f"Another process has held {path} for {seconds_max:.0f} s.")
            time.sleep(LOCK_POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def try_lock(descriptor: int) -> bool:
    """Take the lock alone, without waiting; a shared lock held by others refuses it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def share_lock(descriptor: int) -> None:
    """Hold the lock together with others."""
    fcntl.flock(descriptor, fcntl.LOCK_SH)


def _belong_to_folder(path: Path) -> None:
    """What root writes into another user's directory must stay readable for that user."""
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.chown(path, folder.st_uid, folder.st_gid)
