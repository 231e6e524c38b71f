"""Indexes that mapping needs, of any size: small ones in memory, what goes beyond on disk.

The file is nameless and gone with its index. What is looked up comes back equal, not identical.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

KEPT_MAX = 30_000
# Disk pages that stay in memory, and entries that are written together.
CACHE_KILOBYTES = 8 * 1024
WAITING_MAX = 1000
KEYS = "CREATE TABLE entry (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID"
LISTS = "CREATE TABLE entry (key BLOB, value BLOB)"
LISTS_INDEX = "CREATE INDEX entry_key ON entry (key)"
V = TypeVar("V")


class _Disk:
    """A temporary table of keys and values."""

    def __init__(self, table: str, *more: str) -> None:
        # Nameless: a file that is deleted as soon as it is opened, used when the cache is full.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for statement in (
            f"PRAGMA cache_size = -{CACHE_KILOBYTES}",
            "PRAGMA journal_mode = OFF",
            "PRAGMA synchronous = OFF",
            table,
            *more,
        ):
            self._database.execute(statement)

    def put(self, rows: list[tuple[bytes, bytes]]) -> None:
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?)", rows)
        self._database.execute("COMMIT")

    def find(self, key: bytes) -> Iterator[bytes]:
        for row in self._database.execute("SELECT value FROM entry WHERE key = ?", (key,)):
            yield row[0]

    def __del__(self) -> None:
        self._database.close()


class _Spilled:
    """What both kinds of index share: the waiting rows and the file, made when first needed."""

    tables: tuple[str, ...]

    def __init__(self) -> None:
        self._waiting: list[tuple[bytes, bytes]] = []
        self._disk: _Disk | None = None

    def _spill(self, key: Hashable, value: object) -> None:
        self._waiting.append((_name(key), pickle.dumps(value, pickle.HIGHEST_PROTOCOL)))
        if len(self._waiting) >= WAITING_MAX:
            self._write()

    def _found(self, key: Hashable) -> Iterator[bytes]:
        if self._waiting:
            self._write()
        if self._disk is not None:
            yield from self._disk.find(_name(key))

    def _write(self) -> None:
        if self._disk is None:
            self._disk = _Disk(*self.tables)
        self._disk.put(self._waiting)
        self._waiting = []


class Index(_Spilled, Generic[V]):
    """One value for each key; the first ones that are put in are the quickest to find."""

    tables = (KEYS,)

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[Hashable, V] = {}

    def __setitem__(self, key: Hashable, value: V) -> None:
        if key in self._kept or len(self._kept) < KEPT_MAX:
            self._kept[key] = value
        else:
            self._spill(key, value)

    def get(self, key: Hashable) -> V | None:
        if key in self._kept:
            return self._kept[key]
        for packed in self._found(key):
            value: V = pickle.loads(packed)  # noqa: S301 - our own, from this process
            return value
        return None

    def __contains__(self, key: Hashable) -> bool:
        return key in self._kept or any(True for _one in self._found(key))


class ListIndex(_Spilled, Generic[V]):
    """Several values for a key, in the order in which they were added."""

    tables = (LISTS, LISTS_INDEX)

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[Hashable, list[V]] = {}
        self._count = 0

    def add(self, key: Hashable, value: V) -> None:
        if self._count < KEPT_MAX:
            self._count += 1
            self._kept.setdefault(key, []).append(value)
        else:
            self._spill(key, value)

    def of(self, key: Hashable) -> list[V]:
        kept = self._kept.get(key, [])
        spilled = [pickle.loads(one) for one in self._found(key)]  # noqa: S301 - our own
        return [*kept, *spilled]


def _name(key: Hashable) -> bytes:
    return repr(key).encode()
