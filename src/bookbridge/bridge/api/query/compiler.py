"""From a tree to SQL: text that holds only our own words, and the caller's values as parameters."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

from bookbridge.bridge.api.query.errors import QueryError
from bookbridge.bridge.api.query.fields import (
    OPERATORS,
    Field,
    FieldKind,
    Fields,
    Param,
    name_in_order,
)
from bookbridge.bridge.api.query.tree import AllOf, AnyOf, Clause, Expression, Operator

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{0,30})?|[+-]?\.[0-9]{1,30}", re.ASCII)
_FLAGS = {"true": True, "false": False}
_TEXTS = frozenset({FieldKind.TEXT, FieldKind.WORD})


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
    descending = order_by.lstrip().startswith("-")
    field = fields.ordered_by(order_by)
    if field is None:
        position = len(order_by) - len(order_by.lstrip()) + 1
        message = f"orderBy: there is no field '{name_in_order(order_by)}'"
        raise QueryError(message, position=position, text=order_by)
    # By code point: the same order on every server, and that of the index.
    collation = ' COLLATE "C"' if field.kind in _TEXTS else ""
    direction = "DESC" if descending else "ASC"
    nulls = "" if field.is_never_null else " NULLS LAST"
    return Sql(f"{field.sql}{collation} {direction}{nulls}", field.params)


def _joined(word: str, parts: list[Sql]) -> Sql:
    text = word.join(part.text for part in parts)
    return Sql(f"({text})", tuple(param for part in parts for param in part.params))


def _clause(clause: Clause, fields: Fields) -> Sql:
    field = fields.find(clause.path)
    if field is None:
        raise _error(f"There is no field '{clause.name}'", clause)
    if clause.operator not in OPERATORS[field.kind]:
        raise _error(
            f"'{clause.operator}' cannot compare '{clause.name}', which is a {field.kind.value}",
            clause,
        )
    return _comparison(clause, field.asked_by(clause))


def _comparison(clause: Clause, field: Field) -> Sql:
    if field.kind is FieldKind.DAY:
        return _of_days(clause.operator, field, _business_date(clause))
    value = _typed(clause, field.kind)
    params = (*field.params, value)
    if clause.operator is Operator.CONTAINS:
        return Sql(f"strpos(lower({field.sql}), lower(%s)) > 0", params)
    left = field.sql
    if field.kind is FieldKind.WORD:
        left = left if field.is_folded else f"lower({left})"
        params = (*field.params, str(value).lower())
    return _compared(left, clause.operator, params)


def _compared(left: str, operator: Operator, params: tuple[Param, ...]) -> Sql:
    if operator is Operator.NOT_EQUAL:
        # A record without the field differs from every value.
        return Sql(f"({left} IS DISTINCT FROM %s)", params)
    return Sql(f"({left} {operator} %s)", params)


def _of_days(operator: Operator, field: Field, moment: dt.datetime) -> Sql:
    """Days against a time of day: no day is equal to noon, and the day of noon is before it."""
    params = (*field.params, moment.date())
    if moment.time() == dt.time():
        return _compared(field.sql, operator, params)
    match operator:
        case Operator.EQUAL:
            return Sql("FALSE")
        case Operator.NOT_EQUAL:
            return TRUE
        case Operator.GREATER | Operator.GREATER_OR_EQUAL:
            return Sql(f"({field.sql} > %s)", params)
        case _:
            return Sql(f"({field.sql} <= %s)", params)


def _typed(clause: Clause, kind: FieldKind) -> Param:
    match kind:
        case FieldKind.TEXT | FieldKind.WORD:
            return clause.value
        case FieldKind.NUMBER:
            return _number(clause)
        case FieldKind.FLAG:
            return _flag(clause)
        case FieldKind.DATE | FieldKind.DAY:
            return _business_date(clause)
        case FieldKind.MOMENT:
            moment = _moment(clause)
            return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _business_date(clause: Clause) -> dt.datetime:
    """Business dates carry no zone: one given in the query only says which day is meant."""
    moment = _moment(clause)
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment


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
        f"'{clause.name}' needs {wanted}, not '{clause.value}'",
        position=clause.value_position,
        text=clause.source,
    )


def _error(message: str, clause: Clause) -> QueryError:
    return QueryError(message, position=clause.position, text=clause.source)
