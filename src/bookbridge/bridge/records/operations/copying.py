"""Bulk writing: binary COPY into a table of the session, then one statement to the real one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection as database


@dataclass(frozen=True)
class Staging:
    """A temporary table, made once a session and empty at the start of each transaction.

    COPY cannot go straight into a table with row security; the statement that follows can.
    """

    name: str
    columns: Sequence[tuple[str, str]]

    def fill(self, rows: Iterable[Sequence[object]]) -> None:
        """Put the rows into the table, in this transaction."""
        columns = ", ".join(f"{name} {kind}" for name, kind in self.columns)
        with database.cursor() as cursor:
            cursor.execute(
                f"CREATE TEMPORARY TABLE IF NOT EXISTS {self.name} ({columns}) "
                "ON COMMIT DELETE ROWS"
            )
            # Nothing is left of an earlier batch of the same transaction.
            cursor.execute(f"DELETE FROM {self.name}")  # noqa: S608 - our own constant
            statement = f"COPY {self.name} FROM STDIN (FORMAT BINARY)"
            with cursor.connection.cursor() as plain, plain.copy(statement) as copy:
                copy.set_types([kind for _name, kind in self.columns])
                for row in rows:
                    copy.write_row(row)
