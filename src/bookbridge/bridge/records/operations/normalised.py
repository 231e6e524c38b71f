"""Normalised records are merged here: what did not change is not written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
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
from bookbridge.bridge.records.operations.copying import Staging
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.records.rules import BATCH_BYTES_MAX, BATCH_RECORDS_MAX, content_hash

STAGING = Staging(
    "staged_record",
    (
        ("id_length", "int2"),
        ("record_id", "text"),
        ("parent_id", "text"),
        ("body", "jsonb"),
        ("content_hash", "bytea"),
        ("order_date", "date"),
        ("source_modified_at", "timestamptz"),
        ("sources", "jsonb"),
        ("is_deleted", "bool"),
    ),
)
KNOWN = """
SELECT record.record_id, record.content_hash, record.is_deleted, record.mapping_version
FROM unnest(%(lengths)s::int2[], %(ids)s::text[]) AS seen (id_length, record_id)
JOIN records_record record ON record.company_id = %(company)s
  AND record.connection_id = %(connection)s AND record.data_type = %(data_type)s
  AND record.id_length = seen.id_length AND record.record_id = seen.record_id
"""
UPSERT = """
INSERT INTO records_record AS record (
    company_id, connection_id, data_type, id_length, record_id, client_id, parent_id, body,
    content_hash, order_date, source_modified_at, modified_at, is_deleted, mapping_version, sources)
SELECT %(company)s, %(connection)s, %(data_type)s, id_length, record_id, %(client)s, parent_id,
    body, content_hash, order_date, source_modified_at, %(at)s, is_deleted, %(version)s, sources
FROM staged_record
ON CONFLICT (company_id, connection_id, data_type, id_length, record_id) DO UPDATE SET
    parent_id = excluded.parent_id, body = excluded.body, content_hash = excluded.content_hash,
    order_date = excluded.order_date, source_modified_at = excluded.source_modified_at,
    modified_at = excluded.modified_at, is_deleted = excluded.is_deleted,
    mapping_version = excluded.mapping_version, sources = excluded.sources
"""
LIVE = """
SELECT record_id FROM records_record
WHERE company_id = %(company)s AND connection_id = %(connection)s AND data_type = %(data_type)s
  AND NOT is_deleted
"""
BODIES = """
SELECT record.record_id, record.parent_id, record.body::text, record.order_date,
    record.sources::text
FROM unnest(%(lengths)s::int2[], %(ids)s::text[]) AS gone (id_length, record_id)
JOIN records_record record ON record.company_id = %(company)s
  AND record.connection_id = %(connection)s AND record.data_type = %(data_type)s
  AND record.id_length = gone.id_length AND record.record_id = gone.record_id
"""
DROP = """
DELETE FROM records_record
WHERE company_id = %(company)s AND connection_id = %(connection)s AND data_type = %(data_type)s
  AND record_id = ANY(%(ids)s)
"""
COUNTS = """
SELECT count(*) FILTER (WHERE NOT is_deleted), count(*) FILTER (WHERE is_deleted)
FROM records_record
WHERE company_id = %(company)s AND connection_id = %(connection)s AND data_type = %(data_type)s
"""


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
            known = self._known(list(batch))
            rows = []
            for record, body in batch.values():
                digest = content_hash(body, record.parent_id, str(record.source_modified_at))
                # What the source itself calls deleted or void may have no other word for it.
                is_deleted = bool((record.body.get("metadata") or {}).get("isDeleted"))
                if known.get(record.id) != (digest, is_deleted, self.version):
                    rows.append(_row(record, body, digest, is_deleted=is_deleted))
            self._write(rows)

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
            rows, dropped = [], []
            for one, parent_id, body, order_date, sources in self._fetch(BODIES, ids):
                made_from = {tuple(source) for source in msgspec.json.decode(sources)}
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
            self._write(rows)
            if dropped:
                self._run(DROP, {"ids": dropped})
        return len(rows) + len(dropped)

    def counts(self) -> tuple[int, int]:
        """How many records the type now has: live, and deleted."""
        with client_scope(self.place.client_id), database.cursor() as cursor:
            cursor.execute(COUNTS, self._values())
            live, deleted = cursor.fetchone()
        return live, deleted

    def _write(self, rows: list[Sequence[object]]) -> None:
        if rows:
            STAGING.fill(rows)
            self._run(UPSERT, {"version": self.version, "at": self.at})
            self.written += len(rows)

    def _known(self, ids: list[str]) -> dict[str, tuple[bytes, bool, str]]:
        return {
            one: (bytes(digest), is_deleted, version)
            for one, digest, is_deleted, version in self._fetch(KNOWN, ids)
        }

    def _live(self) -> list[str]:
        with client_scope(self.place.client_id):
            return [row[0] for row in self._fetch(LIVE, [])]

    def _fetch(self, statement: str, ids: Sequence[str]) -> list[tuple[Any, ...]]:
        with database.cursor() as cursor:
            cursor.execute(
                statement,
                {**self._values(), "ids": list(ids), "lengths": [len(one) for one in ids]},
            )
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


def _as_is(body: bytes) -> bytes:
    return body


def _json(sources: Iterable[tuple[str, str]]) -> bytes:
    return msgspec.json.encode(list(sources))
