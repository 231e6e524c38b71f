"""The same trial of the bridge: a real installation, a connector of a few lines, Link, a sync.

It does more than the others in the same time: it maps, certifies and keeps every version.
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.conftest import Installation
from tests.stories.ledger_world import (
    Ledger,
    LedgerWorld,
    ledger_world,
    rows_at_source,
    rows_served,
)

from bench.measuring import Memory, watching
from bench.misbehaving_source import make_source
from bench.peers.cases import Row, Trial

FIELDS = ("date", "value-date", "amount", "balance", "memo", "modified-at")


@dataclass
class OurTrial(Trial):
    """One company of the bridge, and its books at the source."""

    world: LedgerWorld
    ledger: Ledger | None = None
    is_reading: bool = False

    @property
    def linked(self) -> Ledger:
        """Linking is the first reading."""
        if self.ledger is None:
            self.ledger = self.world.link()
        return self.ledger

    def control(self, order: str, **said: Any) -> None:
        # There is one business at this source, whether it is linked already or not.
        with self.world.source.lock:
            self.world.source.control(order, said)

    def read(self) -> bool:
        # Linking begins the first reading, and one that was cut off goes on by itself.
        is_begun = self.ledger is None or self.is_reading
        ledger, self.is_reading = self.linked, False
        if not is_begun:
            ledger.start_read()
        outcomes = {one["outcome"] for one in ledger.certificates().values()}
        return outcomes == {"COMPLETE"}

    def read_and_kill(self, page: int) -> None:
        ledger = self.linked
        ledger.wait(lambda: len(ledger.pages_read()) >= page, f"page {page}")
        os.kill(self.world.running.children()["bridge worker"], signal.SIGKILL)
        self.is_reading = True

    def truth(self) -> dict[str, Row]:
        return _named(rows_at_source(self.linked))

    def rows(self) -> list[tuple[str, Row]]:
        return list(_named(rows_served(self.linked)).items())

    def requests(self) -> Counter[str]:
        return Counter(self.world.source.requests)

    def speed(self) -> tuple[float, Memory]:
        """Wall seconds from the start of Link to the signed certificate, and peaks of memory."""
        process = self.world.running.process
        assert process is not None
        with watching(process.pid) as memory:
            started = time.perf_counter()
            self.read()
            seconds = time.perf_counter() - started
        return seconds, memory


def _named(rows: dict[str, tuple[Any, ...]]) -> dict[str, Row]:
    # What has no memo has none here and null there.
    return {
        key: {name: _plain(value) for name, value in zip(FIELDS, values, strict=True)}
        for key, values in rows.items()
    }


def _plain(value: Any) -> Any:
    return Decimal(value) if isinstance(value, Decimal) else value


@contextmanager
def our_trial(running: Installation, rows: int) -> Iterator[OurTrial]:
    with ledger_world(running, make_source(rows=rows)) as world:
        yield OurTrial(world)
