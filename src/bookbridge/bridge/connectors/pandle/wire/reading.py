"""Stored JSON into structs, in either spelling of the keys; an unknown shape is named."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from bookbridge.bridge.connectors.contract import RawRecord
from bookbridge.bridge.connectors.errors import SourceShapeError
from bookbridge.bridge.connectors.pandle.wire.banking import BankTransaction, JournalEntry
from bookbridge.bridge.connectors.pandle.wire.documents import CreditNote, DocumentHead, Invoice
from bookbridge.bridge.connectors.pandle.wire.reference import NO_RELATIONS, Id, Relation, Relations
from bookbridge.bridge.connectors.tracing import marked

NESTING_MAX = 12

A = TypeVar("A", bound=Struct)


@cache
def resource_type(attributes: type[Struct]) -> type[Struct]:
    """The JSON:API resource around these attributes."""
    return msgspec.defstruct(
        f"{attributes.__name__}Resource",
        [("id", Id, ""), ("attributes", attributes), ("relationships", Relations | None, None)],
        kw_only=True,
    )


@cache
def _decoder(attributes: type[Struct]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(resource_type(attributes))


_LOOSE = msgspec.json.Decoder(float_hook=Decimal)

# Read dashed at once, since they are many; the others are small and always read both ways.
_DASHED_FIRST = frozenset({Invoice, CreditNote, DocumentHead, BankTransaction, JournalEntry})


def read(attributes: type[A], record: RawRecord, resource: str) -> tuple[str, A, Relations]:
    """Id, attributes and relations of one stored record."""
    if attributes in _DASHED_FIRST:
        try:
            fast = _decoder(attributes).decode(record.body)
            attributes_read = marked(record, resource, "/attributes", fast.attributes)
            return record.id, attributes_read, fast.relationships or NO_RELATIONS
        except msgspec.ValidationError:
            pass
    try:
        loose = dashed(_LOOSE.decode(record.body))
        found: Any = msgspec.convert(loose, resource_type(attributes))
    except msgspec.DecodeError as error:
        raise _shape(error, resource, record.id) from error
    attributes_read = marked(record, resource, "/attributes", found.attributes)
    return record.id, attributes_read, found.relationships or NO_RELATIONS


def related(relation: Relation | None) -> str | None:
    """The id that a relation points at."""
    return None if relation is None or relation.data is None else str(relation.data.id)


def dashed(value: Any, depth: int = 0) -> Any:
    """The same JSON with every key dasherised; a key that is there in both spellings keeps the
    dashed one."""
    if depth > NESTING_MAX:
        raise msgspec.ValidationError(f"nested deeper than {NESTING_MAX} levels")
    if isinstance(value, dict):
        out: dict[str, Any] = {}
        for key, inner in value.items():
            name = key.replace("_", "-")
            if name == key or name not in out:
                out[name] = dashed(inner, depth + 1)
        return out
    if isinstance(value, list):
        return [dashed(inner, depth + 1) for inner in value]
    return value


def _shape(error: Exception, resource: str, record_id: str) -> SourceShapeError:
    text = str(error)
    message, _, where = text.partition(" - at ")
    named = message.split("`")[1] if message.startswith("Object missing") else ""
    place = where.strip("`$. ")
    field = ".".join(part for part in (place, named) if part) or text
    return SourceShapeError(
        f"The source's answer has an unknown shape: {message}",
        path=f"{resource}/{record_id}",
        field=field,
    )
