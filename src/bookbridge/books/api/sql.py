"""Small pieces of SQL that make JSON values the way this API writes them."""

from __future__ import annotations

from collections.abc import Mapping

from bookbridge.books.api.currencies import currency_id_sql


def json_object(pairs: Mapping[str, str]) -> str:
    """`json_build_object` of keys and SQL expressions."""
    inside = ", ".join(f"'{key}', {expression}" for key, expression in pairs.items())
    return f"json_build_object({inside})"


def text(expression: str) -> str:
    """Money (kept with two decimals) and ids: their own text."""
    return f"({expression})::text"


def plain(expression: str) -> str:
    """A rate, quantity or price without needless zeros."""
    return f"trim_scale({expression})::text"


def moment(expression: str) -> str:
    return f"""to_char({expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def link(kind: str, expression: str) -> str:
    """A relationship to one object, null where there is none."""
    return (
        f"json_build_object('data', CASE WHEN {expression} IS NOT NULL THEN "
        f"json_build_object('type', '{kind}', 'id', ({expression})::text) END)"
    )


def currency_link(column: str) -> str:
    return link("currencies", currency_id_sql(column))


def resource(
    kind: str, attributes: Mapping[str, str], relationships: Mapping[str, str] | None = None
) -> str:
    """A whole JSON:API object of the row `d`."""
    parts = {"id": "d.id::text", "type": f"'{kind}'", "attributes": json_object(attributes)}
    if relationships:
        parts["relationships"] = json_object(relationships)
    return json_object(parts)
