"""Follows figures through a mapping: where each amount of a normalised record comes from.

Tracing is off except while lineage is asked for. A connector takes part with one call of `marked`
where it reads a raw record; figures then carry their origins through every sum and product. What a
connector does not mark is still found by lineage's other means: changing it and looking.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

import msgspec

from bookbridge.bridge.connectors.contract import RawRecord

V = TypeVar("V")
# A figure that sums more than this names the first of them, and says that there are more.
ORIGINS_MAX = 200
NESTING_MAX = 12


class Origin(NamedTuple):
    """One leaf of one raw record."""

    resource: str
    id: str
    pointer: str


Origins = frozenset[Origin]
_is_on: ContextVar[bool] = ContextVar("figures_are_traced", default=False)


@contextmanager
def traced() -> Iterator[None]:
    """Figures that are read within carry their origins."""
    token = _is_on.set(True)
    try:
        yield
    finally:
        _is_on.reset(token)


class Figure(Decimal):
    """A decimal that knows which leaves it was made of."""

    origins: Origins
    is_cut: bool

    @classmethod
    def of(cls, value: Decimal, origins: Origins, *, is_cut: bool = False) -> Figure:
        made = cls(value)
        made.origins = origins
        made.is_cut = is_cut
        return made


def origins_of(value: object) -> Origins:
    return value.origins if isinstance(value, Figure) else frozenset()


def _joined(value: Any, *parts: object) -> Any:
    """The result of an operation with the origins of all that went into it."""
    if not isinstance(value, Decimal):
        return value
    origins: Origins = frozenset()
    is_cut = False
    for part in parts:
        if isinstance(part, Figure):
            is_cut = is_cut or part.is_cut
            if not part.origins <= origins:
                origins |= part.origins
    if len(origins) > ORIGINS_MAX:
        origins, is_cut = frozenset(sorted(origins)[:ORIGINS_MAX]), True
    return Figure.of(value, origins, is_cut=is_cut)


def _follow(name: str) -> Any:
    plain = getattr(Decimal, name)

    def operation(self: Figure, *others: Any, **options: Any) -> Any:
        value = plain(self, *others, **options)
        return value if value is NotImplemented else _joined(value, self, *others)

    operation.__name__ = name
    return operation


_FOLLOWED = (
    "__add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ __truediv__ __rtruediv__ __floordiv__ "
    "__rfloordiv__ __mod__ __rmod__ __neg__ __pos__ __abs__ __round__ quantize normalize copy_abs "
    "copy_negate to_integral_value"
)
for _name in _FOLLOWED.split():
    setattr(Figure, _name, _follow(_name))


def marked(record: RawRecord, resource: str, pointer: str, value: V) -> V:
    """The same struct; while tracing, its decimals know the leaves below `pointer` that they are.

    A key counts as a field's own in either spelling, with dashes or with underscores.
    """
    if not _is_on.get():
        return value
    raw = json.loads(record.body)
    for part in pointer.strip("/").split("/"):
        raw = raw.get(part) if isinstance(raw, Mapping) else None
    _mark(value, raw, Origin(resource, record.id, pointer), 0)
    return value


def _mark(value: Any, raw: Any, at: Origin, depth: int) -> Any:
    """The value with its figures marked; structs and lists are changed in place."""
    if depth > NESTING_MAX:
        return value
    if isinstance(value, Decimal):
        return Figure.of(value, frozenset({at}))
    if isinstance(value, list) and isinstance(raw, list) and len(raw) == len(value):
        for position, one in enumerate(value):
            value[position] = _mark(one, raw[position], _below(at, str(position)), depth + 1)
    elif isinstance(value, msgspec.Struct) and isinstance(raw, Mapping):
        keys = {key.replace("_", "-"): key for key in raw}
        for field in msgspec.structs.fields(value):
            key = keys.get(field.encode_name.replace("_", "-"))
            if key is not None:
                found = getattr(value, field.name)
                new = _mark(found, raw[key], _below(at, key), depth + 1)
                if new is not found:
                    msgspec.structs.force_setattr(value, field.name, new)
    return value


def _below(at: Origin, key: str) -> Origin:
    escaped = key.replace("~", "~0").replace("/", "~1")
    return at._replace(pointer=f"{at.pointer}/{escaped}")
