import os
import time
from pathlib import Path

from procrastinate.contrib.django import app


@app.task(name="probe.nap")
def nap(seconds: float, diary: str) -> None:
    """Write the worker's pid, sleep, write that it is done."""
    with Path(diary).open("a") as lines:
        lines.write(f"start {os.getpid()}\n")
    time.sleep(seconds)
    with Path(diary).open("a") as lines:
        lines.write(f"done {os.getpid()}\n")


@app.task(name="probe.die")
def die(diary: str) -> None:
    """Take the worker down, as a job that eats all memory would."""
    with Path(diary).open("a") as lines:
        lines.write(f"start {os.getpid()}\n")
    os.kill(os.getpid(), 9)
