"""Records as the public API shows them, put together by Postgres as text.

A body is stored as it is served, so a page costs no parsing here: its rows are found by key in an
index, and their text is joined in the database.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from bookbridge.bridge.api.data_fields import fields_of
from bookbridge.bridge.api.endpoint import Call
from bookbridge.bridge.api.paging import Page
from bookbridge.bridge.api.query import (
    AllOf,
    Clause,
    Expression,
    Fields,
    Operator,
    Param,
    Sql,
    clauses_of,
    compile_condition,
    compile_order,
    parse,
)
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.records.as_of import Relation, relation

READ_AT_ONCE = 500
_ORDER = "order_date, id_length, record_id"
# The index read backwards. Only a list's own date is turned round with all that follows it.
_BACKWARDS = "order_date DESC, id_length DESC, record_id DESC"
# Every body has an id, so it goes on after a comma where its opening brace was. It brings its own
# metadata and sourceModifiedDate.
_DOCUMENT = (
    "'{\"modifiedDate\":' || left(to_json(record.modified_at AT TIME ZONE 'UTC')::text, -1)"
    " || 'Z\",' || substr(record.body::text, 2)"
)
# Lateral, with its limit: each row is then looked up by its whole key, whatever the planner knows
# of a company that has just been read for the first time.
_PAGE = """
WITH {page}
SELECT {count}, (
    SELECT string_agg({document}, ',' ORDER BY page.number)
    FROM page CROSS JOIN LATERAL (
        SELECT * FROM {relation} AS one
        WHERE company_id = %s AND connection_id = %s AND data_type = %s
          AND id_length = page.id_length AND record_id = page.record_id LIMIT 1) AS record)
"""
# What stands in the index is filtered, ordered and counted there: no body is read but the page's.
_KEYED = """
page AS (
    SELECT id_length, record_id, row_number() OVER () AS number FROM (
        SELECT id_length, record_id FROM {relation} AS one WHERE {where}
        ORDER BY {order} LIMIT %s OFFSET %s) AS keys)
"""
_COUNTED = "(SELECT count(*) FROM {relation} AS one WHERE {where})"
# A condition that looks into every body is asked once, for the page and the count together.
_SIFTED = """
matched AS MATERIALIZED (
    SELECT id_length, record_id, row_number() OVER (ORDER BY {order}) AS number
    FROM {relation} AS one WHERE {where}),
page AS (SELECT * FROM matched WHERE number > %s AND number <= %s)
"""


@dataclass(frozen=True)
class RecordList:
    """The records of one data type of one connection; `parent_id` narrows to one parent's, and
    `as_of` to what was known at a past time."""

    company_id: UUID
    connection_id: UUID
    data_type: DataType
    parent_id: str | None = None
    as_of: dt.datetime | None = None

    @property
    def key(self) -> tuple[UUID, UUID, str]:
        return (self.company_id, self.connection_id, self.data_type.value)

    @property
    def relation(self) -> Relation:
        return relation(self.as_of)

    @property
    def fields(self) -> Fields:
        return fields_of(self.data_type, is_past=self.as_of is not None)

    def condition(self, *, by_id: bool = False) -> Sql:
        """A connection has one company, and the list's index leaves it out; records are found by
        id in the table's own key, and those of the past by it alone."""
        text, params = "connection_id = %s AND data_type = %s", self.key[1:]
        whole: tuple[Param, ...] = params
        if by_id or self.as_of is not None:
            text, whole = f"company_id = %s AND {text}", self.key
        if self.parent_id is not None:
            text, whole = f"{text} AND parent_id = %s", (*whole, self.parent_id)
        return Sql(text, whole)


def read_page(records: RecordList, call: Call, page: Page) -> tuple[bytes, int]:
    """The JSON text of a page's array, and how many records there are. Raises QueryError."""
    sql = page_statement(records, call.parameter("query"), call.parameter("orderBy"), page)
    with connection.cursor() as cursor:
        cursor.execute(sql.text, sql.params)
        total, text = cursor.fetchone()
    return b"[" + (text or "").encode() + b"]", total


def page_statement(records: RecordList, query: str, order_by: str, page: Page) -> Sql:
    """The one statement that gives a page's total and text. Raises QueryError."""
    expression = parse(query)
    where = _where(records, expression)
    order = _order(order_by, records.fields)
    if _is_keyed(expression, order_by, records.fields):
        return _keyed_page(records, where, order, page)
    return _sifted_page(records, where, order, page)


