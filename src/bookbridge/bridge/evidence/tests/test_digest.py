"""A third party's own text of a record is the text that Postgres hashed, whatever is in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from bookbridge.verification.contents import parse, record_text

pytestmark = pytest.mark.django_db

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.decimals(allow_nan=False, allow_infinity=False, places=4).map(
        lambda number: RawNumber(f"{number:f}")
    )
    | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=15,
)


class RawNumber(float):
    """A number that JSON writes with the digits that it was given."""

    def __new__(cls, text: str) -> RawNumber:
        made = super().__new__(cls, text)
        made.text = text
        return made

    def __repr__(self) -> str:
        return str(self.text)


def as_json(value: Any) -> str:
    """JSON whose raw numbers keep their digits; the standard encoder would not."""
    if isinstance(value, RawNumber):
        return repr(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{as_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(as_json, value)) + "]"
    return json.dumps(value)


def stored(text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (%s::jsonb)::text", [text])
        return str(cursor.fetchone()[0])


@settings(max_examples=60, deadline=None)
@given(body=st.dictionaries(WORDS.filter(lambda key: key != "modifiedDate"), VALUES, max_size=6))
def test_the_text_is_the_stored_one(body: dict[str, Any]) -> None:
    text = stored(as_json(body))
    # What the API shows is the stored text; a reader parses it and writes it again.
    assert record_text(parse(text)) == text


def test_the_date_of_change_is_no_part_of_it() -> None:
    assert record_text(parse('{"modifiedDate":"2026","id":"1","a":1.50}')) == (
        '{"a": 1.50, "id": "1"}'
    )
