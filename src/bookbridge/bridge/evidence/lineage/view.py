"""The few raw records that one normalised record is made of, as a mapping sees them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bookbridge.bridge.connectors.contract import RawRecord

Key = tuple[str, str]


def _number(record: RawRecord) -> tuple[int, str]:
    return len(record.id), record.id


@dataclass(frozen=True)
class RawView:
    """Raw records by list and id. `gone` are deleted ones, which are found by id only."""

    records: dict[Key, RawRecord]
    unsupported: frozenset[str]
    gone: frozenset[Key] = frozenset()
    _by_list: dict[str, list[RawRecord]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_list: dict[str, list[RawRecord]] = {}
        for key, record in self.records.items():
            if key not in self.gone:
                by_list.setdefault(key[0], []).append(record)
        for listed in by_list.values():
            listed.sort(key=_number)
        object.__setattr__(self, "_by_list", by_list)

    def all(self, resource: str) -> Iterator[RawRecord]:
        yield from self._by_list.get(resource, ())

    def get(self, resource: str, record_id: str) -> RawRecord | None:
        return self.records.get((resource, record_id))

    def is_deleted(self, resource: str, record_id: str) -> bool:
        return (resource, record_id) in self.gone

    def supported(self, resource: str) -> bool:
        return resource not in self.unsupported

    def with_bodies(self, bodies: dict[Key, bytes]) -> RawView:
        """The same view with other texts in some of its records."""
        changed = {
            key: RawRecord(record.id, bodies[key], record.parent_id) if key in bodies else record
            for key, record in self.records.items()
        }
        return RawView(changed, self.unsupported, self.gone)

    def with_alias(self, record_id: str, alias: str, kept: Iterable[Key]) -> RawView:
        """The same view, in which everything with this id has a twin of another name: whoever
        refers to the alias is still answered. The records of `kept` get no twin."""
        twins = {
            (resource, alias): RawRecord(alias, record.body, record.parent_id)
            for (resource, one), record in self.records.items()
            if one == record_id and (resource, one) not in set(kept)
        }
        return RawView({**self.records, **twins}, self.unsupported, self.gone)

    def renamed(self, key: Key, name: str) -> RawView:
        """The same view with one record under another id."""
        record = self.records[key]
        rest = {one: found for one, found in self.records.items() if one != key}
        renamed = RawRecord(name, record.body, record.parent_id)
        return RawView({**rest, (key[0], name): renamed}, self.unsupported, self.gone)

    def below(self, key: Key, parent_id: str) -> RawView:
        """The same view with one record listed below another parent."""
        record = self.records[key]
        moved = RawRecord(record.id, record.body, parent_id)
        return RawView({**self.records, key: moved}, self.unsupported, self.gone)
