"""The query language: what it accepts, and how it points at what it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookbridge.bridge.api.query import (
    AllOf,
    AnyOf,
    Clause,
    Expression,
    Operator,
    QueryError,
    parse,
)
from bookbridge.bridge.api.query.parser import DEPTH_MAX, LENGTH_MAX_CHARACTERS


def shape(expression: Expression | None) -> object:
    """The tree as plain tuples, without positions."""
    match expression:
        case Clause(path, operator, value):
            return (".".join(path), str(operator), value)
        case AllOf(parts):
            return ("all", *map(shape, parts))
        case AnyOf(parts):
            return ("any", *map(shape, parts))
    return None


@pytest.mark.parametrize("operator", list(Operator))
def test_every_operator_is_read(operator: Operator) -> None:
    assert shape(parse(f"total{operator}5")) == ("total", operator.value, "5")


def test_the_documented_example_groups_with_braces() -> None:
    text = "{totalAmount > 100 || totalAmount < 50} && status != paid"
    assert shape(parse(text)) == (
        "all",
        ("any", ("totalAmount", ">", "100"), ("totalAmount", "<", "50")),
        ("status", "!=", "paid"),
    )


def test_and_binds_tighter_than_or() -> None:
    assert shape(parse("a=1 || b=2 && c=3")) == (
        "any",
        ("a", "=", "1"),
        ("all", ("b", "=", "2"), ("c", "=", "3")),
    )


def test_a_bare_value_keeps_its_spaces_and_single_ampersands() -> None:
    assert shape(parse("customerRef.companyName = Marks & Spencer  && a=1")) == (
        "all",
        ("customerRef.companyName", "=", "Marks & Spencer"),
        ("a", "=", "1"),
    )


def test_a_quoted_value_may_hold_anything() -> None:
    assert shape(parse(r'note = "a && {b} \"c\" \\"')) == ("note", "=", r'a && {b} "c" \\'[:-1])


def test_a_blank_query_asks_for_everything() -> None:
    assert parse("  ") is None


@pytest.mark.parametrize(
    ("text", "position", "word"),
    [
        ("totalAmount", 12, "an operator"),
        ("totalAmount >", 14, "value"),
        ("totalAmount ? 5", 13, "'?'"),
        ("a=1 &&", 7, "a field name"),
        ("a=1 && && b=2", 8, "'&&'"),
        ("{a=1", 5, "}"),
        ("a=1}", 4, "'}'"),
        ("{a=1}{b=2}", 6, "&& or ||"),
        ("= 1", 1, "a field name"),
        ('a="b', 3, "quote"),
        ("a=b\x00", 4, "NUL"),
    ],
)
def test_errors_point_at_the_character(text: str, position: int, word: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.position == position
    assert word in str(caught.value)


def test_a_query_has_a_longest_length() -> None:
    assert parse("a=" + "b" * (LENGTH_MAX_CHARACTERS - 2)) is not None
    with pytest.raises(QueryError, match="2048"):
        parse("a=" + "b" * (LENGTH_MAX_CHARACTERS - 1))


def test_braces_have_a_deepest_nesting() -> None:
    assert parse("{" * DEPTH_MAX + "a=1" + "}" * DEPTH_MAX) is not None
    with pytest.raises(QueryError, match="deep"):
        parse("{" * (DEPTH_MAX + 1) + "a=1" + "}" * (DEPTH_MAX + 1))


def written(expression: Expression) -> str:
    """A tree back as text, every group in braces."""
    match expression:
        case Clause(path, operator, value):
            quoted = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'{".".join(path)} {operator} "{quoted}"'
        case AllOf(parts):
            return " && ".join(f"{{{written(part)}}}" for part in parts)
        case AnyOf(parts):
            return " || ".join(f"{{{written(part)}}}" for part in parts)


names = st.from_regex(r"[a-z][a-zA-Z]{0,5}", fullmatch=True)
clauses = st.builds(
    Clause,
    path=st.lists(names, min_size=1, max_size=3).map(tuple),
    operator=st.sampled_from(Operator),
    value=st.text(max_size=12).filter(lambda text: "\x00" not in text),
    position=st.just(0),
    value_position=st.just(0),
)
trees = st.recursive(
    clauses,
    lambda inner: st.builds(
        lambda join, parts: join(tuple(parts)),
        st.sampled_from([AllOf, AnyOf]),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=8,
)


@given(trees)
def test_any_tree_survives_being_written_and_read(tree: Expression) -> None:
    assert shape(parse(written(tree))) == shape(tree)


pieces = st.sampled_from(
    ["a", "b.c", "=", "!=", ">=", "~", "&&", "||", "{", "}", '"', "\\", " ", "1", "&", "|", "é"]
)


@given(st.one_of(st.text(max_size=80), st.lists(pieces, max_size=25).map("".join)))
def test_any_text_is_parsed_or_refused_with_a_position_inside_it(text: str) -> None:
    try:
        parse(text)
    except QueryError as error:
        assert 1 <= error.position <= len(text) + 1
