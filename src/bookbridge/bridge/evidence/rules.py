"""What the proofs agree on: pure."""

from __future__ import annotations

from uuid import UUID


def piece_identity(pack_id: UUID, position: int) -> str:
    """What a piece of a pack is sealed for: it opens at no other place."""
    return f"pack|{pack_id}|{position}"
