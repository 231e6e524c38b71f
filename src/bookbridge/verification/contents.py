"""The digest over records, worked out again from what the API gave.

A record's text is its JSON as the API shows it, without modifiedDate: figures as they were written,
keys ordered by length and then by their bytes, `, ` and `: ` between things.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

LINE_BYTES_MAX = 64 * 1024 * 1024
NESTING_MAX = 50


class Figure(str):
    """A number, kept as it was written."""

    __slots__ = ()


def parse(text: str | bytes) -> Any:
    """JSON whose numbers stay text, so that none is rounded."""
    return json.loads(text, parse_float=Figure, parse_int=Figure)


def record_text(record: Mapping[str, Any]) -> str:
    """The text that is hashed."""
    return _written({key: value for key, value in record.items() if key != "modifiedDate"}, 0)


def record_hash(record: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(record_text(record).encode()).digest()


def digest(records: Iterable[Mapping[str, Any]]) -> tuple[int, str]:
    """How many records there are and their digest; ids in order of length, then of bytes."""
    hashes: list[tuple[int, bytes, bytes]] = []
    for record in records:
        record_id = str(record.get("id", "")).encode()
        hashes.append((len(str(record.get("id", ""))), record_id, record_hash(record)))
    whole = hashlib.sha256()
    for _length, _id, one in sorted(hashes):
        whole.update(one)
    return len(hashes), whole.hexdigest()


def records_in(path: Path) -> Iterator[dict[str, Any]]:
    """Records of a file: one a line, a JSON list, or a page of the API (`results`)."""
    with path.open("rb") as file:
        start = file.read(4096).lstrip()
        file.seek(0)
        if start.startswith(b"[") or re.match(rb'\{\s*"(results|pageNumber|_links)"', start):
            found = parse(file.read())
            yield from found["results"] if isinstance(found, dict) else found
            return
        while line := file.readline(LINE_BYTES_MAX):
            if line.strip():
                yield parse(line)


def _written(value: Any, depth: int) -> str:
    if depth > NESTING_MAX:
        raise ValueError(f"nested deeper than {NESTING_MAX} levels")
    if isinstance(value, Figure):
        return str(value)
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        inner = (f"{json.dumps(key, ensure_ascii=False)}: {_written(value[key], depth + 1)}"
                 for key in keys)  # fmt: skip
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_written(one, depth + 1) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)
