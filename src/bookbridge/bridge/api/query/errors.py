"""What is wrong with a query, and where."""

from __future__ import annotations

EXCERPT_BEFORE = 30
EXCERPT_AFTER = 40
ELLIPSIS = "…"


class QueryError(ValueError):
    """The query cannot be understood; `position` counts characters from 1.

    The sentence ends with the place, and two more lines show it: the query around it, and a caret.
    """

    code = "query_invalid"

    def __init__(self, message: str, *, position: int, text: str = "") -> None:
        super().__init__(f"{message} (character {position}){_pointed_at(text, position)}")
        self.position = position


def _pointed_at(text: str, position: int) -> str:
    if not text:
        return ""
    # Control characters would move the caret away from its place.
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    start = max(position - 1 - EXCERPT_BEFORE, 0)
    end = position - 1 + EXCERPT_AFTER
    before = ELLIPSIS if start else ""
    after = ELLIPSIS if end < len(line) else ""
    caret = " " * (len(before) + position - 1 - start) + "^"
    return f"\n{before}{line[start:end]}{after}\n{caret}"
