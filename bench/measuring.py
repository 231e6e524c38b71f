"""Clocks, peak memory of processes, and how a result is printed."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

SAMPLE_SECONDS = 0.2
MEGABYTE = 1024 * 1024


@dataclass
class Result:
    """One line of the report; `ratio` is ours divided by the rival's or the limit's."""

    what: str
    ours: str
    beside: str
    ratio: float | None
    notes: str = ""

    def line(self) -> str:
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return f"{self.what:<44} {self.ours:<26} {self.beside:<38} {ratio:>6}  {self.notes}"


@dataclass
class Memory:
    """Peak resident megabytes of each watched process, by a short name."""

    peaks: dict[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        ordered = sorted(self.peaks.items(), key=lambda pair: -pair[1])
        return ", ".join(f"{name} {peak:.0f} MB" for name, peak in ordered)

    @property
    def largest(self) -> float:
        return max(self.peaks.values(), default=0.0)


@contextmanager
def watching(root_pid: int) -> Iterator[Memory]:
    """Samples the Python processes below `root_pid`; Postgres shares memory and is left out."""
    memory, stop = Memory(), threading.Event()

    def sample() -> None:
        while not stop.wait(SAMPLE_SECONDS):
            try:
                found = psutil.Process(root_pid).children(recursive=True)
            except psutil.Error:
                return
            for process in found:
                try:
                    name = _name(process)
                    size = process.memory_info().rss / MEGABYTE
                except psutil.Error:
                    continue
                if name:
                    memory.peaks[name] = max(memory.peaks.get(name, 0.0), size)

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield memory
    finally:
        stop.set()
        thread.join()


def _name(process: psutil.Process) -> str:
    words = process.cmdline()
    if not any("python" in word for word in words[:1]):
        return ""
    settings = process.environ().get("DJANGO_SETTINGS_MODULE", "")
    half = "books" if "books" in [*settings.split("."), *words] else "bridge"
    for role in ("worker", "serve", "import_sales"):
        if role in words:
            return f"{half} {role}"
    return ""


def timed(action: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def median_seconds(action: Callable[[], object], runs: int) -> float:
    """The median of several calls, after one that warms up."""
    action()
    return statistics.median(timed(action) for _ in range(runs))
