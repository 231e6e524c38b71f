"""Every version of a record, newest first, with what changed in each and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection as database

from bookbridge.bridge.datatypes import DataType

_COLUMNS = """
    id_length, record_id, change_id, known_from, modified_at, is_deleted, mapping_version,
    sources::text AS sources, body::text AS body, source_changed_at, mapping_changed_at
"""
_OF = """
    company_id = %(company)s AND connection_id = %(connection)s AND data_type = %(data_type)s
"""
_ONE = " AND id_length = %(length)s AND record_id = %(id)s"
_OF_PARENT = " AND parent_id = %(parent)s"
_ALL = f"""
    SELECT {_COLUMNS}, NULL::timestamptz AS known_to, false AS is_removed
    FROM records_record WHERE {_OF}{{one}}
    UNION ALL
    SELECT {_COLUMNS}, known_to, is_removed FROM records_supersededversion WHERE {_OF}{{one}}
"""  # noqa: S608 - our own columns
# The body before is the same record's next older one: it says what changed.
PAGE = """
WITH version AS ({all})
SELECT version.*, older.body AS body_before, older.is_removed AS was_removed
FROM (SELECT * FROM version ORDER BY change_id DESC LIMIT %(limit)s OFFSET %(offset)s) AS version
LEFT JOIN LATERAL (
    SELECT body, is_removed FROM version AS other
    WHERE other.id_length = version.id_length AND other.record_id = version.record_id
      AND other.change_id < version.change_id
    ORDER BY other.change_id DESC LIMIT 1) AS older ON true
ORDER BY version.change_id DESC
"""
COUNT = "WITH version AS ({all}) SELECT count(*) FROM version"
# What proved that the raw records behind a deleted version were gone.
EVIDENCE = """
SELECT resource, source_id, suspect_scan, deleted_scan, deleted_at, deletion_evidence
FROM records_rawrecord raw
JOIN unnest(%(resources)s::text[], %(lengths)s::int2[], %(ids)s::text[])
    AS asked (resource, id_length, source_id) USING (resource, id_length, source_id)
WHERE company_id = %(company)s AND connection_id = %(connection)s AND deleted_at IS NOT NULL
UNION ALL
SELECT resource, source_id, NULL, deleted_scan, deleted_at, deletion_evidence
FROM records_supersededraw raw
JOIN unnest(%(resources)s::text[], %(lengths)s::int2[], %(ids)s::text[])
    AS asked (resource, id_length, source_id) USING (resource, id_length, source_id)
WHERE company_id = %(company)s AND connection_id = %(connection)s AND deleted_at IS NOT NULL
"""
_SOURCES = msgspec.json.Decoder(list[tuple[str, str]])


@dataclass(frozen=True)
class Deletion:
    """Why a raw record counts as deleted: the scans that lacked it, or the 404, and when."""

    resource: str
    id: str
    suspect_scan: int | None
    deleted_scan: int | None
    deleted_at: dt.datetime
    evidence: str


@dataclass
class Version:
    """One version of one record; `body_before` is None for its first."""

    record_id: str
    change_id: int
    known_from: dt.datetime
    known_to: dt.datetime | None
    modified_at: dt.datetime
    is_deleted: bool
    is_removed: bool
    mapping_version: str
    source_changed_at: dt.datetime
    mapping_changed_at: dt.datetime | None
    sources: list[tuple[str, str]]
    body: str
    body_before: str | None
    deletions: list[Deletion] = field(default_factory=list)

    @property
    def is_by_mapping(self) -> bool:
        """Whether only a released mapping made it, the source being as it was."""
        return self.mapping_changed_at == self.known_from


@dataclass(frozen=True)
class VersionsOf:
    """One record of one connection, or, without an id, all records of the type."""

    company_id: UUID
    connection_id: UUID
    data_type: DataType
    record_id: str | None = None
    parent_id: str | None = None

    @property
    def values(self) -> dict[str, Any]:
        one = self.record_id or ""
        return {
            "company": self.company_id,
            "connection": self.connection_id,
            "data_type": self.data_type.value,
            "length": len(one),
            "id": one,
            "parent": self.parent_id,
        }

    @property
    def relation(self) -> str:
        one = "" if self.record_id is None else _ONE
        return _ALL.format(one=one if self.parent_id is None else f"{one}{_OF_PARENT}")


def count_versions(of: VersionsOf) -> int:
    with database.cursor() as cursor:
        cursor.execute(COUNT.format(all=of.relation), of.values)
        return int(cursor.fetchone()[0])


def versions(of: VersionsOf, *, limit: int, offset: int) -> list[Version]:
    """A page of versions, newest first, those of deleted records with their evidence."""
    values = {**of.values, "limit": limit, "offset": offset}
    with database.cursor() as cursor:
        cursor.execute(PAGE.format(all=of.relation), values)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    found = [_version(row) for row in rows]
    _explain(of, [one for one in found if one.is_deleted])
    return found


def _version(row: dict[str, Any]) -> Version:
    return Version(
        record_id=row["record_id"],
        change_id=row["change_id"],
        known_from=row["known_from"],
        known_to=row["known_to"],
        modified_at=row["modified_at"],
        is_deleted=row["is_deleted"],
        is_removed=row["is_removed"],
        mapping_version=row["mapping_version"],
        source_changed_at=row["source_changed_at"],
        mapping_changed_at=row["mapping_changed_at"],
        sources=_SOURCES.decode(row["sources"]),
        body=row["body"],
        body_before=None if row["was_removed"] else row["body_before"],
    )


def _explain(of: VersionsOf, deleted: Sequence[Version]) -> None:
    asked = {source for version in deleted for source in version.sources}
    if not asked:
        return
    values = {
        **of.values,
        "resources": [one[0] for one in asked],
        "lengths": [len(one[1]) for one in asked],
        "ids": [one[1] for one in asked],
    }
    with database.cursor() as cursor:
        cursor.execute(EVIDENCE, values)
        proofs = [Deletion(*row) for row in cursor.fetchall()]
    for version in deleted:
        until = version.known_to
        version.deletions = [
            proof
            for proof in proofs
            if (proof.resource, proof.id) in version.sources
            and proof.deleted_at <= version.known_from
            and (until is None or proof.deleted_at < until)
        ]