def _keyed_page(records: RecordList, where: Sql, order: Sql, page: Page) -> Sql:
    source = records.relation
    counted = _COUNTED.format(relation=source.text, where=where.text)
    text = _PAGE.format(
        page=_KEYED.format(relation=source.text, where=where.text, order=order.text),
        count=counted,
        document=_DOCUMENT,
        relation=source.text,
    )
    keys = (*source.params, *where.params, *order.params, page.size, page.offset)
    return Sql(text, (*keys, *source.params, *where.params, *source.params, *records.key))


def _sifted_page(records: RecordList, where: Sql, order: Sql, page: Page) -> Sql:
    source = records.relation
    text = _PAGE.format(
        page=_SIFTED.format(relation=source.text, where=where.text, order=order.text),
        count="(SELECT count(*) FROM matched)",
        document=_DOCUMENT,
        relation=source.text,
    )
    numbers = (page.offset, page.offset + page.size)
    matched = (*order.params, *source.params, *where.params)
    return Sql(text, (*matched, *numbers, *source.params, *records.key))


def _where(records: RecordList, expression: Expression | None) -> Sql:
    ids = _ids_asked_for(expression)
    base = records.condition(by_id=bool(ids))
    found = compile_condition(expression, records.fields)
    text, params = f"{base.text} AND {found.text}", (*base.params, *found.params)
    for one in ids:
        text, params = f"{text} AND id_length = %s", (*params, len(one))
    return Sql(text, params)


def _ids_asked_for(expression: Expression | None) -> list[str]:
    """The ids that every match must have: the length of each stands before it in the key."""
    parts = expression.parts if isinstance(expression, AllOf) else (expression,)
    return [
        part.value
        for part in parts
        if isinstance(part, Clause)
        and part.operator is Operator.EQUAL
        and part.name.lower() == "id"
    ]


def _is_keyed(expression: Expression | None, order_by: str, fields: Fields) -> bool:
    clauses = list(clauses_of(expression))
    found = [(fields.find(clause.path), clause) for clause in clauses]
    is_kept = all(field is not None and field.asked_by(clause).is_key for field, clause in found)
    ordered = fields.ordered_by(order_by) if order_by else None
    return is_kept and (ordered is None or ordered.is_key)


def _order(order_by: str, fields: Fields) -> Sql:
    if not order_by:
        return Sql(_ORDER)
    order = compile_order(order_by, fields)
    field = fields.ordered_by(order_by)
    if field is not None and field.sql == "order_date":
        return Sql(_BACKWARDS if order_by.startswith("-") else _ORDER)
    return Sql(f"{order.text}, {_ORDER}", order.params)


def read_one(records: RecordList, record_id: str) -> bytes | None:
    """The JSON text of one record."""
    base, source = records.condition(by_id=True), records.relation
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_DOCUMENT} FROM {source.text} AS record"  # noqa: S608 - our own columns
            f" WHERE {base.text} AND id_length = %s AND record_id = %s",
            [*source.params, *base.params, len(record_id), record_id],
        )
        row = cursor.fetchone()
    return row[0].encode() if row else None


def read_bodies(records: RecordList) -> dict[str, dict[str, Any]]:
    """Every live body by id, amounts decimal: for reports that are worked out on request."""
    return dict(_live(records, "body::text"))


def stream_bodies(records: RecordList) -> Iterator[dict[str, Any]]:
    """Every live body without its lines, a few at a time, however many there are."""
    for _key, body in _live(records, "(body - 'lineItems')::text"):
        yield body


def _live(records: RecordList, document: str) -> Iterator[tuple[str, dict[str, Any]]]:
    base, source = records.condition(), records.relation
    sql = (
        f"SELECT record_id, {document} FROM {source.text} AS one"  # noqa: S608 - our own columns
        f" WHERE {base.text} AND NOT is_deleted ORDER BY {_ORDER}"
    )
    connection.ensure_connection()
    with connection.connection.cursor(name="live_bodies") as cursor:
        cursor.itersize = READ_AT_ONCE
        cursor.execute(sql, [*source.params, *base.params])
        for record_id, text in cursor:
            yield record_id, json.loads(text, parse_float=Decimal)
