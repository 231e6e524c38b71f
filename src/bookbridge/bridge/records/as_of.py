"""What was known at a past time: a relation to read in place of the records as they are now."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

COLUMNS = (
    "company_id",
    "connection_id",
    "data_type",
    "id_length",
    "record_id",
    "client_id",
    "parent_id",
    "body",
    "content_hash",
    "order_date",
    "source_modified_at",
    "modified_at",
    "is_deleted",
    "mapping_version",
    "sources",
    "known_from",
    "change_id",
    "added_change_id",
    "source_changed_at",
    "mapping_changed_at",
)
_LISTED = ", ".join(COLUMNS)
# A record that no longer exists in a type without a deletion flag did not exist then either:
# the open version that says so is left out.
_AS_OF = (
    f"(SELECT {_LISTED} FROM records_record WHERE known_from <= %s"  # noqa: S608 - our own columns; values are parameters
    f" UNION ALL SELECT {_LISTED} FROM records_supersededversion"
    " WHERE known_from <= %s AND known_to > %s AND NOT is_removed)"
)


class Relation(NamedTuple):
    """Something to select from, with `records_record`'s columns; it takes an alias after it."""

    text: str
    params: tuple[dt.datetime, ...]


NOW = Relation("records_record", ())


def relation(at: dt.datetime | None) -> Relation:
    """The records as they were known at a time; as they are now where none is given.

    A version counts from the moment that we wrote it until the moment that another replaced it.
    """
    return NOW if at is None else Relation(_AS_OF, (at, at, at))
