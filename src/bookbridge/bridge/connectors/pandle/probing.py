"""Which of the connector's assumptions hold at a real source: one page of each list is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from bookbridge.bridge.connectors.contract import Assumption, Page, RawRecord, SourceRequest
from bookbridge.bridge.connectors.errors import (
    NotSupportedError,
    PermanentError,
    SourceShapeError,
)
from bookbridge.bridge.connectors.pandle import client, fetching, wire
from bookbridge.bridge.connectors.pandle.marks import FIELDS
from bookbridge.bridge.connectors.pandle.resources import SOURCE_LISTS, Shape, SourceList

PROBED_RECORDS_MAX = 20


def probe(request: SourceRequest) -> Sequence[Assumption]:
    """Reads one page of every list and says what was found. Raises only what says nothing about
    the assumptions: maintenance, rate limits, a grant that is gone."""
    found: list[Assumption] = []
    parents: dict[str, str] = {}
    for source in SOURCE_LISTS.values():
        if source.parent is not None and source.parent not in parents:
            found.append(_path_of(source, None, "no parent record to read it under"))
            continue
        try:
            page = fetching.fetch_page(
                request,
                source.name,
                parent_id=parents.get(source.parent or "", ""),
                cursor=None,
                etag=None,
            )
        except (NotSupportedError, PermanentError, SourceShapeError) as error:
            found.append(_path_of(source, False, str(error)))
            continue
        found.append(_path_of(source, True, f"{len(page.records)} records on the first page"))
        if page.records:
            parents[source.name] = page.records[0].id
        found.extend(_fields_of(source, page.records))
        if source.shape is Shape.LIST:
            found.extend(_listing(source, page))
    found.extend(_habits(request))
    return found


def _path_of(source: SourceList, holds: bool | None, detail: str) -> Assumption:
    mark = "X" if source.name in {"items", "credit_notes", "write_offs", "journal_entries"} else "P"
    return Assumption(
        mark, f"GET {source.path.format(c='C', parent='{id}')} answers", holds, detail
    )


def _fields_of(source: SourceList, records: Sequence[RawRecord]) -> Iterable[Assumption]:
    attributes = [_attributes(record) for record in records[:PROBED_RECORDS_MAX]]
    for known in FIELDS:
        if known.resource != source.name or known.field.startswith("relationships."):
            continue
        statement = f"{source.name} has the field {known.field}"
        if not attributes:
            yield Assumption(known.mark, statement, None, "no record to look at")
            continue
        having = sum(known.field in one for one in attributes)
        detail = f"in {having} of {len(attributes)} records"
        yield Assumption(known.mark, statement, having > 0, detail)


def _attributes(record: RawRecord) -> dict[str, Any]:
    body = wire.dashed(msgspec.json.decode(record.body))
    attributes = body.get("attributes", {}) if isinstance(body, dict) else {}
    return attributes if isinstance(attributes, dict) else {}


def _listing(source: SourceList, page: Page) -> Iterable[Assumption]:
    ids = [record.id for record in page.records]
    if len(ids) > 1:
        ordered = all(one.isdecimal() for one in ids) and ids == sorted(ids, key=int)
        yield Assumption("I", f"{source.name} comes in id order", ordered, f"{ids[0]} to {ids[-1]}")
    told = page.source_total is not None
    detail = f"total-count {page.source_total}" if told else "no total-count"
    yield Assumption("X", f"{source.name} says how many records it has", told, detail)


def _habits(request: SourceRequest) -> Iterable[Assumption]:
    """What holds for the whole API rather than for one list."""
    path = f"/companies/{request.company_id}/tax_codes"
    reply = client.get(request, path, params={"page": "1", "size": "1"})
    yield Assumption("I", "lists carry an ETag", reply.etag is not None, str(reply.etag))
    count = len(msgspec.json.decode(reply.body)["data"])
    yield Assumption("N", "`size` is obeyed", count <= 1, f"{count} records for size=1")
    slashed = dt.date(request.today.year, 1, 1).strftime("%Y/%m/%d")
    report = f"/companies/{request.company_id}/reports/profit_and_loss"
    try:
        client.get(request, report, params={"date_start": slashed, "date_end": slashed})
        yield Assumption("L", "reports take dates with slashes", True, slashed)
    except PermanentError as error:
        yield Assumption("L", "reports take dates with slashes", False, str(error))
