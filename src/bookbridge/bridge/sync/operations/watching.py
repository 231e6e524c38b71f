"""Looks on while records are mapped: is the run still ours, how far is it, what is not wanted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.contract import MappedRecord
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.sync.operations.run import Run
from bookbridge.kit.formatting import whole

LOOKS_EVERY = 1000


@dataclass
class Watch:
    """One mapping under way; `since` is the start of the window that the settings ask for."""

    run: Run
    data_type: DataType
    since: dt.datetime | None
    seen: int = 0
    left_out: int = 0

    def wants(self, record: MappedRecord) -> bool:
        """Whether a record is inside the window; raises SupersededError once the run is not ours.

        A record whose source does not say when it changed is always wanted.
        """
        self.seen += 1
        if self.seen % LOOKS_EVERY == 0:
            self._look()
        is_wanted = (
            self.since is None
            or record.source_modified_at is None
            or record.source_modified_at >= self.since
        )
        self.left_out += not is_wanted
        return is_wanted

    def _look(self) -> None:
        with client_scope(self.run.client_id):
            self.run.checkpoint(
                status_description=_("Mapping %(type)s: %(count)s so far")
                % {"type": self.data_type.value, "count": whole(self.seen)}
            )
