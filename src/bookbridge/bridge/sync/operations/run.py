"""One run of one dataset: whether it may still write, and how far it has come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from bookbridge.bridge.sync.models import Dataset


class SupersededError(Exception):
    """Another run has taken this dataset over: this one must write nothing more."""

    code = "superseded"


@dataclass(frozen=True)
class Run:
    """One run of one dataset; its token says whether it may still write."""

    dataset_id: UUID
    client_id: UUID
    token: UUID
    requested_at: dt.datetime

    def checkpoint(self, **changes: object) -> None:
        """Note progress; raises SupersededError when another run has taken over."""
        rows = Dataset.objects.filter(
            client_id=self.client_id, id=self.dataset_id, run_token=self.token
        )
        if not rows.update(**changes):
            raise SupersededError


@dataclass
class Progress:
    """Records read for the dataset so far, over all of its lists."""

    fetched: int = 0
    total: int = 0
    is_total_known: bool = False

    def add(self, fetched: int, total: int | None) -> None:
        self.fetched += fetched
        if total is not None:
            self.total += total
            self.is_total_known = True
