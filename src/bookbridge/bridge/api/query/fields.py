"""What can be asked for: the fields of an endpoint, their kinds, and where SQL finds them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from uuid import UUID

from bookbridge.bridge.api.query.tree import Clause, Operator

# What stands for a placeholder.
Param = str | bool | int | bytes | Decimal | dt.date | UUID


class FieldKind(Enum):
    """How the values of a field compare. WORD is one of a list, compared without regard to case.

    DATE is a timestamp without zone, as business dates are; DAY such a date in a column of days,
    compared as a day, because only that comparison may use an index below row security; MOMENT a
    timestamp with zone.
    """

    TEXT = "text"
    WORD = "word"
    NUMBER = "number"
    DATE = "date"
    DAY = "day"
    MOMENT = "moment"
    FLAG = "flag"


_EQUALITY = frozenset({Operator.EQUAL, Operator.NOT_EQUAL})
_ORDER = _EQUALITY | {
    Operator.GREATER,
    Operator.LESS,
    Operator.GREATER_OR_EQUAL,
    Operator.LESS_OR_EQUAL,
}

OPERATORS: Mapping[FieldKind, frozenset[Operator]] = {
    FieldKind.TEXT: _EQUALITY | {Operator.CONTAINS},
    FieldKind.WORD: _EQUALITY | {Operator.CONTAINS},
    FieldKind.NUMBER: _ORDER,
    FieldKind.DATE: _ORDER,
    FieldKind.DAY: _ORDER,
    FieldKind.MOMENT: _ORDER,
    FieldKind.FLAG: _EQUALITY,
}


@dataclass(frozen=True)
class Field:
    """A field and the SQL that yields its value, already of the right SQL type.

    `sql` is ours, never the caller's; `params` fill its placeholders. `is_key`: the value stands in
    the index that lists are read from. `is_folded`: it is lower case already. A column that keeps
    only the first `limit` characters names the `whole` value, for comparisons that need more.
    """

    sql: str
    kind: FieldKind
    params: tuple[Param, ...] = ()
    is_key: bool = False
    is_folded: bool = False
    is_never_null: bool = False
    limit: int | None = None
    whole: Field | None = None

    def asked_by(self, clause: Clause) -> Field:
        """The field that can answer this clause: itself, or the whole of it."""
        if self.limit is None or self.whole is None:
            return self
        is_cut = clause.operator is Operator.CONTAINS or len(clause.value) >= self.limit
        return self.whole if is_cut else self


def name_in_order(order_by: str) -> str:
    """The name in `field` or `-field`; a plus may stand there too."""
    text = order_by.strip()
    return text[1:].strip() if text.startswith(("-", "+")) else text


class Fields:
    """The fields of one endpoint by public name; letter case is forgiven."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self._fields = {name.lower(): field for name, field in fields.items()}

    def find(self, path: tuple[str, ...]) -> Field | None:
        return self._fields.get(".".join(path).lower())

    def ordered_by(self, order_by: str) -> Field | None:
        """The field that `field` or `-field` names."""
        return self.find(tuple(name_in_order(order_by).split(".")))


class TagFields(Fields):
    """Every tag of a row: any name is a field, its value text."""

    def __init__(self, tags_sql: str) -> None:
        super().__init__({})
        self._tags_sql = tags_sql

    def find(self, path: tuple[str, ...]) -> Field | None:
        return Field(f"({self._tags_sql} ->> %s)", FieldKind.TEXT, (".".join(path),))


_BODY_CAST = {
    FieldKind.TEXT: "",
    FieldKind.WORD: "",
    FieldKind.NUMBER: "::numeric",
    FieldKind.DATE: "::timestamp",
    FieldKind.DAY: "::date",
    FieldKind.MOMENT: "::timestamptz",
    FieldKind.FLAG: "::boolean",
}


def body_field(name: str, kind: FieldKind, column: str = "body") -> Field:
    """A field inside a jsonb column. `name` is from our own tables, so it may stand in the SQL."""
    steps = name.split(".")
    if not all(step.isidentifier() for step in steps):
        raise ValueError(f"{name!r} is not a field name")
    if len(steps) == 1:
        text = f"({column} ->> '{name}')"
    else:
        text = f"({column} #>> '{{{','.join(steps)}}}')"
    return Field(f"{text}{_BODY_CAST[kind]}", kind)


def body_fields(names: Mapping[FieldKind, Iterable[str]], column: str = "body") -> dict[str, Field]:
    """Fields inside a jsonb column, by kind."""
    return {name: body_field(name, kind, column) for kind, group in names.items() for name in group}
