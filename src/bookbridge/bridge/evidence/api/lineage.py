"""Where each field of a record comes from: `GET {record url}/lineage`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.urls import URLPattern, path

from bookbridge.bridge.api.description import operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import not_found
from bookbridge.bridge.api.replies import json_reply, moment
from bookbridge.bridge.api.sources import readable_connection
from bookbridge.bridge.connectors.tracing import Origin
from bookbridge.bridge.datatypes import FACTS, DataType, DataTypeFacts, Level
from bookbridge.bridge.evidence.queries.lineage import Lineage, RecordNotFoundError, lineage
from bookbridge.bridge.records.api.past import AS_OF, as_of

_COMPANY = "companies/<uuid:company_id>/data"
_CONNECTION = "companies/<uuid:company_id>/connections/<uuid:connection_id>/data"


class OriginReply(msgspec.Struct):
    """One value of one raw record: its list, its id, and a JSON pointer into it."""

    resource: str
    id: str
    pointer: str


class FieldReply(msgspec.Struct):
    """One field of the record. `kind` is copied, derived (worked out from its origins), or
    constant (nothing in the raw records changes it)."""

    pointer: str
    kind: str
    origins: list[OriginReply]
    hasMoreOrigins: bool


class RawReply(msgspec.Struct):
    """A raw record as the source gave it: the hash of its text, and the scan that fetched it."""

    resource: str
    id: str
    contentHash: str
    scan: int
    fetchedAt: str
    isDeleted: bool
    isSource: bool


class LineageReply(msgspec.Struct):
    """`isExact` says that mapping these raw records again gives this very record; where it does
    not, `reason` says why and no fields are told. `guards` are values that had to agree with
    others for the record to be accepted at all."""

    id: str
    dataType: str
    mappingVersion: str
    knownFrom: str
    isExact: bool
    reason: str
    rawRecords: list[RawReply]
    fields: list[FieldReply]
    guards: list[OriginReply]
    limits: list[str]


def _lineage_of(data_type: DataType) -> Callable[..., HttpResponse]:
    @operation(
        f"get-{data_type.value}-lineage",
        f"Where each field of a record of {data_type.value} comes from",
        reply=LineageReply,
        query=(AS_OF,),
        refusals=(409,),
    )
    def get_lineage(
        call: Call,
        company_id: UUID,
        record_id: str | None = None,
        connection_id: UUID | None = None,
        parent_id: str | None = None,
    ) -> HttpResponse:
        source = readable_connection(call.client_id, company_id, data_type, connection_id)
        at = as_of(call)
        try:
            found = lineage(source, data_type, record_id, parent_id=parent_id, at=at)
        except RecordNotFoundError as error:
            raise not_found(str(error)) from error
        return json_reply(_shown(data_type, found))

    return get_lineage


def _shown(data_type: DataType, found: Lineage) -> dict[str, Any]:
    subject = found.subject
    return {
        "id": subject.id,
        "dataType": data_type.value,
        "mappingVersion": subject.mapping_version,
        "knownFrom": moment(subject.known_from),
        "isExact": found.is_exact,
        "reason": found.reason,
        "rawRecords": [
            {
                "resource": one.resource,
                "id": one.id,
                "contentHash": one.content_hash.hex(),
                "scan": one.scan,
                "fetchedAt": moment(one.known_from),
                "isDeleted": one.deleted_at is not None,
                "isSource": (one.resource, one.id) in subject.sources,
            }
            for one in found.raw
        ],
        "fields": [
            {
                "pointer": one.pointer,
                "kind": one.kind,
                "origins": [_origin(origin) for origin in one.origins],
                "hasMoreOrigins": one.is_cut,
            }
            for one in found.explained.fields
        ],
        "guards": [_origin(origin) for origin in found.explained.guards],
        "limits": found.explained.limits,
    }


def _origin(origin: Origin) -> dict[str, str]:
    return {"resource": origin.resource, "id": origin.id, "pointer": origin.pointer}


def _pattern(facts: DataTypeFacts) -> URLPattern:
    folder = _COMPANY if facts.level is Level.COMPANY else _CONNECTION
    if facts.parent_path is not None:
        folder = f"{folder}/{facts.parent_path}/<str:parent_id>"
    # A statement is read whole; its lineage is that of one of its months (2026-01).
    one = "" if facts.data_type is DataType.COMPANY else "/<str:record_id>"
    view = endpoint(GET=_lineage_of(facts.data_type))
    return path(f"{folder}/{facts.path}{one}/lineage", view)


urlpatterns = [_pattern(facts) for facts in FACTS.values()]
