"""Collects the raw records that one normalised record may have been made of, within limits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection as database

from bookbridge.bridge.connectors.contract import RawRecord
from bookbridge.bridge.evidence.lineage.leaves import leaves, words
from bookbridge.bridge.evidence.lineage.view import Key, RawView
from bookbridge.bridge.records.bodies import BodyBox
from bookbridge.bridge.records.decimals import decode_exact
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.records.raw_history import RawVersion, raw_version

HOPS = 3
NAMES_MAX = 2_000
# Lists no longer than this are looked up whole: charts of accounts, tax codes, currencies.
SHORT_LIST_MAX = 200
# Where a record is made of everything, such as a cash flow, everything must be no more than this.
EVERYTHING_MAX = 4_000

NAMED = """
SELECT raw.resource, raw.source_id
FROM unnest(%(resources)s::text[]) AS list (resource)
CROSS JOIN unnest(%(lengths)s::int2[], %(ids)s::text[]) AS named (id_length, source_id)
JOIN records_rawrecord raw ON raw.company_id = %(company)s AND raw.connection_id = %(connection)s
  AND raw.resource = list.resource AND raw.id_length = named.id_length
  AND raw.source_id = named.source_id
LIMIT %(limit)s
"""
LISTED = """
SELECT source_id FROM records_rawrecord
WHERE company_id = %(company)s AND connection_id = %(connection)s AND resource = %(resource)s
ORDER BY id_length, source_id LIMIT %(limit)s
"""


class TooMuchToTraceError(Exception):
    """The record is made of more raw records than can be tried one after another."""

    code = "too_much_to_trace"


@dataclass
class RawCollection:
    """Raw records as they were known at a time, gathered step by step."""

    place: Place
    box: BodyBox
    resources: Sequence[str]
    supports: dict[str, bool]
    at: dt.datetime
    found: dict[Key, RawVersion] = field(default_factory=dict)

    def add(self, keys: Iterable[Key]) -> list[RawVersion]:
        """Read those that are not here yet; returns them."""
        added = []
        for resource, source_id in keys:
            if (resource, source_id) in self.found:
                continue
            if len(self.found) >= EVERYTHING_MAX:
                raise TooMuchToTraceError
            version = raw_version(
                place=self.place,
                box=self.box,
                resource=resource,
                source_id=source_id,
                at=self.at,
            )
            if version is not None:
                self.found[resource, source_id] = version
                added.append(version)
        return added

    def add_named(self, fresh: Sequence[RawVersion]) -> None:
        """What these name by any id, and what that names, a few steps far."""
        for _hop in range(HOPS):
            names = sorted({name for one in fresh for name in _names(one)})[:NAMES_MAX]
            if not names:
                return
            fresh = self.add(self._named(names))

    def add_short_lists(self) -> None:
        """Every list that is short enough, whole."""
        for resource in self.resources:
            ids = self._ids(resource, SHORT_LIST_MAX + 1)
            if len(ids) <= SHORT_LIST_MAX:
                self.add((resource, one) for one in ids)

    def add_everything(self) -> None:
        for resource in self.resources:
            self.add((resource, one) for one in self._ids(resource, EVERYTHING_MAX + 1))

    def view(self, alive: Iterable[Key]) -> RawView:
        """As a mapping sees them; those of `alive` count as there, whatever became of them."""
        kept = set(alive)
        return RawView(
            {key: RawRecord(one.id, one.body, one.parent_id) for key, one in self.found.items()},
            frozenset(name for name in self.resources if not self.supports.get(name, False)),
            frozenset(
                key
                for key, one in self.found.items()
                if one.deleted_at is not None and key not in kept
            ),
        )

    def _named(self, names: Sequence[str]) -> list[Key]:
        values = {
            **self.place.values,
            "resources": list(self.resources),
            "lengths": [len(name) for name in names],
            "ids": list(names),
            "limit": EVERYTHING_MAX,
        }
        with database.cursor() as cursor:
            cursor.execute(NAMED, values)
            return list(cursor.fetchall())

    def _ids(self, resource: str, limit: int) -> list[str]:
        values = {**self.place.values, "resource": resource, "limit": limit}
        with database.cursor() as cursor:
            cursor.execute(LISTED, values)
            return [row[0] for row in cursor.fetchall()]


def _names(raw: RawVersion) -> set[str]:
    """Every word of a raw record that could be the id of another."""
    found = {raw.parent_id} if raw.parent_id else set()
    for _pointer, value in leaves(decode_exact(raw.body)):
        if isinstance(value, str):
            found |= words(value) | {value}
        elif isinstance(value, int) and not isinstance(value, bool):
            found.add(str(value))
    return {name for name in found if len(name) <= 200}
