"""Content hashes and sizes of what is stored: pure."""

from __future__ import annotations

import hashlib

HASH_BYTES = 16
# A batch is written when it has this many records or bytes, whichever comes first.
BATCH_RECORDS_MAX = 2000
BATCH_BYTES_MAX = 8 * 1024 * 1024


def content_hash(body: bytes, *parts: str) -> bytes:
    """What two versions of a record are compared by."""
    digest = hashlib.blake2b(body, digest_size=HASH_BYTES)
    for part in parts:
        digest.update(b"\x00" + part.encode())
    return digest.digest()
