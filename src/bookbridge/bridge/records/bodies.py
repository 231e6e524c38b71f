"""Raw bodies as they are kept: compressed, then sealed with the company's key."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from uuid import UUID

from bookbridge.bridge.clients.sealing import SealingKey

# Level 1 costs a tenth of level 6 and keeps most of its gain on JSON.
LEVEL = 1
BODY_BYTES_MAX = 64 * 1024 * 1024


@dataclass(frozen=True)
class BodyBox:
    """Seals and opens the raw bodies of one connection; each is bound to its record's place."""

    key: SealingKey
    connection_id: UUID

    def seal(self, resource: str, source_id: str, body: bytes) -> bytes:
        return self.key.seal(zlib.compress(body, LEVEL), self._identity(resource, source_id))

    def open(self, resource: str, source_id: str, sealed: bytes) -> bytes:
        packed = self.key.unseal(sealed, self._identity(resource, source_id))
        return zlib.decompress(packed, bufsize=min(len(packed) * 8, BODY_BYTES_MAX))

    def _identity(self, resource: str, source_id: str) -> str:
        return f"raw|{self.connection_id}|{resource}|{source_id}"
