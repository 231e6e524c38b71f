"""Normalised records are merged here: what did not change is not written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.db import connection as database

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.contract import MappedRecord
from bookbridge.bridge.datatypes import DataType, facts_of
from bookbridge.bridge.datatypes.deletion import as_deleted
from bookbridge.bridge.records.decimals import decode_exact, encode_exact
from bookbridge.bridge.records.operations import normalised_sql as sql
from bookbridge.bridge.records.operations.causes import Cause, Release, causes
from bookbridge.bridge.records.operations.rows import Row, Source, row_of
from bookbridge.bridge.records.operations.seen import Seen
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.records.rules import BATCH_BYTES_MAX, BATCH_RECORDS_MAX

REPEATED_LISTED_MAX = 500
_SOURCES = msgspec.json.Decoder(list[tuple[str, str]])


@dataclass
class Merge:
    """Takes the mapped records of one data type and writes those that changed, in batches.

    Each batch is a transaction of its own: a merge that dies is repeated, and finds what it
    wrote unchanged. What is met is remembered by the database, so memory does not grow.
    """

    place: Place
    data_type: DataType
    version: str
    at: dt.datetime
    # What time it is when a batch is written; `at` where none is given.
    clock: Callable[[], dt.datetime] | None = None
    # Says what becomes of what only a new mapping would change; by default it is written.
    release: Release = field(default_factory=Release)
    written: int = 0
    held: int = 0
    repeated: int = 0
    repeated_ids: list[str] = field(default_factory=list)
    _batch: dict[str, tuple[MappedRecord, bytes]] = field(default_factory=dict)
    _bytes: int = 0
    _seen: Seen = field(init=False)

    def __post_init__(self) -> None:
        self._seen = Seen(self.place, self.data_type.value)

    def begin(self) -> None:
        """Call it before the raw records are read, where others may be writing too."""
        self._seen.begin()

    def add(self, record: MappedRecord) -> None:
        """Take one record; of two with the same id the first counts, and it is told."""
        if record.id in self._batch:
            self._repeat(record.id)
            return
        body = encode_exact(record.body)
        self._batch[record.id] = (record, body)
        self._bytes += len(body)
        if len(self._batch) >= BATCH_RECORDS_MAX or self._bytes >= BATCH_BYTES_MAX:
            self.flush()

    def refuse(self, source: Source) -> None:
        """A raw record was rejected: what was made of it stays as it was."""
        self._seen.refuse(source)

    def flush(self) -> None:
        """Write what is waiting."""
        if not self._batch:
            return
        batch, self._batch, self._bytes = self._batch, {}, 0
        with client_scope(self.place.client_id):
            self._run(sql.TAKE_TURN, {})
            new = self._seen.new_among(list(batch))
            known = self._known(list(batch))
            rows, traced = [], []
            for record, body in batch.values():
                if record.id not in new:
                    self._repeat(record.id)
                    continue
                # What the source itself calls deleted or void may have no other word for it.
                is_deleted = bool((record.body.get("metadata") or {}).get("isDeleted"))
                row = row_of(record, body, str(record.source_modified_at), is_deleted=is_deleted)
                before = known.get(record.id)
                if before is None or before[:2] != (row.digest, is_deleted):
                    rows.append(row)
                elif before[2] != row.sources:
                    traced.append(row)
            self._write(rows, is_known=bool(known))
            self._retrace(traced)

    def finish(self) -> int:
        """Flag what the sources no longer make, and return how many; a record made from a
        refused one stays as it was. Types without metadata have no flag: theirs are removed."""
        self.flush()
        return sum(self._retire(ids) for ids in self._seen.gone())

    def counts(self) -> tuple[int, int]:
        """How many records the type now has: live, and deleted."""
        with client_scope(self.place.client_id), database.cursor() as cursor:
            cursor.execute(sql.COUNTS, self._values())
            live, deleted = cursor.fetchone()
        return live, deleted

    def _repeat(self, record_id: str) -> None:
        self.repeated += 1
        if len(self.repeated_ids) < REPEATED_LISTED_MAX:
            self.repeated_ids.append(record_id)

    def _retire(self, ids: Sequence[str]) -> int:
        has_flag = facts_of(self.data_type).has_metadata
        with client_scope(self.place.client_id):
            self._run(sql.TAKE_TURN, {})
            found = [
                (one, parent_id, body, order_date, _SOURCES.decode(sources))
                for one, parent_id, body, order_date, sources in self._fetch(sql.BODIES, ids)
            ]
            refused = self._seen.refused_among([each for one in found for each in one[4]])
            rows = []
            for one, parent_id, body, order_date, sources in found:
                if refused.isdisjoint(sources):
                    last = decode_exact(body)
                    gone = as_deleted(self.data_type, last) if has_flag else last
                    record = MappedRecord(one, gone, order_date, None, sources, parent_id)
                    rows.append(row_of(record, encode_exact(gone), "deleted", is_deleted=True))
            return self._write(rows, is_known=True) if has_flag else self._remove(rows)

    def _write(self, rows: Sequence[Row], *, is_known: bool) -> int:
        """Write what its source changed, and, if it is released, what the mapping did."""
        written = 0
        for cause, ours in causes(self.place, self.release, self.data_type, rows).items():
            if cause is Cause.HELD:
                self.held += len(ours)
                continue
            sql.STAGING.fill(row.columns for row in ours)
            statement = sql.REPLACE if is_known else sql.INSERT
            if cause is Cause.MAPPING:
                statement = sql.RELEASE
            values = {"version": self.version, "now": self._now()}
            self._run(statement, values)
            if not facts_of(self.data_type).has_metadata:
                self._run(sql.RETURNED, values)
            written += len(ours)
        self.written += written
        return written

    def _remove(self, rows: Sequence[Row]) -> int:
        removed = 0
        for cause, ours in causes(self.place, self.release, self.data_type, rows).items():
            if cause is Cause.HELD:
                self.held += len(ours)
                continue
            by_mapping = cause is Cause.MAPPING
            values = {**_keys([row.id for row in ours]), "by_mapping": by_mapping}
            self._run(sql.REMOVE, {**values, "now": self._now()})
            removed += len(ours)
        return removed

    def _retrace(self, rows: Sequence[Row]) -> None:
        if rows and not self.release.is_preview:
            sources = [row.sources_text for row in rows]
            self._run(sql.RETRACE, {**_keys([row.id for row in rows]), "sources": sources})

    def _now(self) -> dt.datetime:
        return self.clock() if self.clock else self.at

    def _known(self, ids: list[str]) -> dict[str, tuple[bytes, bool, list[Source]]]:
        return {
            one: (bytes(digest), is_deleted, _SOURCES.decode(sources))
            for one, digest, is_deleted, sources in self._fetch(sql.KNOWN, ids)
        }

    def _fetch(self, statement: str, ids: Sequence[str]) -> list[tuple[Any, ...]]:
        with database.cursor() as cursor:
            cursor.execute(statement, {**self._values(), **_keys(ids)})
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

    def _run(self, statement: str, more: dict[str, Any]) -> None:
        with database.cursor() as cursor:
            cursor.execute(statement, {**self._values(), **more})

    def _values(self) -> dict[str, Any]:
        return {**self.place.values, "data_type": self.data_type.value}


def _keys(ids: Sequence[str]) -> dict[str, Any]:
    return {"ids": list(ids), "lengths": [len(one) for one in ids]}
