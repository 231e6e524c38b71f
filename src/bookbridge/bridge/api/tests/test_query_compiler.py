"""Compiled queries, run by Postgres over real jsonb."""

import json
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookbridge.bridge.api.query import (
    Field,
    FieldKind,
    Fields,
    QueryError,
    Sql,
    TagFields,
    body_fields,
    compile_condition,
    compile_order,
    parse,
)

FIELDS = Fields(
    {
        **body_fields(
            {
                FieldKind.TEXT: ["id", "note", "customerRef.companyName"],
                FieldKind.WORD: ["status"],
                FieldKind.NUMBER: ["totalAmount"],
                FieldKind.DATE: ["issueDate"],
                FieldKind.FLAG: ["metadata.isDeleted"],
            }
        ),
        "modifiedDate": Field("(body ->> 'modifiedDate')::timestamptz", FieldKind.MOMENT),
    }
)

BODIES: list[dict[str, Any]] = [
    {
        "id": "1",
        "status": "Paid",
        "totalAmount": 40,
        "issueDate": "2026-01-06T00:00:00",
        "modifiedDate": "2026-01-07T10:00:00Z",
        "customerRef": {"id": "501", "companyName": "Marks & Spencer"},
        "metadata": {"isDeleted": False},
    },
    {
        "id": "2",
        "status": "Submitted",
        "totalAmount": 75.5,
        "issueDate": "2026-02-06T00:00:00",
        "modifiedDate": "2026-02-07T10:00:00Z",
        "metadata": {"isDeleted": True},
        "note": "50% off_",
    },
    {
        "id": "3",
        "status": "PartiallyPaid",
        "totalAmount": 1234567.89,
        "issueDate": "2026-03-06T00:00:00",
        "modifiedDate": "2026-03-07T10:00:00Z",
    },
]


BY_ID = Sql("body ->> 'id'")


def rows(condition: Sql, order: Sql = BY_ID) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT body ->> 'id' FROM jsonb_array_elements(%s::jsonb) AS body "
            f"WHERE {condition.text} ORDER BY {order.text}",
            [json.dumps(BODIES), *condition.params, *order.params],
        )
        return [row[0] for row in cursor.fetchall()]


def found(text: str) -> str:
    return "".join(rows(compile_condition(parse(text), FIELDS)))


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", "123"),
        ("id=2", "2"),
        ("id!=2", "13"),
        ("status=paid", "1"),
        ("status != PAID", "23"),
        ("status ~ paid", "13"),
        ("totalAmount > 75.5", "3"),
        ("totalAmount >= 75.50", "23"),
        ("totalAmount < 75.5", "1"),
        ("totalAmount <= 75.5", "12"),
        ("totalAmount = 75.500", "2"),
        ("issueDate = 2026-01-06", "1"),
        ("issueDate > 2026-01-06", "23"),
        ("issueDate >= 2026-02-06T00:00:00Z", "23"),
        ("modifiedDate > 2026-02-07T10:00:00", "3"),
        ("modifiedDate >= 2026-02-07T12:00:00+02:00", "23"),
        ("modifiedDate >= 2026-02-07T12:00:00 02:00", "23"),
        ("metadata.isDeleted=true", "2"),
        ("metadata.isDeleted!=true", "13"),
        ("METADATA.ISDELETED = False", "1"),
        ("customerRef.companyName = Marks & Spencer", "1"),
        ("customerRef.companyName ~ spencer", "1"),
        ("note ~ %", "2"),
        ("note ~ f_", "2"),
        ("note != x", "123"),
        ("{totalAmount > 100 || totalAmount < 50} && status != paid", "3"),
        ("status = x' OR '1'='1", ""),
    ],
)
def test_queries_find_what_they_say(db: None, text: str, ids: str) -> None:
    assert found(text) == ids


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colour=red", "There is no field 'colour' (character 1)"),
        ("a.b.c=1", "There is no field 'a.b.c'"),
        ("id=1 && lineItems.quantity=1", "'lineItems.quantity' (character 9)"),
        ("totalAmount ~ 5", "'~' cannot compare 'totalAmount', which is a number"),
        ("status > Paid", "'>' cannot compare 'status'"),
        ("totalAmount = many", "'totalAmount' needs a number, not 'many' (character 15)"),
        ("totalAmount = 1e999999", "needs a number"),
        ("totalAmount = NaN", "needs a number"),
        ("issueDate > soon", "'issueDate' needs a date"),
        ("modifiedDate > 0001-01-01T00:00:00+14:00", "needs a date"),
        ("metadata.isDeleted = maybe", "needs true or false"),
    ],
)
def test_what_does_not_fit_is_named(text: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        compile_condition(parse(text), FIELDS)
    assert message in str(caught.value)


def test_order_by_goes_both_ways_with_absent_values_last(db: None) -> None:
    everything = Sql("TRUE")
    assert rows(everything, compile_order("totalAmount", FIELDS)) == ["1", "2", "3"]
    assert rows(everything, compile_order("-issueDate", FIELDS)) == ["3", "2", "1"]
    assert rows(everything, compile_order("-note", FIELDS))[0] == "2"
    with pytest.raises(QueryError, match="no field 'colour'"):
        compile_order("-colour", FIELDS)


def test_tags_are_fields_of_any_name(db: None) -> None:
    condition = compile_condition(parse("region = uk && team.name != x"), TagFields("tags"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (VALUES ('{\"region\":\"uk\"}'::jsonb), ('{}'::jsonb)) AS t(tags)"
            f" WHERE {condition.text}",
            condition.params,
        )
        assert cursor.fetchone() == (1,)


words = st.one_of(
    st.text(max_size=10).filter(lambda text: "\x00" not in text and text.strip() != ""),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.dates().map(str),
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.sampled_from(["true", "9" * 30, "0001-01-01", "9999-12-31T23:59:59.999999"]),
)
paths = st.sampled_from(
    ["id", "note", "status", "totalAmount", "issueDate", "modifiedDate", "metadata.isDeleted"]
)
operators = st.sampled_from(["=", "!=", "~", ">", "<", ">=", "<="])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(path=paths, operator=operators, word=words)
def test_whatever_compiles_runs(db: None, path: str, operator: str, word: str) -> None:
    quoted = word.replace("\\", "\\\\").replace('"', '\\"')
    try:
        condition = compile_condition(parse(f'{path} {operator} "{quoted}"'), FIELDS)
    except QueryError:
        return
    rows(condition)
