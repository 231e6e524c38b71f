"""Keeps child processes running, passes on what they say, and stops them in order."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bookbridge.kit.processes.parent import PARENT_VARIABLE

POLL_SECONDS = 0.1
BACKOFF_SECONDS_FIRST = 0.5
BACKOFF_SECONDS_MAX = 5.0
# A child that lived this long was healthy: its next restart is immediate and counts afresh.
HEALTHY_SECONDS = 60.0
RESTARTS_MAX = 20
JOIN_SECONDS_MAX = 5.0

Log = Callable[[str], None]


class TooManyRestartsError(RuntimeError):
    """A child process keeps dying; the sentence names it."""

    code = "too_many_restarts"


@dataclass(frozen=True)
class ChildSpec:
    """A process to keep running; lower `stop_order` stops first."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    stop_order: int = 0
    stop_seconds_max: float = 15.0


@dataclass
class _Child:
    spec: ChildSpec
    log: Log
    process: subprocess.Popen[str] | None = None
    reader: threading.Thread | None = None
    started_at: float = 0.0
    restarts: int = 0
    due_at: float = field(default=0.0)

    def start(self) -> None:
        """In a session of its own: Ctrl-C in the terminal reaches the supervisor alone."""
        self.process = subprocess.Popen(
            list(self.spec.command),
            env={**self.spec.environment, PARENT_VARIABLE: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.started_at = time.monotonic()
        self.due_at = 0.0
        self.reader = threading.Thread(target=self._pass_on, daemon=True)
        self.reader.start()

    def check(self) -> None:
        """Start again what died, later each time; raises TooManyRestartsError in the end."""
        now = time.monotonic()
        if self.due_at:
            if now >= self.due_at:
                self.start()
            return
        assert self.process is not None
        status = self.process.poll()
        if status is None:
            return
        if now - self.started_at > HEALTHY_SECONDS:
            self.restarts = 0
        self.restarts += 1
        if self.restarts > RESTARTS_MAX:
            raise TooManyRestartsError(
                f"{self.spec.name} ended {self.restarts} times in a row (last status {status}); "
                "its last lines above say why."
            )
        wait = min(BACKOFF_SECONDS_FIRST * 2 ** (self.restarts - 1), BACKOFF_SECONDS_MAX)
        self.log(f"{self.spec.name} ended with status {status}; starting again in {wait:.1f} s")
        self.due_at = now + wait

    def signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, number)

    def wait(self, deadline: float) -> None:
        """Wait for the end; at the deadline kill the whole session that the child leads."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.log(f"{self.spec.name} does not stop; killing it")
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.reader is not None:
            self.reader.join(JOIN_SECONDS_MAX)

    def _pass_on(self) -> None:
        assert self.process is not None
        stream = self.process.stdout
        assert stream is not None
        with stream:
            for line in stream:
                self.log(f"{self.spec.name:<13} | {line.rstrip()}")


class Supervisor:
    """The children of one installation."""

    def __init__(self, specs: Sequence[ChildSpec], log: Log) -> None:
        self._children = [_Child(spec, log) for spec in specs]

    def start(self) -> None:
        for child in self._children:
            child.start()

    def check(self) -> None:
        for child in self._children:
            child.check()

    def stop(self) -> None:
        """Ask the children to end, group by group, and kill those that take too long."""
        for order in sorted({child.spec.stop_order for child in self._children}):
            group = [child for child in self._children if child.spec.stop_order == order]
            for child in group:
                child.signal(signal.SIGTERM)
            deadline = time.monotonic() + max(child.spec.stop_seconds_max for child in group)
            for child in group:
                child.wait(deadline)

    def pids(self) -> dict[str, int]:
        """Process ids by name, for tests that kill."""
        return {
            child.spec.name: child.process.pid
            for child in self._children
            if child.process is not None
        }
