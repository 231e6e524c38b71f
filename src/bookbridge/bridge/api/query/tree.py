"""A parsed query: clauses joined by 'all of' and 'any of'."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Operator(StrEnum):
    """How a clause compares a field with its value."""

    EQUAL = "="
    NOT_EQUAL = "!="
    CONTAINS = "~"
    GREATER = ">"
    LESS = "<"
    GREATER_OR_EQUAL = ">="
    LESS_OR_EQUAL = "<="


@dataclass(frozen=True)
class Clause:
    """`path OPERATOR value`; the value keeps its text until the field says what it is."""

    path: tuple[str, ...]
    operator: Operator
    value: str
    position: int
    value_position: int

    @property
    def name(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True)
class AllOf:
    """Every part holds (`&&`)."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds (`||`)."""

    parts: tuple[Expression, ...]


Expression = Clause | AllOf | AnyOf
