"""Why a record would change: because its source did, or only because we map it otherwise now.

A new mapping is not let loose on what is already known: a sync writes what the source changed, and
holds what only the mapping would change until somebody has looked at it and released it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from django.db import connection as database

from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.records.operations.rows import Row, Source
from bookbridge.bridge.records.place import Place

CHANGED = """
SELECT raw.resource, raw.source_id
FROM unnest(%(resources)s::text[], %(lengths)s::int2[], %(ids)s::text[])
    AS asked (resource, id_length, source_id)
CROSS JOIN LATERAL (
    SELECT * FROM records_rawrecord
    WHERE company_id = %(company)s AND connection_id = %(connection)s
      AND resource = asked.resource AND id_length = asked.id_length
      AND source_id = asked.source_id LIMIT 1) AS raw
WHERE raw.changed_at > %(since)s OR raw.deleted_at > %(since)s
"""


class Cause(Enum):
    """What made a record other than it was, or that it is not to be written."""

    SOURCE = "source"
    MAPPING = "mapping"
    HELD = "held"


@dataclass(frozen=True)
class Release:
    """What becomes of changes that only a new mapping makes.

    `since` is when the type was last mapped, by another mapping; None where the mapping is the
    same, or the first. `is_given` writes them, otherwise they are held. `on_held` is told of each
    batch that is held; a preview holds everything, whatever the cause.
    """

    since: dt.datetime | None = None
    is_given: bool = True
    is_preview: bool = False
    on_held: Callable[[DataType, Sequence[Row]], None] | None = None


def causes(
    place: Place, release: Release, data_type: DataType, rows: Sequence[Row]
) -> dict[Cause, Sequence[Row]]:
    """The rows by their cause; only causes that there are."""
    found: dict[Cause, Sequence[Row]] = {Cause.SOURCE: rows}
    if release.is_preview:
        found = {Cause.HELD: rows}
    elif release.since is not None:
        changed = _changed_since(place, [one for row in rows for one in row.sources], release.since)
        by_mapping = Cause.MAPPING if release.is_given else Cause.HELD
        found = {
            Cause.SOURCE: [row for row in rows if not changed.isdisjoint(row.sources)],
            by_mapping: [row for row in rows if changed.isdisjoint(row.sources)],
        }
    if release.on_held is not None and found.get(Cause.HELD):
        release.on_held(data_type, found[Cause.HELD])
    return {cause: ours for cause, ours in found.items() if ours}


def _changed_since(place: Place, sources: Sequence[Source], since: dt.datetime) -> set[Source]:
    values = {
        **place.values,
        "resources": [one[0] for one in sources],
        "lengths": [len(one[1]) for one in sources],
        "ids": [one[1] for one in sources],
        "since": since,
    }
    with database.cursor() as cursor:
        cursor.execute(CHANGED, values)
        return {(row[0], row[1]) for row in cursor.fetchall()}
