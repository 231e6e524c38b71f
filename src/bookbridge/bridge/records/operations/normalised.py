"""Normalised records are merged here: what did not change is not written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.db import connection as database
from psycopg.types.json import Jsonb

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.contract import MappedRecord
from bookbridge.bridge.datatypes import DataType, facts_of
from bookbridge.bridge.datatypes.deletion import as_deleted
from bookbridge.bridge.records.decimals import decode_exact, encode_exact
from bookbridge.bridge.records.operations import normalised_sql as sql
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.records.rules import BATCH_BYTES_MAX, BATCH_RECORDS_MAX, content_hash

_SOURCES = msgspec.json.Decoder(list[tuple[str, str]])


@dataclass
class Merge:
    """Takes the mapped records of one data type and writes those that changed, in batches.

    Each batch is a transaction of its own: a merge that dies is repeated, and finds what it
    wrote unchanged.
    """

    place: Place
    data_type: DataType
    version: str
    at: dt.datetime
    # What time it is when a batch is written; `at` where none is given.
    clock: Callable[[], dt.datetime] | None = None
    written: int = 0
    seen: set[str] = field(default_factory=set)
    repeated: list[str] = field(default_factory=list)
    _batch: dict[str, tuple[MappedRecord, bytes]] = field(default_factory=dict)
    _bytes: int = 0

    def add(self, record: MappedRecord) -> None:
        """Take one record; of two with the same id the first counts, and it is told."""
        if record.id in self.seen:
            self.repeated.append(record.id)
            return
        self.seen.add(record.id)
        body = encode_exact(record.body)
        self._batch[record.id] = (record, body)
        self._bytes += len(body)
        if len(self._batch) >= BATCH_RECORDS_MAX or self._bytes >= BATCH_BYTES_MAX:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting."""
        if not self._batch:
            return
        batch, self._batch, self._bytes = self._batch, {}, 0
        with client_scope(self.place.client_id):
            self._run(sql.TAKE_TURN, {})
            known = self._known(list(batch))
            rows, traced = [], []
            for record, body in batch.values():
                digest = content_hash(body, record.parent_id, str(record.source_modified_at))
                # What the source itself calls deleted or void may have no other word for it.
                is_deleted = bool((record.body.get("metadata") or {}).get("isDeleted"))
                sources = list(record.sources)
                before = known.get(record.id)
                if before is None or before[:2] != (digest, is_deleted):
                    rows.append(_row(record, body, digest, is_deleted=is_deleted))
                elif before[2] != sources:
                    traced.append((record.id, sources))
            self._write(rows, is_known=bool(known))
            self._retrace(traced)

    def finish(self, *, keep_sources: set[tuple[str, str]]) -> int:
        """Flag what the sources no longer make, and return how many; a record made from a
        rejected one stays as it was. Types without metadata have no flag: theirs are dropped."""
        self.flush()
        gone = sorted(set(self._live()) - self.seen)
        flagged = 0
        for start in range(0, len(gone), BATCH_RECORDS_MAX):
            flagged += self._retire(gone[start : start + BATCH_RECORDS_MAX], keep_sources)
        return flagged

    def _retire(self, ids: Sequence[str], keep_sources: set[tuple[str, str]]) -> int:
        with client_scope(self.place.client_id):
            self._run(sql.TAKE_TURN, {})
            rows, dropped = [], []
            for one, parent_id, body, order_date, sources in self._fetch(sql.BODIES, ids):
                made_from = set(_SOURCES.decode(sources))
                if made_from & keep_sources:
                    continue
                if not facts_of(self.data_type).has_metadata:
                    dropped.append(one)
                    continue
                deleted = as_deleted(self.data_type, decode_exact(body))
                record = MappedRecord(one, deleted, order_date, None, sorted(made_from), parent_id)
                encoded = encode_exact(deleted)
                digest = content_hash(encoded, parent_id, "deleted")
                rows.append(_row(record, encoded, digest, is_deleted=True))
            self._write(rows, is_known=True)
            if dropped:
                self._run(sql.REMOVE, {**_keys(dropped), "now": self._now()})
        return len(rows) + len(dropped)

    def counts(self) -> tuple[int, int]:
        """How many records the type now has: live, and deleted."""
        with client_scope(self.place.client_id), database.cursor() as cursor:
            cursor.execute(sql.COUNTS, self._values())
            live, deleted = cursor.fetchone()
        return live, deleted

    def _write(self, rows: list[Sequence[object]], *, is_known: bool) -> None:
        if not rows:
            return
        sql.STAGING.fill(rows)
        statement = sql.REPLACE if is_known else sql.INSERT
        self._run(statement, {"version": self.version, "now": self._now()})
        if not facts_of(self.data_type).has_metadata:
            self._run(sql.RETURNED, {})
        self.written += len(rows)

    def _retrace(self, traced: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> None:
        if traced:
            sources = [_json(each).decode() for _id, each in traced]
            self._run(sql.RETRACE, {**_keys([one for one, _each in traced]), "sources": sources})

    def _now(self) -> dt.datetime:
        return self.clock() if self.clock else self.at

    def _known(self, ids: list[str]) -> dict[str, tuple[bytes, bool, list[tuple[str, str]]]]:
        return {
            one: (bytes(digest), is_deleted, _SOURCES.decode(sources))
            for one, digest, is_deleted, sources in self._fetch(sql.KNOWN, ids)
        }

    def _live(self) -> list[str]:
        with client_scope(self.place.client_id):
            return [row[0] for row in self._fetch(sql.LIVE, [])]

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


def _row(record: MappedRecord, body: bytes, digest: bytes, *, is_deleted: bool) -> Sequence[object]:
    return (
        len(record.id),
        record.id,
        record.parent_id,
        Jsonb(body, dumps=_as_is),
        digest,
        record.order_date,
        record.source_modified_at,
        Jsonb(record.sources, dumps=_json),
        is_deleted,
    )


def _keys(ids: Sequence[str]) -> dict[str, Any]:
    return {"ids": list(ids), "lengths": [len(one) for one in ids]}


def _as_is(body: bytes) -> bytes:
    return body


def _json(sources: Iterable[tuple[str, str]]) -> bytes:
    return msgspec.json.encode(list(sources))
