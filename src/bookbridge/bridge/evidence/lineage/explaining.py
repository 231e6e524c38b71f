"""Explains a record: it is mapped again, once with figures that carry their origins, and then once
for every leaf of its raw records with that leaf changed. What moves depends on it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bookbridge.bridge.connectors.contract import Connector, MappedRecord
from bookbridge.bridge.connectors.tracing import Figure, Origin, traced
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.evidence.lineage.leaves import alias_of, leaves, replaced, variants, words
from bookbridge.bridge.evidence.lineage.view import Key, RawView
from bookbridge.bridge.records.decimals import decode_exact, encode_exact

LEAVES_MAX = 2_000
SECONDS_MAX = 15.0
GUARDS_LISTED_MAX = 200
ORIGINS_LISTED_MAX = 200
AGREEING_MAX = 5

COPIED, DERIVED, CONSTANT = "copied", "derived", "constant"
Flat = dict[str, Any]


@dataclass(frozen=True)
class FieldOrigin:
    """One field of the record: how it came about, and from which leaves. `is_cut` when there are
    more than are named."""

    pointer: str
    kind: str
    origins: Sequence[Origin]
    is_cut: bool = False


@dataclass
class Explained:
    """`guards` are leaves that the record would be refused without: they must agree with others,
    so that changing them alone shows nothing. `limits` says what was left out, and why."""

    fields: list[FieldOrigin]
    guards: list[Origin] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)


def map_one(
    connector: Connector, data_type: DataType, view: RawView, record_id: str
) -> MappedRecord | None:
    """The one record that is asked for; None when it is refused or not made."""
    try:
        for made in connector.map(data_type, view):
            if isinstance(made, MappedRecord) and made.id == record_id:
                return made
    except Exception:
        return None
    return None


def flat(made: MappedRecord) -> Flat:
    """The record's leaves by pointer, as JSON readers see them."""
    return dict(leaves(decode_exact(encode_exact(made.body))))


def explain(
    connector: Connector,
    data_type: DataType,
    view: RawView,
    record_id: str,
    sources: Iterable[Key],
) -> Explained | None:
    """The origin of every field; None when these raw records do not make the record."""
    made = map_one(connector, data_type, view, record_id)
    if made is None:
        return None
    search = _Search(connector, data_type, view, record_id, flat(made), list(sources))
    search.follow_figures()
    search.change_leaves()
    return search.result()


