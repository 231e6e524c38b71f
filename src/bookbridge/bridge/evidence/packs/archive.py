"""A zip archive written as a stream, in pieces; the same contents give the same bytes."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

PIECE_BYTES = 1024 * 1024
LEVEL = 6
# A zip knows no dates before 1980; one and the same date for all keeps the bytes the same.
DATE = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16
UNIX = 3


class Pieces(io.RawIOBase):
    """Something to write to that hands on what it was given in pieces of one size."""

    def __init__(self, keep: Callable[[int, bytes], None]) -> None:
        super().__init__()
        self._keep = keep
        self._waiting = bytearray()
        self.count = 0
        self.size = 0
        self.sha256 = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        text = bytes(data)  # type: ignore[call-overload]
        self.size += len(text)
        self.sha256.update(text)
        self._waiting += text
        while len(self._waiting) >= PIECE_BYTES:
            self._hand_on(PIECE_BYTES)
        return len(text)

    def finish(self) -> None:
        if self._waiting:
            self._hand_on(len(self._waiting))

    def _hand_on(self, length: int) -> None:
        piece = bytes(self._waiting[:length])
        del self._waiting[:length]
        self._keep(self.count, piece)
        self.count += 1


@dataclass
class Archive:
    """The archive in the making; `files` is what its manifest will say of each file."""

    pieces: Pieces
    files: dict[str, dict[str, int | str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._zip = zipfile.ZipFile(self.pieces, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)

    def add(self, name: str, lines: Iterable[bytes], *, is_listed: bool = True) -> int:
        """Write one file from its lines, and return how many there were."""
        info = zipfile.ZipInfo(name, DATE)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system, info.external_attr = UNIX, READABLE
        whole = hashlib.sha256()
        size = count = 0
        with self._zip.open(info, "w", force_zip64=True) as file:
            for line in lines:
                file.write(line)
                whole.update(line)
                size += len(line)
                count += 1
        if is_listed:
            self.files[name] = {"sha256": whole.hexdigest(), "bytes": size, "lines": count}
        return count

    def close(self) -> None:
        self._zip.close()
        self.pieces.finish()
