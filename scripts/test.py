"""Runs the three test processes one after another and prints the true total last.

Each half has its own settings, so its tests have their own process; `tests/` loads no Django and
starts real processes. All three always run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUITES = ("src/bookbridge/books", "src/bookbridge/bridge", "tests")
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


def run(suite: str, report: Path, extra: list[str]) -> int:
    """One pytest process; returns its exit status."""
    command = [sys.executable, "-m", "pytest", suite, f"--junitxml={report}", "-q", *extra]
    return subprocess.run(command, cwd=ROOT, env=os.environ, check=False).returncode


def main(extra: list[str]) -> int:
    total, bad_status = Total(), False
    with tempfile.TemporaryDirectory() as folder:
        for number, suite in enumerate(SUITES):
            report = Path(folder) / f"{number}.xml"
            print(f"\n=== {suite}", flush=True)
            status = run(suite, report, extra)
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
