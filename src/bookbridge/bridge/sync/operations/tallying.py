"""Adds up what a scan met, in the database: a list of any size costs a worker no memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection as database
from django.db.backends.utils import CursorWrapper

from bookbridge.bridge.records.operations import Missing
from bookbridge.bridge.sync.models import ResourceScan

PAGES = """
page AS (
    SELECT position, parent_id, source_ids, source_total, was_not_modified FROM sync_scanpage
    WHERE company_id = %(company)s AND connection_id = %(connection)s AND resource = %(resource)s
      AND scan_number = %(scan)s)
"""
# What the source says it has is the last word of each parent's list, added up.
TALLY = f"""
WITH {PAGES}
SELECT
    COALESCE((SELECT sum(cardinality(source_ids)) FROM page), 0),
    (SELECT count(*) FROM (
        SELECT DISTINCT parent_id, id FROM page CROSS JOIN LATERAL unnest(source_ids) AS id
    ) AS one),
    (SELECT sum(source_total) FROM (
        SELECT DISTINCT ON (parent_id) source_total FROM page WHERE source_total IS NOT NULL
        ORDER BY parent_id, position DESC) AS claimed),
    (SELECT min(position) FROM (
        SELECT position, parent_id, cardinality(source_ids) AS records,
            lead(parent_id) OVER (ORDER BY position) AS following
        FROM page) AS placed
    WHERE records = 0 AND following = parent_id),
    COALESCE((SELECT bool_or(source_total < before) FROM (
        SELECT source_total,
            lag(source_total) OVER (PARTITION BY parent_id ORDER BY position) AS before
        -- What an unchanged page says of the whole list was said in an earlier reading.
        FROM page WHERE NOT was_not_modified) AS told), false)
"""  # noqa: S608 - our own constants
_LIVE = """
    company_id = %(company)s AND connection_id = %(connection)s AND resource = %(resource)s
    AND deleted_at IS NULL
"""
_SEEN = f"{PAGES}, seen AS MATERIALIZED (SELECT DISTINCT unnest(source_ids) AS id FROM page)"  # noqa: S608 - our own constants
_UNSEEN = f"{_LIVE} AND NOT EXISTS (SELECT FROM seen WHERE seen.id = raw.source_id)"
COUNT = f"""
WITH {_SEEN}
SELECT (SELECT count(*) FROM records_rawrecord raw WHERE {_UNSEEN}),
    (SELECT count(*) FROM records_rawrecord WHERE {_LIVE})
"""  # noqa: S608 - our own constants
LIST = f"""
WITH {_SEEN}
SELECT source_id, parent_id, suspect_scan FROM records_rawrecord raw WHERE {_UNSEEN}
ORDER BY id_length, source_id LIMIT %(limit)s
"""  # noqa: S608 - our own constants
SUSPECT_ALL = f"""
WITH {_SEEN}
UPDATE records_rawrecord raw SET suspect_scan = %(scan)s WHERE {_UNSEEN} AND suspect_scan IS NULL
"""  # noqa: S608 - our own constants
RELEASE_SEEN = f"""
WITH {_SEEN}
UPDATE records_rawrecord raw SET suspect_scan = NULL FROM seen
WHERE {_LIVE} AND suspect_scan IS NOT NULL AND raw.source_id = seen.id
"""  # noqa: S608 - our own constants
MISSING_LISTED_MAX = 200_000


@dataclass(frozen=True)
class Tally:
    """How many records a scan read, how many of them were different ones, what the source said
    (None: nothing), the place of the first page that was empty in mid-list, and whether the source
    said fewer from one page to the next."""

    read: int
    distinct: int
    claimed: int | None
    empty_page: int | None
    has_shrunk: bool


def tally(row: ResourceScan) -> Tally:
    read, distinct, claimed, empty, shrunk = _one(TALLY, row)
    return Tally(int(read), distinct, None if claimed is None else int(claimed), empty, shrunk)


def count_missing(row: ResourceScan) -> tuple[int, int]:
    """How many live records the scan did not meet, and how many are live."""
    missing, live = _one(COUNT, row)
    return missing, live


def list_missing(row: ResourceScan) -> Sequence[Missing]:
    with _hashing() as cursor:
        cursor.execute(LIST, _values(row))
        return [Missing(*found) for found in cursor.fetchall()]


def suspect_all_missing(row: ResourceScan) -> None:
    """Note of every record that the scan did not meet since when it is gone."""
    with _hashing() as cursor:
        cursor.execute(SUSPECT_ALL, _values(row))
        cursor.execute(RELEASE_SEEN, _values(row))


def _one(statement: str, row: ResourceScan) -> tuple[Any, ...]:
    with _hashing() as cursor:
        cursor.execute(statement, _values(row))
        found: tuple[Any, ...] = cursor.fetchone()
        return found


def _values(row: ResourceScan) -> dict[str, Any]:
    return {
        "company": row.company_id,
        "connection": row.connection_id,
        "resource": row.resource,
        "scan": row.number,
        "limit": MISSING_LISTED_MAX,
    }


@contextmanager
def _hashing() -> Iterator[CursorWrapper]:
    """Of a list just read the planner knows nothing, and would compare each with each. What is
    turned off counts as very dear, which must not pass for work that is worth compiling."""
    with database.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL jit = off")
        yield cursor
        cursor.execute("SET LOCAL enable_nestloop = on; SET LOCAL jit TO DEFAULT")
