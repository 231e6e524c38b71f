"""A mapped record as it is staged for writing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from psycopg.types.json import Jsonb

from bookbridge.bridge.connectors.contract import MappedRecord
from bookbridge.bridge.records.rules import content_hash

Source = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One record with its body as JSON and the hash that tells its versions apart."""

    id: str
    parent_id: str
    body: bytes
    digest: bytes
    order_date: dt.date | None
    source_modified_at: dt.datetime | None
    sources: list[Source]
    is_deleted: bool

    @property
    def sources_text(self) -> str:
        return msgspec.json.encode(self.sources).decode()

    @property
    def columns(self) -> Sequence[object]:
        """In the order of the staging table."""
        return (
            len(self.id),
            self.id,
            self.parent_id,
            Jsonb(self.body, dumps=_as_is),
            self.digest,
            self.order_date,
            self.source_modified_at,
            Jsonb(self.sources, dumps=msgspec.json.encode),
            self.is_deleted,
        )


def row_of(record: MappedRecord, body: bytes, moment: str, *, is_deleted: bool) -> Row:
    """`moment` is what stands for the source's own date in the hash."""
    return Row(
        id=record.id,
        parent_id=record.parent_id,
        body=body,
        digest=content_hash(body, record.parent_id, moment),
        order_date=record.order_date,
        source_modified_at=record.source_modified_at,
        sources=list(record.sources),
        is_deleted=is_deleted,
    )


def _as_is(body: bytes) -> bytes:
    return body
