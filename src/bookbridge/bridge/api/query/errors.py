"""What is wrong with a query, and where."""

from __future__ import annotations


class QueryError(ValueError):
    """The query cannot be understood; `position` counts characters from 1."""

    code = "query_invalid"

    def __init__(self, message: str, *, position: int) -> None:
        super().__init__(f"{message} (character {position})")
        self.position = position
