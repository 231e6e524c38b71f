"""Runs the three test processes and prints the true total last.

Each half has its own settings, so its tests have their own process; the two halves run side by
side. `tests/` starts real processes, so it has the machine to itself, with the kit's own tests. All
three always run.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HALVES = ("src/bookbridge/books", "src/bookbridge/bridge")
BOTH = ("src/bookbridge/kit", "src/bookbridge/verification", "tests")
NO_TESTS_COLLECTED = 5


@dataclass
class Total:
    """Counts of test outcomes; an error counts as a failure."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    skipped_for_data: int = 0

    def add(self, report: Path) -> None:
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            count = {
                key: int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")
            }
            self.failed += count["failures"] + count["errors"]
            self.skipped += count["skipped"]
            self.passed += count["tests"] - count["failures"] - count["errors"] - count["skipped"]
            self.skipped_for_data += sum(
                bool(re.search(r"no outside data", skip.get("message", "")))
                for skip in suite.iter("skipped")
            )


def command(suites: Sequence[str], report: Path, extra: list[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", *suites, f"--junitxml={report}", "-q", *extra]


def run_halves(folder: Path, extra: list[str]) -> dict[Path, int]:
    """Both halves at once; what each printed follows when it has ended."""
    started = []
    for number, suite in enumerate(HALVES):
        report, log = folder / f"{number}.xml", folder / f"{number}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command([suite], report, extra), cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
            )
        started.append((suite, report, log, process))
    statuses = {}
    for suite, report, log, process in started:
        statuses[report] = process.wait()
        print(f"\n=== {suite}\n{log.read_text(errors='replace')}", flush=True)
    return statuses


def run_both(folder: Path, extra: list[str]) -> dict[Path, int]:
    report = folder / "both.xml"
    print(f"\n=== {' and '.join(BOTH)}", flush=True)
    return {report: subprocess.run(command(BOTH, report, extra), cwd=ROOT, check=False).returncode}


def main(extra: list[str]) -> int:
    total, bad_status = Total(), False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for report, status in {**run_halves(folder, extra), **run_both(folder, extra)}.items():
            if report.exists():
                total.add(report)
            elif status != NO_TESTS_COLLECTED:
                total.failed += 1
            bad_status = bad_status or status not in (0, NO_TESTS_COLLECTED)
    if total.skipped_for_data:
        print(f"\nOutside data is absent: it skipped {total.skipped_for_data} tests.")
    if bad_status and not total.failed:
        total.failed = 1
    print(
        f"\n{total.passed} passed, {total.failed} failed"
        + (f", {total.skipped} skipped" if total.skipped else "")
    )
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
