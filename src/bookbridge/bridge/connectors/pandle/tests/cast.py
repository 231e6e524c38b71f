"""The worked example, read over HTTP and mapped."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec

from bookbridge.bridge.connectors.contract import MappedRecord, RejectedRecord, SourceRequest
from bookbridge.bridge.connectors.pandle import PandleConnector
from bookbridge.bridge.connectors.pandle.tests.source import COMPANY, Source
from bookbridge.bridge.connectors.rehearsal import (
    Answer,
    MemoryRecords,
    mapped,
    read_everything,
    source_request,
)
from bookbridge.bridge.datatypes import DataType

TODAY = dt.date(2026, 1, 31)
CONNECTOR = PandleConnector()

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)


def request_to(source: Answer, today: dt.date = TODAY) -> SourceRequest:
    return source_request(source, company_id=COMPANY, today=today)


def records_of(source: Source | None = None) -> MemoryRecords:
    return read_everything(CONNECTOR, request_to(source or Source()))


def map_all(
    data_type: DataType, source: Source | None = None
) -> tuple[dict[str, MappedRecord], list[RejectedRecord]]:
    return mapped(CONNECTOR, data_type, records_of(source))


def bodies(data_type: DataType, source: Source | None = None) -> dict[str, Any]:
    """Bodies by id as JSON readers see them, when nothing is rejected."""
    found, rejected = map_all(data_type, source)
    assert not rejected
    return {key: as_json(one.body) for key, one in found.items()}


def one_body(data_type: DataType, record_id: str, source: Source | None = None) -> Any:
    found, _ = map_all(data_type, source)
    return as_json(found[record_id].body)


def reasons(data_type: DataType, source: Source) -> dict[str, str]:
    return {one.id: one.reason for one in map_all(data_type, source)[1]}


def as_json(value: Any) -> Any:
    """Through JSON and back, numbers exact."""
    return _DECODER.decode(_ENCODER.encode(value))


def exact(text: str | bytes) -> Any:
    return _DECODER.decode(text)
