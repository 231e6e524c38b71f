"""A raw record as it was when a version of a normalised one was made from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection as database

from bookbridge.bridge.records.bodies import BodyBox
from bookbridge.bridge.records.place import Place

# The body that was the newest at that time; where our history began later, the oldest there is.
AT = """
SELECT known_from, parent_id, body, content_hash, changed_scan, deleted_at, deletion_evidence,
    known_from <= %(at)s AS is_exact
FROM (
    SELECT changed_at AS known_from, parent_id, body, content_hash, changed_scan, deleted_at,
        deletion_evidence
    FROM records_rawrecord
    WHERE company_id = %(company)s AND connection_id = %(connection)s AND resource = %(resource)s
      AND id_length = %(length)s AND source_id = %(id)s
    UNION ALL
    SELECT known_from, parent_id, body, content_hash, changed_scan, deleted_at, deletion_evidence
    FROM records_supersededraw
    WHERE company_id = %(company)s AND connection_id = %(connection)s AND resource = %(resource)s
      AND id_length = %(length)s AND source_id = %(id)s) AS version
ORDER BY is_exact DESC, CASE WHEN known_from <= %(at)s THEN known_from END DESC, known_from
LIMIT 1
"""


@dataclass(frozen=True)
class RawVersion:
    """One body of a raw record, opened. `is_exact` is false where it was first kept later than
    the time that was asked for. A deletion that came after that time is not told."""

    resource: str
    id: str
    parent_id: str
    body: bytes
    content_hash: bytes
    scan: int
    known_from: dt.datetime
    deleted_at: dt.datetime | None
    deletion_evidence: str
    is_exact: bool


def raw_version(
    *, place: Place, box: BodyBox, resource: str, source_id: str, at: dt.datetime
) -> RawVersion | None:
    """The raw record as it was known at a time; None when it was never seen."""
    values = {
        **place.values,
        "resource": resource,
        "length": len(source_id),
        "id": source_id,
        "at": at,
    }
    with database.cursor() as cursor:
        cursor.execute(AT, values)
        row = cursor.fetchone()
    if row is None:
        return None
    known_from, parent_id, body, digest, scan, deleted_at, evidence, is_exact = row
    is_gone = deleted_at is not None and deleted_at <= at
    return RawVersion(
        resource=resource,
        id=source_id,
        parent_id=parent_id,
        body=box.open(resource, source_id, bytes(body)),
        content_hash=bytes(digest),
        scan=scan,
        known_from=known_from,
        deleted_at=deleted_at if is_gone else None,
        deletion_evidence=evidence if is_gone else "",
        is_exact=is_exact,
    )
