"""Filtered, ordered pages of our own tables (companies, connections, datasets) by id."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from bookbridge.bridge.api.endpoint import Call
from bookbridge.bridge.api.paging import Page
from bookbridge.bridge.api.query import Fields, Param, Sql, compile_condition, compile_order, parse

_PAGE = """
WITH matched AS MATERIALIZED (SELECT * FROM ({source}) AS source WHERE {where})
SELECT (SELECT count(*) FROM matched),
       ARRAY(SELECT id FROM matched ORDER BY {order}, id LIMIT %s OFFSET %s)
"""


@dataclass(frozen=True)
class Rows:
    """A list that can be queried: `source` selects `id` and the columns that `fields` name."""

    source: Sql
    fields: Fields
    order: str


@dataclass(frozen=True)
class IdPage:
    """The ids of one page, in order, and how many there are in all."""

    ids: list[UUID]
    total: int


def page_of_ids(rows: Rows, call: Call, page: Page, *more: Sql) -> IdPage:
    """The page that `query`, `orderBy` and further conditions ask for. Raises QueryError."""
    conditions = [compile_condition(parse(call.parameter("query")), rows.fields), *more]
    where = " AND ".join(condition.text for condition in conditions)
    order_by = call.parameter("orderBy")
    order = compile_order(order_by, rows.fields) if order_by else Sql(rows.order)
    sql = _PAGE.format(source=rows.source.text, where=where, order=order.text)
    params: list[Param] = [
        *rows.source.params,
        *(param for condition in conditions for param in condition.params),
        *order.params,
        page.size,
        page.offset,
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        total, ids = cursor.fetchone()
    return IdPage(list(ids), total)
