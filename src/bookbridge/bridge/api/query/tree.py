"""A parsed query: clauses joined by 'all of' and 'any of'."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
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
    # The whole query, for what is said about a clause that does not fit.
    source: str = field(default="", repr=False, compare=False)

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


def clauses_of(expression: Expression | None) -> Iterator[Clause]:
    """Every clause of a tree, in the order in which they were written."""
    match expression:
        case Clause():
            yield expression
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from clauses_of(part)
