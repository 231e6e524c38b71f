"""Raw records are stored here, page by page, and marked as gone when that is proved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection as database

from bookbridge.bridge.connectors.contract import RawRecord
from bookbridge.bridge.records.bodies import BodyBox
from bookbridge.bridge.records.operations.copying import Staging
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.records.rules import content_hash

STAGING = Staging(
    "staged_raw_record",
    (
        ("id_length", "int2"),
        ("source_id", "text"),
        ("parent_id", "text"),
        ("body", "bytea"),
        ("content_hash", "bytea"),
    ),
)
# Lateral, with its limit: each row is looked up by its whole key, whatever the planner knows.
KNOWN = """
SELECT raw.source_id, raw.content_hash, raw.deleted_at IS NOT NULL
FROM unnest(%(lengths)s::int2[], %(ids)s::text[]) AS seen (id_length, source_id)
CROSS JOIN LATERAL (
    SELECT * FROM records_rawrecord
    WHERE company_id = %(company)s AND connection_id = %(connection)s AND resource = %(resource)s
      AND id_length = seen.id_length AND source_id = seen.source_id LIMIT 1) AS raw
"""
# The body that a staged record replaces is kept, sealed as it is, by the same statement.
UPSERT = """
WITH closed AS (
    INSERT INTO records_supersededraw (
        company_id, connection_id, resource, id_length, source_id, known_from, known_to, client_id,
        parent_id, body, content_hash, changed_scan, until_scan, deleted_at, deleted_scan,
        deletion_evidence)
    SELECT company_id, connection_id, resource, old.id_length, old.source_id, changed_at, %(at)s,
        client_id, old.parent_id, old.body, old.content_hash, changed_scan, %(scan)s, deleted_at,
        deleted_scan, deletion_evidence
    FROM (SELECT * FROM staged_raw_record WHERE %(is_known)s) AS staged CROSS JOIN LATERAL (
        SELECT * FROM records_rawrecord
        WHERE company_id = %(company)s AND connection_id = %(connection)s
          AND resource = %(resource)s AND id_length = staged.id_length
          AND source_id = staged.source_id AND changed_at < %(at)s LIMIT 1) AS old)
INSERT INTO records_rawrecord AS raw (
    company_id, connection_id, resource, id_length, source_id, client_id, parent_id, body,
    content_hash, first_scan, changed_scan, changed_at, deletion_evidence)
SELECT %(company)s, %(connection)s, %(resource)s, id_length, source_id, %(client)s, parent_id,
    body, content_hash, %(scan)s, %(scan)s, %(at)s, ''
FROM staged_raw_record
ON CONFLICT (company_id, connection_id, resource, id_length, source_id) DO UPDATE SET
    parent_id = excluded.parent_id, body = excluded.body, content_hash = excluded.content_hash,
    changed_scan = excluded.changed_scan, changed_at = excluded.changed_at,
    suspect_scan = NULL, deleted_at = NULL, deleted_scan = NULL, deletion_evidence = ''
"""
COUNTS = """
SELECT count(*) FILTER (WHERE deleted_at IS NULL),
    count(*) FILTER (WHERE deleted_at IS NULL AND suspect_scan IS NOT NULL),
    count(*) FILTER (WHERE deleted_at IS NOT NULL)
FROM records_rawrecord
WHERE company_id = %(company)s AND connection_id = %(connection)s AND resource = %(resource)s
"""
RELEASE = """
UPDATE records_rawrecord SET suspect_scan = NULL
WHERE company_id = %(company)s AND connection_id = %(connection)s AND resource = %(resource)s
  AND suspect_scan IS NOT NULL AND deleted_at IS NULL AND NOT (source_id = ANY(%(ids)s))
"""
SUSPECT = """
UPDATE records_rawrecord SET suspect_scan = %(scan)s
WHERE company_id = %(company)s AND connection_id = %(connection)s AND resource = %(resource)s
  AND suspect_scan IS NULL AND deleted_at IS NULL AND source_id = ANY(%(ids)s)
"""
DELETE = """
UPDATE records_rawrecord SET deleted_at = %(at)s, deleted_scan = %(scan)s,
    deletion_evidence = %(evidence)s, suspect_scan = COALESCE(suspect_scan, %(scan)s)
