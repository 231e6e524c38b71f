"""Which ids a merge has met: kept by the database, so that no company is too large for a worker.

The tables are the session's own. They are emptied when a merge begins and when it ends; one that
dies is repeated from its beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection as database

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.records.rules import BATCH_RECORDS_MAX

TABLES = """
CREATE TEMPORARY TABLE IF NOT EXISTS merge_seen (
    id_length int2, record_id text, PRIMARY KEY (id_length, record_id));
CREATE TEMPORARY TABLE IF NOT EXISTS merge_refused (
    resource text, source_id text, PRIMARY KEY (resource, source_id));
CREATE TEMPORARY TABLE IF NOT EXISTS merge_gone (
    id_length int2, record_id text, PRIMARY KEY (id_length, record_id));
TRUNCATE merge_seen, merge_refused, merge_gone
"""
PLACE = "SELECT nextval('records_change')"
EMPTY = "TRUNCATE merge_seen, merge_refused, merge_gone"
SEE = """
INSERT INTO merge_seen SELECT * FROM unnest(%(lengths)s::int2[], %(ids)s::text[])
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
COLLECT = """
INSERT INTO merge_gone SELECT id_length, record_id FROM records_record record
WHERE company_id = %(company)s AND connection_id = %(connection)s AND data_type = %(data_type)s
  AND NOT is_deleted AND change_id < %(began)s AND NOT EXISTS (
    SELECT FROM merge_seen seen
    WHERE seen.id_length = record.id_length AND seen.record_id = record.record_id)
"""
GONE = """
SELECT id_length, record_id FROM merge_gone
WHERE (id_length, record_id) > (%(length)s, %(id)s) ORDER BY id_length, record_id LIMIT %(limit)s
"""
Source = tuple[str, str]


@dataclass
class Seen:
    """The ids that one merge of one data type has met, and the raw records that were refused."""

    place: Place
    data_type: str
    # What another wrote since this merge began is not gone for not having been met by it.
    _began: int = 0
    _refused: list[Source] = field(default_factory=list)

    def new_among(self, ids: Sequence[str]) -> set[str]:
        """Note these ids; returns those that were not noted before."""
        self._begin()
        rows = self._fetch(SEE, {"lengths": [len(one) for one in ids], "ids": list(ids)})
        return {row[0] for row in rows}

    def refuse(self, source: Source) -> None:
        """A raw record was refused: what was made of it stays."""
        self._refused.append(source)
        if len(self._refused) >= BATCH_RECORDS_MAX:
            with client_scope(self.place.client_id):
                self._write_refused()

    def refused_among(self, sources: Sequence[Source]) -> set[Source]:
        return {(row[0], row[1]) for row in self._fetch(REFUSED, _columns(sources))}

    def gone(self) -> Iterator[list[str]]:
        """The live records that were not met, in batches; each is asked for between transactions,
        and the tables are empty afterwards."""
        with client_scope(self.place.client_id):
            self._begin()
            self._write_refused()
            self._run("ANALYZE merge_seen", {})
            values = {**self.place.values, "data_type": self.data_type, "began": self._began}
            self._run(COLLECT, values)
        length, last = 0, ""
        while True:
            values = {"length": length, "id": last, "limit": BATCH_RECORDS_MAX}
            with client_scope(self.place.client_id):
                rows = self._fetch(GONE, values)
            if rows:
                yield [row[1] for row in rows]
            if len(rows) < BATCH_RECORDS_MAX:
                break
            length, last = rows[-1]
        with client_scope(self.place.client_id):
            self._run(EMPTY, {})

    def _begin(self) -> None:
        if not self._began:
            self._run(TABLES, {})
            self._began = self._fetch(PLACE, {})[0][0]

    def _write_refused(self) -> None:
        self._begin()
        refused, self._refused = self._refused, []
        if refused:
            self._run(REFUSE, _columns(refused))

    def _run(self, statement: str, values: dict[str, Any]) -> None:
        with database.cursor() as cursor:
            cursor.execute(statement, values or None)

    def _fetch(self, statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        with database.cursor() as cursor:
            cursor.execute(statement, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows


def _columns(sources: Sequence[Source]) -> dict[str, Any]:
    return {"resources": [one[0] for one in sources], "ids": [one[1] for one in sources]}
