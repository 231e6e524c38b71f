"""The change feed: what became of a company's records between two places in its order of changes.

A walk covers one span of changes, from where the reader is to where the company was when the walk
began, and gives each record that changed in it once, as it was at the span's end. What changes
during the walk belongs to the next one. Ids of changes become visible in their order, because the
writers of one company take turns: nothing can turn up behind a reader.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection as database
from django.utils.translation import gettext as _

from bookbridge.bridge.datatypes import DataType

CURSOR_LENGTH_MAX = 2000
_VERSION = "1"

_FEED = "feed = uuid_hash_extended(%(company)s, 0) AND company_id = %(company)s"
NEWEST = f"""
SELECT GREATEST(
    COALESCE((SELECT max(change_id) FROM records_record WHERE {_FEED}), 0),
    COALESCE((SELECT max(change_id) FROM records_supersededversion WHERE {_FEED}), 0))
"""  # noqa: S608 - our own constant
_COLUMNS = """
    change_id, connection_id, data_type, id_length, record_id, parent_id, body::text AS body,
    modified_at, known_from, is_deleted
"""
# Both halves are read in the order of an index, and no further than the page needs. A version
# that another replaced within the span is passed over: the other one is given.
SPAN = f"""
SELECT page.*, prior.is_there
FROM (
    (SELECT {_COLUMNS} FROM records_record
    WHERE {_FEED} AND change_id > %(place)s AND change_id <= %(end)s
      AND data_type = ANY(%(types)s) ORDER BY change_id LIMIT %(limit)s)
    UNION ALL
    (SELECT {_COLUMNS} FROM records_supersededversion
    WHERE {_FEED} AND change_id > %(place)s AND change_id <= %(end)s
      AND (until_change_id IS NULL OR until_change_id > %(end)s)
      AND data_type = ANY(%(types)s) ORDER BY change_id LIMIT %(limit)s)
    ORDER BY change_id LIMIT %(limit)s) AS page
LEFT JOIN LATERAL (
    SELECT NOT is_deleted AS is_there FROM records_supersededversion version
    WHERE company_id = %(company)s AND version.connection_id = page.connection_id
      AND version.data_type = page.data_type AND version.id_length = page.id_length
      AND version.record_id = page.record_id
      AND version.change_id <= %(start)s AND version.until_change_id > %(start)s
    LIMIT 1) AS prior ON %(start)s > 0
ORDER BY page.change_id
"""  # noqa: S608 - our own columns


class CursorError(Exception):
    """A cursor that this feed did not give out."""

    code = "cursor_unknown"


@dataclass(frozen=True)
class Cursor:
    """A place in the feed: the span from `start` to `end` has been read up to `place`."""

    company_id: UUID
    types: tuple[str, ...]
    start: int = 0
    place: int = 0
    end: int = 0

    @property
    def text(self) -> str:
        """Opaque to readers; nothing in it is secret, and it never expires."""
        parts = [_VERSION, self.company_id.hex, self.start, self.place, self.end]
        plain = ".".join(map(str, parts)) + "." + ",".join(self.types)
        check = f"{binascii.crc32(plain.encode()):08x}"
        return base64.urlsafe_b64encode(f"{check}.{plain}".encode()).decode().rstrip("=")


@dataclass(frozen=True)
class Change:
    """What became of one record: `kind` is added, modified or removed."""

    kind: str
    connection_id: UUID
    data_type: str
    id: str
    parent_id: str
    body: str
    modified_at: dt.datetime
    known_from: dt.datetime


@dataclass(frozen=True)
class ChangePage:
    """A page of changes and where to go on; `has_more` says whether that is worth while now."""

    changes: Sequence[Change]
    next_cursor: Cursor
    has_more: bool


def first_cursor(company_id: UUID, types: Sequence[DataType]) -> Cursor:
    """The beginning of the feed: from here on it adds up to all that there is."""
    return Cursor(company_id, tuple(sorted(one.value for one in types)))


def cursor_of(text: str, company_id: UUID) -> Cursor:
    """The cursor that a reader gives back. Raises CursorError."""
    refusal = CursorError(
        _("This cursor was not given out for this company's changes. Begin again without one.")
    )
    if len(text) > CURSOR_LENGTH_MAX or not text.isascii():
        raise refusal
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        check, rest = plain.split(".", 1)
        version, company, start, place, end, types = rest.split(".")
        cursor = Cursor(UUID(company), tuple(types.split(",")), int(start), int(place), int(end))
    except ValueError as error:
        raise refusal from error
    is_ours = check == f"{binascii.crc32(rest.encode()):08x}" and version == _VERSION
    is_in_order = 0 <= cursor.start <= cursor.place <= cursor.end
    if not is_ours or not is_in_order or cursor.company_id != company_id:
        raise refusal
    return cursor


def changes_after(cursor: Cursor, size: int) -> ChangePage:
    """The page after a cursor. Raises CursorError for one from another time line: a database
    that was put back to an earlier state has not seen it yet."""
    newest = _newest(cursor.company_id)
    if cursor.end > newest:
        raise CursorError(
            _("This cursor is ahead of the company's changes. Begin again without one.")
        )
    if cursor.place == cursor.end:
        cursor = replace(cursor, start=cursor.end, end=newest)
    rows = _rows(cursor, size + 1)
    changes = [_change(row) for row in rows[:size]]
    is_span_read = len(rows) <= size
    place = cursor.end if is_span_read else rows[size - 1][0]
    following = replace(cursor, place=place)
    has_more = not is_span_read or _newest(cursor.company_id) > cursor.end
    return ChangePage(changes, following, has_more)


def _rows(cursor: Cursor, limit: int) -> list[tuple[Any, ...]]:
    if cursor.place == cursor.end:
        return []
    values: dict[str, Any] = {
        "company": cursor.company_id,
        "start": cursor.start,
        "place": cursor.place,
        "end": cursor.end,
        "types": list(cursor.types),
        "limit": limit,
    }
    with database.cursor() as query:
        query.execute(SPAN, values)
        rows: list[tuple[Any, ...]] = query.fetchall()
        return rows


def _change(row: tuple[Any, ...]) -> Change:
    _id, connection_id, data_type, _length, one, parent, body, modified_at, known, gone, was = row
    kind = "removed" if gone else "modified" if was else "added"
    return Change(kind, connection_id, data_type, one, parent, body, modified_at, known)


def _newest(company_id: UUID) -> int:
    with database.cursor() as query:
        query.execute(NEWEST, {"company": company_id})
        return int(query.fetchone()[0])
