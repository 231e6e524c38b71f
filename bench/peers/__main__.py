"""`python -m bench.peers`: ours and other tools, through the same cases and at the same size."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from tests.conftest import Installation

from bench.peers.cases import CASES
from bench.peers.ours import our_trial
from bench.peers.theirs import trial_of
from bench.peers.tools import TOOLS, say
from bookbridge.kit.postgres import EmbeddedPostgres

CASE_ROWS, SPEED_ROWS = 1_000, 20_000
CONNECTOR = "tests.connectors.tiny_ledger:TinyLedgerConnector"
ROOT = Path(__file__).parent.parent.parent


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="bookbridge-peers-"))
    folder.chmod(0o711)
    try:
        ours(folder)
        theirs(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def ours(folder: Path) -> None:
    running = Installation(
        folder / "data",
        environment={
            "BOOKBRIDGE_BRIDGE_ALLOW_PRIVATE_HOSTS": "true",
            "BOOKBRIDGE_BRIDGE_CONNECTORS": CONNECTOR,
            "PYTHONPATH": str(ROOT),
            # The source is ours: it asks nobody to hold back.
            "BOOKBRIDGE_BRIDGE_SOURCE_LIMITS": "tiny=5000/5000",
            "BOOKBRIDGE_BRIDGE_API_REQUESTS_PER_COMPANY": "1000000",
            "BOOKBRIDGE_BRIDGE_API_REQUESTS_PER_MINUTE": "1000000",
        },
    )
    running.start()
    try:
        for name, case in CASES:
            with our_trial(running, CASE_ROWS) as trial:
                line("Bookbridge", name, case(trial) or "right")
        with our_trial(running, SPEED_ROWS) as trial:
            seconds, memory = trial.speed()
        line("Bookbridge", f"{SPEED_ROWS:,} rows", f"{SPEED_ROWS / seconds:,.0f}/s, {memory}")
    finally:
        running.stop()


def theirs(folder: Path) -> None:
    number = 0
    with EmbeddedPostgres(folder / "peers") as server:
        for tool in TOOLS:
            tool.install()
            for name, case in CASES:
                number += 1
                with trial_of(tool, CASE_ROWS, server.admin_url, number) as trial:
                    line(tool.name, name, case(trial) or "right")
            number += 1
            with trial_of(tool, SPEED_ROWS, server.admin_url, number) as trial:
                seconds, peak = trial.speed()
            line(
                tool.name, f"{SPEED_ROWS:,} rows", f"{SPEED_ROWS / seconds:,.0f}/s, {peak:,.0f} MB"
            )


def line(tool: str, what: str, found: str) -> None:
    say(f"{tool:<18} {what:<34} {found}")


if __name__ == "__main__":
    sys.exit(main())
