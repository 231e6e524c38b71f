"""Replays the stored raw records through the mapping of today, without asking the source.

First what would change is shown, and nothing is written; then it is released. Records that come out
as they were keep their version and their modifiedDate.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection as database
from django.utils import timezone
from django.utils.translation import gettext as _

from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.queries import data_key
from bookbridge.bridge.connections.models import Connection, ConnectionEvent
from bookbridge.bridge.connections.operations import note
from bookbridge.bridge.connectors.contract import Connector, MappedRecord
from bookbridge.bridge.datatypes import ORDER, DataType
from bookbridge.bridge.integrations.queries import connector_of
from bookbridge.bridge.records.bodies import BodyBox
from bookbridge.bridge.records.decimals import decode_exact
from bookbridge.bridge.records.differences import FieldChange, differences
from bookbridge.bridge.records.operations import Merge, Release
from bookbridge.bridge.records.operations.rows import Row
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.records.stored import StoredRecords
from bookbridge.bridge.sync.models import MappingState
from bookbridge.bridge.sync.operations.mapping import (
    WINDOW,
    Mapped,
    mapping_state,
    merge_all,
    revisions_of,
    save_mapping_state,
)

SAMPLES_MAX = 3
FIELDS_LISTED_MAX = 100
BODIES = """
SELECT record.record_id, record.body::text
FROM unnest(%(lengths)s::int2[], %(ids)s::text[]) AS asked (id_length, record_id)
JOIN records_record record ON record.company_id = %(company)s
  AND record.connection_id = %(connection)s AND record.data_type = %(data_type)s
  AND record.id_length = asked.id_length AND record.record_id = asked.record_id
"""


@dataclass
class MappingDiff:
    """What another mapping makes of the stored records of one type: counts, and samples."""

    data_type: DataType
    from_version: str
    to_version: str
    added: int = 0
    changed: int = 0
    deleted: int = 0
    rejected: int = 0
    is_released: bool = False
    fields: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[tuple[str, FieldChange]]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.deleted)

    def take(self, place: Place, rows: Sequence[Row]) -> None:
        """Compare rows that would be written with what is there."""
        before = self._bodies(place, rows)
        for row in rows:
            if row.id not in before:
                self.added += 1
                continue
            if row.is_deleted and not _is_deleted(before[row.id]):
                self.deleted += 1
            else:
                self.changed += 1
            for one in differences(before[row.id], decode_exact(row.body)):
                self._count(row.id, one)

    def _count(self, record_id: str, change: FieldChange) -> None:
        name = change.field
        if name not in self.fields and len(self.fields) >= FIELDS_LISTED_MAX:
            return
        self.fields[name] += 1
        samples = self.samples.setdefault(name, [])
        if len(samples) < SAMPLES_MAX:
            samples.append((record_id, change))

    def _bodies(self, place: Place, rows: Sequence[Row]) -> dict[str, Any]:
        ids = [row.id for row in rows]
        values = {
            **place.values,
            "data_type": self.data_type.value,
            "ids": ids,
            "lengths": [len(one) for one in ids],
        }
        with database.cursor() as cursor:
            cursor.execute(BODIES, values)
            return {one: decode_exact(body) for one, body in cursor.fetchall()}


@dataclass
class _Window:
    """What the last sync wanted of the lists; the rest is left as it is."""

    since: dt.datetime
    left_out: int = 0

    @classmethod
    def of(cls, before: MappingState) -> _Window | None:
        since = before.revisions.get(WINDOW)
        return None if since is None else cls(dt.datetime.fromtimestamp(since, dt.UTC))

    def wants(self, record: MappedRecord) -> bool:
        changed_at = record.source_modified_at
        is_wanted = changed_at is None or changed_at >= self.since
        self.left_out += not is_wanted
        return is_wanted


def replay_mapping(
    *,
    client_id: UUID,
    connection_id: UUID,
    data_types: Sequence[DataType] | None,
    is_released: bool,
    actor: Actor,
    at: dt.datetime,
) -> list[MappingDiff]:
    """What the mapping of today would change in the types that were mapped before; written only
    where it is released. Raises CompanyKeyGoneError where the raw records were erased."""
    with client_scope(client_id):
        connection = Connection.objects.get(client_id=client_id, id=connection_id)
        place = Place(client_id, connection.company_id, connection_id)
        box = BodyBox(data_key(client_id, connection.company_id), connection_id)
    connector = connector_of(connection.integration_key)
    found = []
    for data_type in ORDER:
        if data_types is not None and data_type not in data_types:
            continue
        diff = _replay(connector, place, box, data_type, at, is_released=is_released)
        if diff is not None:
            found.append(diff)
    changed = [one.data_type.value for one in found if one.is_released and not one.is_empty]
    if changed:
        words = _("A new mapping of %(types)s was released.") % {"types": ", ".join(changed)}
        with client_scope(client_id):
            note(connection, ConnectionEvent.Kind.SYNC_COMPLETED, words, actor, at)
    return found


def _replay(
    connector: Connector,
    place: Place,
    box: BodyBox,
    data_type: DataType,
    at: dt.datetime,
    *,
    is_released: bool,
) -> MappingDiff | None:
    """None for a type that was never mapped: there is nothing to compare with."""
    with client_scope(place.client_id):
        before = mapping_state(place, data_type)
        revisions, supports = revisions_of(place, connector.resources_for(data_type))
    if before is None:
        return None
    if WINDOW in before.revisions:
        revisions[WINDOW] = before.revisions[WINDOW]
    version = connector.mapping_version
    diff = MappingDiff(data_type, before.mapping_version, version)
    records = StoredRecords(place, box, supports)
    preview = Release(is_preview=True, on_held=lambda _type, rows: diff.take(place, rows))
    merge = Merge(place, data_type, version, at, clock=timezone.now, release=preview)
    window = _Window.of(before)
    diff.rejected = merge_all(connector, data_type, records, merge, window).rejected
    if is_released:
        mapped = _release(connector, place, records, before, data_type, at)
        # What the source changed meanwhile is the next sync's to say.
        save_mapping_state(place, data_type, version, revisions, mapped, at)
        diff.is_released = True
    return diff


def _release(
    connector: Connector,
    place: Place,
    records: StoredRecords,
    before: MappingState,
    data_type: DataType,
    at: dt.datetime,
) -> Mapped:
    release = Release(since=before.mapped_at, is_given=True)
    version = connector.mapping_version
    merge = Merge(place, data_type, version, at, clock=timezone.now, release=release)
    return merge_all(connector, data_type, records, merge, _Window.of(before))


def _is_deleted(body: Any) -> bool:
    return bool((body.get("metadata") or {}).get("isDeleted"))
