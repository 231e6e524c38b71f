"""Recursive descent from tokens to a tree.

query   = any END
any     = all  { "||" all }
all     = term { "&&" term }
term    = "{" any "}" | NAME OPERATOR VALUE
"""

from __future__ import annotations

from collections.abc import Callable

from bookbridge.bridge.api.query.errors import QueryError
from bookbridge.bridge.api.query.lexer import Token, TokenKind, tokens
from bookbridge.bridge.api.query.tree import AllOf, AnyOf, Clause, Expression, Operator

LENGTH_MAX_CHARACTERS = 2048
DEPTH_MAX = 32


def parse(text: str) -> Expression | None:
    """The tree of `text`; None when it is blank. Raises QueryError."""
    if len(text) > LENGTH_MAX_CHARACTERS:
        raise QueryError(
            f"A query has at most {LENGTH_MAX_CHARACTERS} characters",
            position=LENGTH_MAX_CHARACTERS + 1,
            text=text,
        )
    if "\x00" in text:
        raise QueryError("A query holds no NUL", position=text.index("\x00") + 1, text=text)
    if not text.strip():
        return None
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._source = tokens(text)
        self._token = next(self._source)

    def query(self) -> Expression:
        found = self._any_of(0)
        if self._token.kind is not TokenKind.END:
            raise self._unexpected("&& or ||")
        return found

    def _any_of(self, depth: int) -> Expression:
        return self._joined(TokenKind.OR, self._all_of, AnyOf, depth)

    def _all_of(self, depth: int) -> Expression:
        return self._joined(TokenKind.AND, self._term, AllOf, depth)

    def _joined(
        self,
        mark: TokenKind,
        part: Callable[[int], Expression],
        join: type[AllOf] | type[AnyOf],
        depth: int,
    ) -> Expression:
        parts = [part(depth)]
        while self._token.kind is mark:
            self._advance()
            parts.append(part(depth))
        return parts[0] if len(parts) == 1 else join(tuple(parts))

    def _term(self, depth: int) -> Expression:
        if self._token.kind is not TokenKind.OPEN:
            return self._clause()
        if depth >= DEPTH_MAX:
            raise self._error(f"Braces nest at most {DEPTH_MAX} deep")
        self._advance()
        found = self._any_of(depth + 1)
        self._take(TokenKind.CLOSE)
        return found

    def _clause(self) -> Clause:
        name = self._take(TokenKind.NAME)
        operator = self._take(TokenKind.OPERATOR)
        value = self._take(TokenKind.VALUE)
        return Clause(
            path=tuple(name.text.split(".")),
            operator=Operator(operator.text),
            value=value.text,
            position=name.position,
            value_position=value.position,
            source=self._text,
        )

    def _take(self, kind: TokenKind) -> Token:
        token = self._token
        if token.kind is not kind:
            raise self._unexpected(kind.value)
        self._advance()
        return token

    def _advance(self) -> None:
        if self._token.kind is not TokenKind.END:
            self._token = next(self._source)

    def _unexpected(self, wanted: str) -> QueryError:
        token = self._token
        found = token.kind.value if token.kind is TokenKind.END else f"'{token.text}'"
        return self._error(f"Expected {wanted}, found {found}")

    def _error(self, message: str) -> QueryError:
        return QueryError(message, position=self._token.position, text=self._text)
