"""Records as the public API shows them, put together by Postgres as text.

A body is stored as it is served, so a page costs no parsing here: its rows are found by key in an
index, and their text is joined in the database.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from bookbridge.bridge.api.data_fields import fields_of
from bookbridge.bridge.api.endpoint import Call
from bookbridge.bridge.api.paging import Page
from bookbridge.bridge.api.query import Param, Sql, compile_condition, compile_order, parse
from bookbridge.bridge.datatypes import DataType

_ORDER = "order_date, id_length, record_id"
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
        SELECT * FROM records_record
        WHERE company_id = %s AND connection_id = %s AND data_type = %s
          AND id_length = page.id_length AND record_id = page.record_id LIMIT 1) AS record)
"""
# In the index's own order a page is read from the index alone, and counting needs no row either.
_PLAIN = """
page AS (
    SELECT id_length, record_id, row_number() OVER () AS number FROM (
        SELECT id_length, record_id FROM records_record WHERE {where}
        ORDER BY {order} LIMIT %s OFFSET %s) AS keys)
"""
# A condition may look into every body: it is asked once, for the page and the count together.
_SIFTED = """
matched AS MATERIALIZED (
    SELECT id_length, record_id, row_number() OVER (ORDER BY {order}) AS number
    FROM records_record WHERE {where}),
page AS (SELECT * FROM matched WHERE number > %s AND number <= %s)
"""


@dataclass(frozen=True)
class RecordList:
    """The records of one data type of one connection; `parent_id` narrows to one parent's."""

    company_id: UUID
    connection_id: UUID
    data_type: DataType
    parent_id: str | None = None

    @property
    def key(self) -> tuple[UUID, UUID, str]:
        return (self.company_id, self.connection_id, self.data_type.value)

    @property
    def condition(self) -> Sql:
        text = "company_id = %s AND connection_id = %s AND data_type = %s"
        if self.parent_id is None:
            return Sql(text, self.key)
        return Sql(f"{text} AND parent_id = %s", (*self.key, self.parent_id))


def read_page(records: RecordList, call: Call, page: Page) -> tuple[bytes, int]:
    """The JSON text of a page's array, and how many records there are. Raises QueryError."""
    fields = fields_of(records.data_type)
    expression = parse(call.parameter("query"))
    order_by = call.parameter("orderBy")
    base = records.condition
    if expression is None and not order_by:
        where = base.text
        sql = _PAGE.format(
            page=_PLAIN.format(where=where, order=_ORDER),
            count=f"(SELECT count(*) FROM records_record WHERE {where})",  # noqa: S608 - ours
            document=_DOCUMENT,
        )
        params: list[Param] = [*base.params, page.size, page.offset, *base.params, *records.key]
    else:
        found = compile_condition(expression, fields)
        order = compile_order(order_by, fields) if order_by else Sql("order_date")
        sql = _PAGE.format(
            page=_SIFTED.format(
                where=f"{base.text} AND {found.text}", order=f"{order.text}, {_ORDER}"
            ),
            count="(SELECT count(*) FROM matched)",
            document=_DOCUMENT,
        )
        first = page.offset
        params = [*order.params, *base.params, *found.params, first, first + page.size]
        params += records.key
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        total, text = cursor.fetchone()
    return b"[" + (text or "").encode() + b"]", total


def read_one(records: RecordList, record_id: str) -> bytes | None:
    """The JSON text of one record."""
    base = records.condition
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_DOCUMENT} FROM records_record AS record"  # noqa: S608 - ours
            f" WHERE {base.text} AND id_length = %s AND record_id = %s",
            [*base.params, len(record_id), record_id],
        )
        row = cursor.fetchone()
    return row[0].encode() if row else None


def read_bodies(records: RecordList) -> dict[str, dict[str, Any]]:
    """Every live body by id, amounts decimal: for reports that are worked out on request."""
    base = records.condition
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT record_id, body::text FROM records_record"  # noqa: S608 - ours
            f" WHERE {base.text} AND NOT is_deleted ORDER BY {_ORDER}",
            list(base.params),
        )
        return {
            record_id: json.loads(text, parse_float=Decimal)
            for record_id, text in cursor.fetchall()
        }
