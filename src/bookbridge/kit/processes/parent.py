"""A child whose parent was killed must not live for ever."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time

PARENT_VARIABLE = "BOOKBRIDGE_PARENT_PID"
PR_SET_PDEATHSIG = 1
POLL_SECONDS = 1.0


def end_with_parent(parent: int | None, end_signal: signal.Signals = signal.SIGTERM) -> None:
    """Have this process signalled when its parent is gone; at once if it is gone already."""
    if parent is None:
        return
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(end_signal))
    else:
        threading.Thread(target=_poll, args=(parent, end_signal), daemon=True).start()
    if os.getppid() != parent:
        os.kill(os.getpid(), end_signal)


def supervising_parent() -> int | None:
    """The supervisor that started this process, if one did."""
    value = os.environ.get(PARENT_VARIABLE, "")
    return int(value) if value.isdigit() else None


def _poll(parent: int, end_signal: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os.kill(os.getpid(), end_signal)
