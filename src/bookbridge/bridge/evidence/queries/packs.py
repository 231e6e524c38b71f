"""Reads of evidence packs: which there are, and their bytes as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import QuerySet

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.queries import data_key
from bookbridge.bridge.evidence.models import EvidencePack, PackChunk
from bookbridge.bridge.evidence.rules import piece_identity


def packs_of(client_id: UUID, company_id: UUID) -> QuerySet[EvidencePack]:
    """A company's packs, newest first."""
    return EvidencePack.objects.filter(client_id=client_id, company_id=company_id).order_by(
        "-requested_at", "id"
    )


def bytes_of(pack: EvidencePack) -> Iterator[bytes]:
    """The archive piece by piece, each in a short transaction of its own."""
    position = 0
    while True:
        with client_scope(pack.client_id):
            piece = PackChunk.objects.filter(
                company_id=pack.company_id, pack_id=pack.id, position=position
            ).first()
            if piece is None:
                return
            key = data_key(pack.client_id, pack.company_id)
        yield key.unseal(bytes(piece.content), piece_identity(pack.id, position))
        position += 1
