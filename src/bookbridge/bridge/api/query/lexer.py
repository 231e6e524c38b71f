"""Cuts a query into tokens.

What follows an operator is a value: it runs to the next `&&`, `||` or brace, so that
`customerRef.companyName = Marks & Spencer` needs no quotes. A value that must hold one of those is
written in double quotes, with `\\` before a quote or a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from bookbridge.bridge.api.query.errors import QueryError

_SPACE = re.compile(r"\s*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*)*")
_OPERATOR = re.compile(r"!=|>=|<=|=|~|>|<")
_BARE_VALUE = re.compile(r"(?:(?!&&|\|\||[{}]).)*", re.DOTALL)
_QUOTED_VALUE = re.compile(r'"((?:[^"\\]|\\["\\])*)"', re.DOTALL)
_ESCAPE = re.compile(r'\\(["\\])')


class TokenKind(Enum):
    NAME = "a field name"
    OPERATOR = "an operator"
    VALUE = "a value"
    AND = "&&"
    OR = "||"
    OPEN = "{"
    CLOSE = "}"
    END = "the end"


@dataclass(frozen=True)
class Token:
    kind: TokenKind
    text: str
    position: int


_MARKS = {
    "&&": TokenKind.AND,
    "||": TokenKind.OR,
    "{": TokenKind.OPEN,
    "}": TokenKind.CLOSE,
}


def tokens(text: str) -> Iterator[Token]:
    """Every token of `text`, then one END."""
    at = _skip_space(text, 0)
    while at < len(text):
        token, at = _next_token(text, at)
        yield token
        at = _skip_space(text, at)
        if token.kind is TokenKind.OPERATOR:
            value, at = _value(text, at)
            yield value
            at = _skip_space(text, at)
    yield Token(TokenKind.END, "", len(text) + 1)


def _skip_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _next_token(text: str, at: int) -> tuple[Token, int]:
    for mark, kind in _MARKS.items():
        if text.startswith(mark, at):
            return Token(kind, mark, at + 1), at + len(mark)
    if match := _OPERATOR.match(text, at):
        return Token(TokenKind.OPERATOR, match.group(), at + 1), match.end()
    if match := _NAME.match(text, at):
        return Token(TokenKind.NAME, match.group(), at + 1), match.end()
    raise QueryError(f"'{text[at]}' does not belong here", position=at + 1, text=text)


def _value(text: str, at: int) -> tuple[Token, int]:
    if text.startswith('"', at):
        match = _QUOTED_VALUE.match(text, at)
        if match is None:
            raise QueryError(
                "The quote that opens here is never closed", position=at + 1, text=text
            )
        return Token(TokenKind.VALUE, _ESCAPE.sub(r"\1", match[1]), at + 1), match.end()
    match = _BARE_VALUE.match(text, at)
    value = match.group().rstrip() if match else ""
    if not value:
        raise QueryError("A value is missing after the operator", position=at + 1, text=text)
    return Token(TokenKind.VALUE, value, at + 1), at + len(value)
