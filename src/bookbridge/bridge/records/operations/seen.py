"""Which ids a merge has met. Few are remembered here, many by the database: no company is too
large for a worker, and a small one costs no table.

The tables are the session's own, and empty but while a merge needs them; one that dies is repeated
from its beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection as database

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.records.rules import BATCH_RECORDS_MAX

FEW_MAX = 20_000
TABLES = """
CREATE TEMPORARY TABLE IF NOT EXISTS merge_seen (
    id_length int2, record_id text, PRIMARY KEY (id_length, record_id));
CREATE TEMPORARY TABLE IF NOT EXISTS merge_refused (
    resource text, source_id text, PRIMARY KEY (resource, source_id));
TRUNCATE merge_seen, merge_refused
"""
EMPTY = "TRUNCATE merge_seen, merge_refused"
PLACE = "SELECT nextval('records_change')"
SEE = """
INSERT INTO merge_seen SELECT length(id), id FROM unnest(%(ids)s::text[]) AS id
ON CONFLICT DO NOTHING RETURNING record_id
"""
REFUSE = """
INSERT INTO merge_refused SELECT * FROM unnest(%(resources)s::text[], %(ids)s::text[])
ON CONFLICT DO NOTHING
"""
REFUSED = """
SELECT resource, source_id FROM merge_refused
JOIN unnest(%(resources)s::text[], %(ids)s::text[]) AS asked (resource, source_id)
    USING (resource, source_id)
"""
# What another wrote since the merge began is not gone for not having been met by it.
_GONE = """
SELECT id_length, record_id FROM records_record record
WHERE company_id = %(company)s AND connection_id = %(connection)s AND data_type = %(data_type)s
  AND NOT is_deleted AND change_id < %(began)s AND (id_length, record_id) > (%(length)s, %(id)s)
  AND NOT EXISTS (SELECT FROM {seen} WHERE seen.record_id = record.record_id)
ORDER BY id_length, record_id LIMIT %(limit)s
"""
FEW_GONE = _GONE.format(seen="unnest(%(ids)s::text[]) AS seen (record_id)")
# Both keys are read in their order, so that each page goes on where the last one ended.
MANY_GONE = _GONE.format(seen="merge_seen AS seen").replace(
    "WHERE seen.record_id", "WHERE seen.id_length = record.id_length AND seen.record_id"
)
Source = tuple[str, str]


@dataclass
class Seen:
    """The ids that one merge of one data type has met, and the raw records that were refused."""

    place: Place
    data_type: str
    _began: int = 0
    _has_tables: bool = False
    _ids: set[str] = field(default_factory=set)
    _refused: set[Source] = field(default_factory=set)

    def begin(self) -> None:
        """Note the place in the order of changes from which on others may write too."""
        if not self._began:
            with client_scope(self.place.client_id):
                self._began = self._fetch(PLACE, {})[0][0]

    def new_among(self, ids: Sequence[str]) -> set[str]:
        """Note these ids, in the caller's transaction; returns those that were not noted before."""
        self.begin()
        if not self._has_tables and len(self._ids) + len(ids) > FEW_MAX:
            self._make_tables()
        if self._has_tables:
            return {row[0] for row in self._fetch(SEE, {"ids": list(ids)})}
        new = set(ids) - self._ids
        self._ids |= new
        return new

    def refuse(self, source: Source) -> None:
        """A raw record was refused: what was made of it stays."""
        self._refused.add(source)
        if len(self._refused) > FEW_MAX:
            with client_scope(self.place.client_id):
                self._make_tables()
                self._run(REFUSE, _columns(list(self._refused)))
                self._refused = set()

    def refused_among(self, sources: Sequence[Source]) -> set[Source]:
        found = self._refused.intersection(sources)
        if self._has_tables:
            found |= {(row[0], row[1]) for row in self._fetch(REFUSED, _columns(sources))}
        return found

    def gone(self) -> Iterator[list[str]]:
        """The live records that were not met, in batches; each is asked for between transactions,
        and nothing is remembered afterwards."""
        self.begin()
        if self._has_tables:
            self._alone("ANALYZE merge_seen")
        values: dict[str, Any] = {
            **self.place.values,
            "data_type": self.data_type,
            "began": self._began,
            "ids": list(self._ids),
            "limit": BATCH_RECORDS_MAX,
            "length": 0,
            "id": "",
        }
        while True:
            with client_scope(self.place.client_id):
                rows = self._fetch(MANY_GONE if self._has_tables else FEW_GONE, values)
            if rows:
                yield [row[1] for row in rows]
            if len(rows) < BATCH_RECORDS_MAX:
                break
            values["length"], values["id"] = rows[-1]
        if self._has_tables:
            self._alone(EMPTY)
        self._ids, self._refused, self._has_tables, self._began = set(), set(), False, 0

    def _make_tables(self) -> None:
        if not self._has_tables:
            self._run(TABLES, None)
            self._has_tables = True
            self._run(SEE, {"ids": list(self._ids)})
            self._ids = set()

    def _alone(self, statement: str) -> None:
        with client_scope(self.place.client_id):
            self._run(statement, None)

    def _run(self, statement: str, values: dict[str, Any] | None) -> None:
        with database.cursor() as cursor:
            cursor.execute(statement, values)

    def _fetch(self, statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        with database.cursor() as cursor:
            cursor.execute(statement, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows


def _columns(sources: Sequence[Source]) -> dict[str, Any]:
    return {"resources": [one[0] for one in sources], "ids": [one[1] for one in sources]}