WHERE company_id = %(company)s AND connection_id = %(connection)s AND resource = %(resource)s
  AND deleted_at IS NULL AND source_id = ANY(%(ids)s)
"""


# An administrator said so of all that a list has lacked for so long.
DELETE_SUSPECTS = """
UPDATE records_rawrecord SET deleted_at = %(at)s, deleted_scan = %(scan)s,
    deletion_evidence = left('missing since scan ' || suspect_scan || '; ' || %(evidence)s, 100)
WHERE company_id = %(company)s AND connection_id = %(connection)s AND resource = %(resource)s
  AND deleted_at IS NULL AND suspect_scan IS NOT NULL
"""
SUSPECTS = """
SELECT source_id FROM records_rawrecord
WHERE company_id = %(company)s AND connection_id = %(connection)s AND resource = %(resource)s
  AND deleted_at IS NULL AND suspect_scan IS NOT NULL
ORDER BY id_length, source_id LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Missing:
    """A live record that a complete scan did not meet."""

    id: str
    parent_id: str
    suspect_scan: int | None


def store_raw(
    *,
    place: Place,
    box: BodyBox,
    resource: str,
    scan: int,
    records: Sequence[RawRecord],
    at: dt.datetime,
) -> int:
    """Write those of the records that are new, changed or back again; returns how many.

    Runs in the caller's transaction, with the page's checkpoint.
    """
    by_id = {record.id: record for record in records}
    if not by_id:
        return 0
    values = {**place.values, "resource": resource, "scan": scan, "at": at}
    hashes = {record.id: content_hash(record.body, record.parent_id) for record in by_id.values()}
    with database.cursor() as cursor:
        ids = list(by_id)
        cursor.execute(KNOWN, {**values, "ids": ids, "lengths": [len(one) for one in ids]})
        known = {one: (bytes(digest), gone) for one, digest, gone in cursor.fetchall()}
        changed = [one for one in ids if known.get(one) != (hashes[one], False)]
        if not changed:
            return 0
        STAGING.fill(
            (
                len(one),
                one,
                by_id[one].parent_id,
                box.seal(resource, one, by_id[one].body),
                hashes[one],
            )
            for one in changed
        )
        cursor.execute(UPSERT, {**values, "is_known": bool(known)})
    return len(changed)


@dataclass(frozen=True)
class RawCounts:
    """How many raw records of a list are stored live, how many of them suspect, and deleted."""

    stored: int
    suspect: int
    deleted: int


def raw_counts(*, place: Place, resource: str) -> RawCounts:
    return RawCounts(*_fetch(COUNTS, place, resource, {})[0])


def release_suspects(*, place: Place, resource: str, except_ids: Sequence[str]) -> None:
    """All suspects but these were met again."""
    _execute(RELEASE, place, resource, {"ids": list(except_ids)})


def suspect_records(*, place: Place, resource: str, scan: int, ids: Sequence[str]) -> int:
    """A complete scan lacked these for the first time."""
    return _execute(SUSPECT, place, resource, {"scan": scan, "ids": list(ids)})


def delete_records(
    *,
    place: Place,
    resource: str,
    scan: int,
    ids: Sequence[str],
    evidence: str,
    at: dt.datetime,
) -> int:
    """Mark as deleted: the last body stays, with the scan and the evidence that proved it."""
    values = {"scan": scan, "ids": list(ids), "evidence": evidence, "at": at}
    return _execute(DELETE, place, resource, values)


def delete_suspects(
    *, place: Place, resource: str, scan: int, evidence: str, at: dt.datetime
) -> int:
    """Mark all suspects of a list as deleted; returns how many."""
    values = {"scan": scan, "evidence": evidence, "at": at}
    return _execute(DELETE_SUSPECTS, place, resource, values)


def suspects(*, place: Place, resource: str, limit: int) -> list[str]:
    """The ids of the first suspects of a list."""
    return [row[0] for row in _fetch(SUSPECTS, place, resource, {"limit": limit})]


def _execute(statement: str, place: Place, resource: str, more: Mapping[str, Any]) -> int:
    with database.cursor() as cursor:
        cursor.execute(statement, {**place.values, "resource": resource, **more})
        return int(cursor.rowcount)


def _fetch(
    statement: str, place: Place, resource: str, more: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    with database.cursor() as cursor:
        cursor.execute(statement, {**place.values, "resource": resource, **more})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
