"""What warning signs are found in: late arrivals, replaced versions and document numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection as database

from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.records.decimals import decode_exact
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.sync.models import Certificate

READ_AT_ONCE = 500
DIGITS_MAX = 15

# A record whose first version came after the first complete read of its type.
LATE = """
SELECT record_id, change_id, known_from, is_deleted, body::text, NULL, order_date
FROM records_record AS record
WHERE company_id = %(company)s AND connection_id = %(connection)s AND data_type = %(data_type)s
  AND NOT is_deleted AND order_date IS NOT NULL
  AND (added_change_id = change_id AND known_from > %(first)s
    OR EXISTS (
      SELECT FROM records_supersededversion AS older
      WHERE older.company_id = record.company_id AND older.connection_id = record.connection_id
        AND older.data_type = record.data_type AND older.id_length = record.id_length
        AND older.record_id = record.record_id AND older.change_id = record.added_change_id
        AND older.known_from > %(first)s))
ORDER BY order_date, id_length, record_id
"""
# Each version that the source itself made of an earlier one, beside that one.
CHANGED = """
WITH version AS (
    SELECT id_length, record_id, change_id, known_from, is_deleted, body, order_date,
        mapping_changed_at
    FROM records_record
    WHERE company_id = %(company)s AND connection_id = %(connection)s
      AND data_type = %(data_type)s AND added_change_id < change_id
    UNION ALL
    SELECT id_length, record_id, change_id, known_from, is_deleted, body, order_date,
        mapping_changed_at
    FROM records_supersededversion
    WHERE company_id = %(company)s AND connection_id = %(connection)s
      AND data_type = %(data_type)s AND added_change_id < change_id AND NOT is_removed)
SELECT version.record_id, version.change_id, version.known_from, version.is_deleted,
    version.body::text, older.body::text, older.order_date
FROM version
JOIN LATERAL (
    SELECT body, order_date, is_deleted FROM records_supersededversion AS older
    WHERE older.company_id = %(company)s AND older.connection_id = %(connection)s
      AND older.data_type = %(data_type)s AND older.id_length = version.id_length
      AND older.record_id = version.record_id AND older.change_id < version.change_id
    ORDER BY older.change_id DESC LIMIT 1) AS older ON true
WHERE version.mapping_changed_at IS DISTINCT FROM version.known_from
  AND older.order_date IS NOT NULL AND NOT older.is_deleted
ORDER BY version.change_id
"""
NUMBERS = """
SELECT substring(number FROM '^(.*?)[0-9]+$') AS prefix,
    substring(number FROM '[0-9]+$') AS digits, record_id
FROM (
    SELECT record_id, id_length, body ->> %(field)s AS number FROM records_record
    WHERE company_id = %(company)s AND connection_id = %(connection)s
      AND data_type = %(data_type)s AND body ->> %(field)s ~ '[0-9]+$') AS numbered
WHERE length(substring(number FROM '[0-9]+$')) <= %(digits_max)s
ORDER BY prefix, substring(number FROM '[0-9]+$')::numeric, id_length, record_id
"""
REPEATED = """
SELECT number, array_agg(record_id ORDER BY id_length, record_id)
FROM (
    SELECT record_id, id_length, body ->> %(field)s AS number FROM records_record
    WHERE company_id = %(company)s AND connection_id = %(connection)s
      AND data_type = %(data_type)s AND NOT is_deleted AND body ->> %(field)s <> '') AS numbered
GROUP BY number HAVING count(*) > 1 ORDER BY number
"""


@dataclass(frozen=True)
class Late:
    """A version of a record that came after others; `before` is the one that it replaced."""

    id: str
    change_id: int
    known_from: dt.datetime
    is_deleted: bool
    body: dict[str, Any]
    before: dict[str, Any] | None
    business_date: dt.date


def late_arrivals(place: Place, data_type: DataType) -> Iterator[Late]:
    """Records that were not there when the type was first read to its end."""
    first = (
        Certificate.objects.filter(
            company_id=place.company_id,
            connection_id=place.connection_id,
            kind=Certificate.Kind.DATASET,
            text__contains=f'"dataType":"{data_type.value}"',
        )
        .order_by("issued_at")
        .values_list("issued_at", flat=True)
        .first()
    )
    if first is not None:
        yield from _late(LATE, place, data_type, first=first)


def changed_versions(place: Place, data_type: DataType) -> Iterator[Late]:
    """Versions that a change at the source made of earlier ones, oldest first."""
    yield from _late(CHANGED, place, data_type)


def numbers_of(
    place: Place, data_type: DataType, number_field: str
) -> Iterator[tuple[str, int, int, str]]:
    """Prefix, number, digits written, record id: in order, deleted records too."""
    values = {"field": number_field, "digits_max": DIGITS_MAX}
    for prefix, digits, record_id in _rows(NUMBERS, place, data_type, **values):
        yield prefix, int(digits), len(digits), record_id


def repeated_numbers(
    place: Place, data_type: DataType, number_field: str
) -> Iterator[tuple[str, list[str]]]:
    yield from _rows(REPEATED, place, data_type, field=number_field)


def year_start_of(place: Place) -> dt.date | None:
    """When the source's financial years begin, from the newest comparison with its reports."""
    newest = (
        Certificate.objects.filter(
            company_id=place.company_id,
            connection_id=place.connection_id,
            kind=Certificate.Kind.RECONCILIATION,
        )
        .order_by("-issued_at")
        .first()
    )
    text = None if newest is None else decode_exact(newest.text).get("yearStart")
    return dt.date.fromisoformat(text) if text else None


def _late(sql: str, place: Place, data_type: DataType, **values: Any) -> Iterator[Late]:
    for record_id, change_id, known_from, is_deleted, body, before, dated in _rows(
        sql, place, data_type, **values
    ):
        yield Late(
            record_id,
            change_id,
            known_from,
            is_deleted,
            decode_exact(body),
            None if before is None else decode_exact(before),
            dated,
        )


def _rows(sql: str, place: Place, data_type: DataType, **values: Any) -> Iterator[tuple[Any, ...]]:
    with database.chunked_cursor() as cursor:
        cursor.execute(sql, {**place.values, "data_type": data_type.value, **values})
        while rows := cursor.fetchmany(READ_AT_ONCE):
            yield from rows
