"""A connector played through in memory: records without a store, HTTP without a network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx

from bookbridge.bridge.connectors.contract import (
    Connector,
    MappedRecord,
    RawRecord,
    RejectedRecord,
    SourceRequest,
)
from bookbridge.bridge.connectors.errors import NotSupportedError
from bookbridge.bridge.datatypes import DataType

Answer = Callable[[httpx.Request], httpx.Response]

PAGES_MAX = 1_000
FIRST_TOKEN, SECOND_TOKEN = "token-1", "token-2"


class EndlessListError(AssertionError):
    """A list has more pages than any test gives it."""


def _number(record: RawRecord) -> tuple[int, str]:
    return len(record.id), record.id


@dataclass
class MemoryRecords:
    """Raw records in memory, as the store would give them to a mapping."""

    stored: dict[str, dict[str, RawRecord]] = field(default_factory=dict)
    deleted: dict[str, dict[str, RawRecord]] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)

    def all(self, resource: str) -> Iterator[RawRecord]:
        yield from sorted(self.stored.get(resource, {}).values(), key=_number)

    def get(self, resource: str, record_id: str) -> RawRecord | None:
        found = self.stored.get(resource, {}).get(record_id)
        return found or self.deleted.get(resource, {}).get(record_id)

    def is_deleted(self, resource: str, record_id: str) -> bool:
        return record_id in self.deleted.get(resource, {})

    def supported(self, resource: str) -> bool:
        return resource not in self.missing


@dataclass
class Calls:
    """What a connector asked of the engine while it read."""

    stale_tokens: list[str | None] = field(default_factory=list)
    waits: int = 0


def source_request(
    answer: Answer, *, company_id: str, today: dt.date, calls: Calls | None = None
) -> SourceRequest:
    """A request whose HTTP is answered by `answer`; a stale token is replaced once."""
    seen = calls or Calls()

    def access_token(stale: str | None) -> str:
        seen.stale_tokens.append(stale)
        return FIRST_TOKEN if stale is None else SECOND_TOKEN

    def before_request() -> None:
        seen.waits += 1

    return SourceRequest(
        http=httpx.Client(transport=httpx.MockTransport(answer)),
        base_url="https://books.example",
        company_id=company_id,
        access_token=access_token,
        before_request=before_request,
        today=today,
    )


def read_list(
    connector: Connector, request: SourceRequest, resource: str, parent_id: str = ""
) -> list[RawRecord]:
    """Every page of one list, duplicates and all."""
    found: list[RawRecord] = []
    cursor: str | None = None
    for _ in range(PAGES_MAX):
        page = connector.fetch_page(
            request, resource, parent_id=parent_id, cursor=cursor, etag=None
        )
        found.extend(page.records)
        cursor = page.next_cursor
        if cursor is None:
            return found
    raise EndlessListError(f"{resource} did not end after {PAGES_MAX} pages")


def read_everything(connector: Connector, request: SourceRequest) -> MemoryRecords:
    """Every resource of the source, as a first sync would leave it."""
    records = MemoryRecords()
    for name, resource in connector.resources.items():
        parents = [""]
        if resource.parent is not None:
            parents = list(records.stored.get(resource.parent, {}))
        try:
            lists = [read_list(connector, request, name, parent) for parent in parents]
        except NotSupportedError:
            records.missing.add(name)
            continue
        records.stored[name] = {one.id: one for found in lists for one in found}
    return records


def mapped(
    connector: Connector, data_type: DataType, records: MemoryRecords
) -> tuple[dict[str, MappedRecord], list[RejectedRecord]]:
    """Normalised records by id, and rejections; an id may be made only once."""
    found: dict[str, MappedRecord] = {}
    rejected: list[RejectedRecord] = []
    for one in connector.map(data_type, records):
        if isinstance(one, RejectedRecord):
            rejected.append(one)
        else:
            assert one.id not in found, f"{data_type} {one.id} was made twice"
            found[one.id] = one
    return found, rejected
