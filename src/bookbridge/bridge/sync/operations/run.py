"""One run of one dataset: whether it may still write, and how far it has come."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.sync.models import Dataset
from bookbridge.bridge.sync.operations.turns import Turn
from bookbridge.kit.formatting import whole

# A rate over less than this says little.
RATE_AFTER_SECONDS = 2.0


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
    turn: Turn | None = None

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
    # What this run itself has read, and since when: how quick it is.
    _read: int = 0
    _began: float = field(default_factory=time.monotonic)

    def add(self, fetched: int, total: int | None) -> None:
        self.fetched += fetched
        if total is not None:
            self.total += total
            self.is_total_known = True

    def read(self, count: int) -> None:
        """Count records that have just come from the source."""
        self._read += count

    def at_fetching(self, resource: str, fetched: int, total: int | None) -> str:
        """`Fetching invoices: 4,200 of about 24,200, 95 a second`."""
        words = {"list": resource.replace("_", " "), "fetched": whole(fetched)}
        if total is not None and total > fetched:
            text = _("Fetching %(list)s: %(fetched)s of about %(total)s")
            text %= {**words, "total": whole(total)}
        else:
            text = _("Fetching %(list)s: %(fetched)s") % words
        seconds = time.monotonic() - self._began
        if seconds < RATE_AFTER_SECONDS:
            return text
        return _("%(text)s, %(rate)s a second") % {
            "text": text,
            "rate": whole(round(self._read / seconds)),
        }

    def at_mapping(self, data_type: DataType) -> str:
        return _("Mapping %(type)s, made of %(fetched)s records") % {
            "type": data_type.value,
            "fetched": whole(self.fetched),
        }
