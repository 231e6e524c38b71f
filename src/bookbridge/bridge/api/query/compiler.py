"""From a tree to SQL: text that holds only our own words, and the caller's values as parameters."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

from bookbridge.bridge.api.query.errors import QueryError
from bookbridge.bridge.api.query.fields import OPERATORS, Field, FieldKind, Fields, Param
from bookbridge.bridge.api.query.tree import AllOf, AnyOf, Clause, Expression, Operator

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{0,30})?|[+-]?\.[0-9]{1,30}", re.ASCII)
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True)
class Sql:
    """A piece of SQL with its parameters."""

    text: str
    params: tuple[Param, ...] = ()


TRUE = Sql("TRUE")


def compile_condition(expression: Expression | None, fields: Fields) -> Sql:
    """A boolean SQL expression. Raises QueryError naming a field or value that does not fit."""
    match expression:
        case None:
            return TRUE
        case AllOf(parts):
            return _joined(" AND ", [compile_condition(part, fields) for part in parts])
        case AnyOf(parts):
            return _joined(" OR ", [compile_condition(part, fields) for part in parts])
        case Clause():
            return _clause(expression, fields)


def compile_order(order_by: str, fields: Fields) -> Sql:
    """`field` or `-field` as the inside of ORDER BY. Raises QueryError."""
    name = order_by.strip()
    descending = name.startswith("-")
    name = name.removeprefix("-").removeprefix("+").strip()
    field = fields.find(tuple(name.split(".")))
    if field is None:
        raise QueryError(f"orderBy: there is no field '{name}'", position=1 + descending)
    return Sql(f"{field.sql} {'DESC' if descending else 'ASC'} NULLS LAST", field.params)


def _joined(word: str, parts: list[Sql]) -> Sql:
    text = word.join(part.text for part in parts)
    return Sql(f"({text})", tuple(param for part in parts for param in part.params))


def _clause(clause: Clause, fields: Fields) -> Sql:
    field = fields.find(clause.path)
    if field is None:
        raise QueryError(f"There is no field '{clause.name}'", position=clause.position)
    if clause.operator not in OPERATORS[field.kind]:
        raise QueryError(
            f"'{clause.operator}' cannot compare '{clause.name}', which is a {field.kind.value}",
            position=clause.position,
        )
    return _comparison(clause, field, _typed(clause, field.kind))


def _comparison(clause: Clause, field: Field, value: Param) -> Sql:
    params = (*field.params, value)
    if clause.operator is Operator.CONTAINS:
        return Sql(f"strpos(lower({field.sql}), lower(%s)) > 0", params)
    left, right = field.sql, "%s"
    if field.kind is FieldKind.WORD:
        left, right = f"lower({field.sql})", "lower(%s)"
    if clause.operator is Operator.NOT_EQUAL:
        # A record without the field differs from every value.
        return Sql(f"({left} IS DISTINCT FROM {right})", params)
    return Sql(f"({left} {clause.operator} {right})", params)


def _typed(clause: Clause, kind: FieldKind) -> Param:
    match kind:
        case FieldKind.TEXT | FieldKind.WORD:
            return clause.value
        case FieldKind.NUMBER:
            return _number(clause)
        case FieldKind.FLAG:
            return _flag(clause)
        case FieldKind.DATE:
            moment = _moment(clause)
            # Business dates carry no zone: one given in the query only says which day is meant.
            return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment
        case FieldKind.MOMENT:
            moment = _moment(clause)
            return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _number(clause: Clause) -> Decimal:
    if not _NUMBER.fullmatch(clause.value):
        raise _unfit(clause, "a number")
    return Decimal(clause.value)


def _flag(clause: Clause) -> bool:
    found = _FLAGS.get(clause.value.lower())
    if found is None:
        raise _unfit(clause, "true or false")
    return found


def _moment(clause: Clause) -> dt.datetime:
    # A '+' of an offset arrives as a space where the caller forgot to encode it.
    text = re.sub(r" (?=\d\d:\d\d$)", "+", clause.value)
    try:
        moment = dt.datetime.fromisoformat(text)
        return moment.astimezone(dt.UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError) as error:
        raise _unfit(clause, "a date") from error


def _unfit(clause: Clause, wanted: str) -> QueryError:
    return QueryError(
        f"'{clause.name}' needs {wanted}, not '{clause.value}'", position=clause.value_position
    )