class _Search:
    def __init__(
        self,
        connector: Connector,
        data_type: DataType,
        view: RawView,
        record_id: str,
        before: Flat,
        sources: list[Key],
    ) -> None:
        self._connector, self._data_type = connector, data_type
        self._view, self._record_id, self._before = view, record_id, before
        self._sources = [key for key in sources if key in view.records]
        self._raw = {key: decode_exact(one.body) for key, one in view.records.items()}
        self._ids = {record_id for _resource, record_id in view.records}
        self._origins: dict[str, set[Origin]] = {pointer: set() for pointer in before}
        self._cut: set[str] = set()
        self._guards: list[Origin] = []
        self._limits: list[str] = []
        self._ends_at = time.monotonic() + SECONDS_MAX
        self._leaves_left = LEAVES_MAX

    def result(self) -> Explained:
        fields = [self._field(pointer, value) for pointer, value in self._before.items()]
        return Explained(fields, self._guards[:GUARDS_LISTED_MAX], self._limits)

    # Figures

    def follow_figures(self) -> None:
        """One run in which every decimal knows which leaves it was made of."""
        with traced():
            made = map_one(self._connector, self._data_type, self._view, self._record_id)
        if made is None:
            self._limits.append("The mapping does not let figures be followed.")
            return
        for pointer, value in leaves(made.body):
            if isinstance(value, Figure) and pointer in self._origins:
                self._origins[pointer] |= value.origins
                if value.is_cut:
                    self._cut.add(pointer)

    # Leaves

    def change_leaves(self) -> None:
        """Change one leaf after another, of those records that have any bearing at all."""
        relevant = [*self._sources, *self._relevant()]
        for key in relevant:
            if key in self._sources:
                self._change_id(key)
                self._change_parent(key)
            for pointer, value in leaves(self._raw[key]):
                if self._is_over():
                    return
                self._leaves_left -= 1
                self._change(key, pointer, value)

    def _is_over(self) -> bool:
        if self._limits and self._limits[-1].startswith("Only"):
            return True
        if self._leaves_left <= 0:
            self._limits.append(f"Only {LEAVES_MAX} values of the raw records were tried.")
        elif time.monotonic() > self._ends_at:
            self._limits.append(f"Only what {SECONDS_MAX:.0f} seconds allow was tried.")
        else:
            return False
        return True

    def _change(self, key: Key, pointer: str, value: Any) -> None:
        origin = Origin(key[0], key[1], pointer)
        was_refused = False
        for other, named in variants(value, self._ids):
            view = self._view
            if named is not None:
                view = view.with_alias(named, alias_of(named), self._sources)
            text = encode_exact(replaced(self._raw[key], pointer, other))
            after = self._mapped(view.with_bodies({key: text}))
            if after is None:
                was_refused = True
                continue
            if self._note(after, origin):
                return
        if was_refused:
            self._guards.append(origin)

    def _change_id(self, key: Key) -> None:
        """A source's own id: the record's id follows it, so it is looked for by what is new. What
        the other sources say of it is renamed along, or they would not be about it any more."""
        said = {one: _renamed(self._raw[one], key[1]) for one in self._sources if one != key}
        bodies = {one: encode_exact(raw) for one, raw in said.items() if raw != self._raw[one]}
        view = self._view.with_bodies(bodies).renamed(key, alias_of(key[1]))
        for name in {alias_of(self._record_id), self._record_id.replace(key[1], alias_of(key[1]))}:
            made = map_one(self._connector, self._data_type, view, name)
            if made is not None:
                self._note(flat(made), Origin(key[0], key[1], "/id"))
                return

    def _change_parent(self, key: Key) -> None:
        """The record below which a source was listed, which may be named in its address alone."""
        parent = self._view.records[key].parent_id
        resource = self._connector.resources[key[0]].parent
        if not parent or resource is None:
            return
        view = self._view.with_alias(parent, alias_of(parent), self._sources)
        after = self._mapped(view.below(key, alias_of(parent)))
        origin = Origin(resource, parent, "/id")
        if after is not None:
            self._note(after, origin)
            return
        made = map_one(
            self._connector,
            self._data_type,
            view.below(key, alias_of(parent)),
            self._record_id.replace(parent, alias_of(parent)),
        )
        if made is None:
            self._guards.append(origin)
        else:
            self._note(flat(made), origin)

    def _mapped(self, view: RawView) -> Flat | None:
        made = map_one(self._connector, self._data_type, view, self._record_id)
        return None if made is None else flat(made)

    def _note(self, after: Mapping[str, Any], origin: Origin) -> bool:
        moved = [key for key, value in self._before.items() if after.get(key) != value]
        for pointer in moved:
            self._origins[pointer].add(origin)
        return bool(moved)

    # Which of the looked-up records matter

    def _relevant(self) -> list[Key]:
        """Records beyond the sources whose spoiling shows, found by halving."""
        others = [key for key in self._view.records if key not in set(self._sources)]
        named = {(origin.resource, origin.id) for found in self._origins.values()
                 for origin in found}  # fmt: skip
        certain = [key for key in others if key in named]
        return [*certain, *self._halve([key for key in others if key not in named])]

    def _halve(self, keys: list[Key]) -> list[Key]:
        if not keys or self._is_over() or not self._matter(keys):
            return []
        if len(keys) == 1:
            return keys
        middle = len(keys) // 2
        return [*self._halve(keys[:middle]), *self._halve(keys[middle:])]

    def _matter(self, keys: list[Key]) -> bool:
        spoilt = {key: encode_exact(self._spoilt(self._raw[key])) for key in keys}
        return self._mapped(self._view.with_bodies(spoilt)) != self._before

    def _spoilt(self, raw: Any) -> Any:
        for pointer, value in list(leaves(raw)):
            other = next((new for new, _named in variants(value, ())), None)
            if other is not None:
                raw = replaced(raw, pointer, other)
        return raw

    # What came of it

    def _field(self, pointer: str, value: Any) -> FieldOrigin:
        found = sorted(self._origins[pointer]) or self._agreeing(value)
        is_cut = pointer in self._cut or len(found) > ORIGINS_LISTED_MAX
        if not found:
            return FieldOrigin(pointer, CONSTANT, [])
        kind = DERIVED
        if len(found) == 1 and not is_cut and _is_same(value, self._leaf(found[0])):
            kind = COPIED
        return FieldOrigin(pointer, kind, found[:ORIGINS_LISTED_MAX], is_cut)

    def _agreeing(self, value: Any) -> list[Origin]:
        """Guards that say the same word: what must agree with others, and is copied from them."""
        if not isinstance(value, str):
            return []
        same = [guard for guard in self._guards if value == str(self._leaf(guard))]
        same = same or [guard for guard in self._guards if value in words(str(self._leaf(guard)))]
        of_sources = [guard for guard in same if (guard.resource, guard.id) in self._sources]
        return sorted(of_sources or same)[:AGREEING_MAX]

    def _leaf(self, origin: Origin) -> Any:
        if origin.pointer == "/id":
            return origin.id
        found = dict(leaves(self._raw[origin.resource, origin.id]))
        return found.get(origin.pointer)


def _renamed(raw: Any, record_id: str) -> Any:
    """The same JSON in which every reference to this id is one to its other name."""
    for pointer, value in list(leaves(raw)):
        if pointer != "/id" and not isinstance(value, bool) and str(value) == record_id:
            raw = replaced(raw, pointer, type(value)(alias_of(record_id)))
    return raw


def _is_same(value: Any, leaf: Any) -> bool:
    """The same text, or the same number however it is written."""
    if isinstance(value, (Decimal, int)) and not isinstance(value, bool):
        try:
            return Decimal(str(leaf)) == value
        except ArithmeticError:
            return False
    return str(value) == str(leaf) if not isinstance(value, bool) else value is leaf
