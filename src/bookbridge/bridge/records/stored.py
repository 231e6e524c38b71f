"""What mapping reads from: the raw records of one connection, streamed from the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import connection as database

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.contract import RawRecord
from bookbridge.bridge.records.bodies import BodyBox
from bookbridge.bridge.records.place import Place

READ_AT_ONCE = 500
KEPT_SINGLES = 2000

LIVE_AFTER = """
SELECT id_length, source_id, parent_id, body FROM records_rawrecord
WHERE company_id = %(company)s AND connection_id = %(connection)s AND resource = %(resource)s
  AND (id_length, source_id) > (%(length)s, %(id)s) AND deleted_at IS NULL
ORDER BY id_length, source_id LIMIT %(limit)s
"""
ONE = """
SELECT parent_id, body, deleted_at IS NOT NULL FROM records_rawrecord
WHERE company_id = %(company)s AND connection_id = %(connection)s AND resource = %(resource)s
  AND id_length = %(length)s AND source_id = %(id)s
"""


@dataclass(frozen=True)
class StoredRecords:
    """The raw records as mapping sees them; each read is a short transaction of its own."""

    place: Place
    box: BodyBox
    supports: Mapping[str, bool]
    _one: object = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_one", lru_cache(KEPT_SINGLES)(self._find))

    def all(self, resource: str) -> Iterator[RawRecord]:
        """Every live record in numeric id order, streamed."""
        length, last = 0, ""
        while True:
            rows = self._read(LIVE_AFTER, resource, length, last)
            for _length, one, parent_id, body in rows:
                yield RawRecord(one, self.box.open(resource, one, bytes(body)), parent_id)
            if len(rows) < READ_AT_ONCE:
                return
            length, last = rows[-1][0], rows[-1][1]

    def get(self, resource: str, record_id: str) -> RawRecord | None:
        """One record, a deleted one as it last was; None when it was never seen."""
        return self._one(resource, record_id)[0]  # type: ignore[operator,no-any-return]

    def is_deleted(self, resource: str, record_id: str) -> bool:
        return bool(self._one(resource, record_id)[1])  # type: ignore[operator]

    def supported(self, resource: str) -> bool:
        return self.supports.get(resource, False)

    def _find(self, resource: str, record_id: str) -> tuple[RawRecord | None, bool]:
        rows = self._read(ONE, resource, len(record_id), record_id)
        if not rows:
            return None, False
        parent_id, body, is_deleted = rows[0]
        opened = self.box.open(resource, record_id, bytes(body))
        return RawRecord(record_id, opened, parent_id), is_deleted

    def _read(
        self, statement: str, resource: str, length: int, record_id: str
    ) -> list[tuple[Any, ...]]:
        values: dict[str, Any] = {
            **self.place.values,
            "resource": resource,
            "length": length,
            "id": record_id,
            "limit": READ_AT_ONCE,
        }
        with client_scope(self.place.client_id), database.cursor() as cursor:
            cursor.execute(statement, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows
