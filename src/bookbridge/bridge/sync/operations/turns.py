"""One turn of one connection at a worker: how long it may go on while others wait."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bookbridge.bridge.sync.models import ResourceScan
from bookbridge.bridge.sync.operations.queueing import others_wait
from bookbridge.bridge.sync.rules import TURN_PAGES, TURN_SECONDS

# A turn that goes on because nobody waited looks again so often.
LOOK_EVERY_SECONDS = 0.5


class TurnOverError(Exception):
    """Others wait: what was read is committed, and is gone on with in the next turn."""

    code = "turn_over"


@dataclass
class Turn:
    """Counts what a turn has used; where nobody waits, it goes on.

    It remembers the lists that were read to their end, since most types are made of the same ones:
    `ended` by name, and `facts` for certificates by name and number of the scan.
    """

    client_id: UUID
    connection_id: UUID
    pages: int = 0
    ended: dict[str, ResourceScan] = field(default_factory=dict)
    facts: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    _began: float = field(default_factory=time.monotonic)
    _looked_at: float = float("-inf")

    def page_done(self) -> None:
        """Count a committed page; raises TurnOverError when it is somebody else's turn."""
        self.pages += 1
        if self.is_over():
            raise TurnOverError

    def is_over(self) -> bool:
        now = time.monotonic()
        if self.pages < TURN_PAGES and now - self._began < TURN_SECONDS:
            return False
        if now - self._looked_at < LOOK_EVERY_SECONDS:
            return False
        self._looked_at = now
        return others_wait(self.client_id, self.connection_id)
