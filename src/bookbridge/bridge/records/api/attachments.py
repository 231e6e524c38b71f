"""Attachments of records: documented for six data types, and given by no source of ours yet.

A record without attachments answers an empty list, so a client that asks for them needs no special
case; an attachment that is asked for by its id is not there.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.data_lists import RecordList, read_one
from bookbridge.bridge.api.description import operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import not_found
from bookbridge.bridge.api.replies import json_reply
from bookbridge.bridge.api.sources import readable_connection
from bookbridge.bridge.datatypes import DataType, Level, facts_of
from bookbridge.bridge.records.api.lists import FOLDERS, no_record
from bookbridge.bridge.records.api.past import AS_OF, as_of

HAVE_ATTACHMENTS = (
    DataType.BILLS,
    DataType.CUSTOMERS,
    DataType.DIRECT_COSTS,
    DataType.DIRECT_INCOMES,
    DataType.INVOICES,
    DataType.SUPPLIERS,
)
FILE = "application/octet-stream"


def _check_record(
    call: Call, data_type: DataType, company_id: UUID, connection_id: UUID | None, record_id: str
) -> None:
    at = as_of(call)
    source = readable_connection(call.client_id, company_id, data_type, connection_id)
    records = RecordList(company_id, source.id, data_type, as_of=at)
    if read_one(records, record_id) is None:
        raise no_record(data_type, record_id)


def _patterns(data_type: DataType, level: Level) -> list[URLPattern]:
    name = data_type.value if level is Level.CONNECTION else f"{data_type.value}-of-company"
    described: dict[str, Any] = {"query": (AS_OF,), "refusals": (409,)}

    @operation(
        f"list-{name}-attachments",
        f"Attachments of a record of {data_type.value}",
        reply=dict[str, list[dict[str, Any]]],
        **described,
    )
    def list_attachments(
        call: Call, company_id: UUID, record_id: str, connection_id: UUID | None = None
    ) -> HttpResponse:
        _check_record(call, data_type, company_id, connection_id, record_id)
        return json_reply({"attachments": []})

    def refuse(
        call: Call,
        company_id: UUID,
        record_id: str,
        attachment_id: str,
        connection_id: UUID | None = None,
    ) -> HttpResponse:
        _check_record(call, data_type, company_id, connection_id, record_id)
        raise not_found(
            _("The record '%(id)s' in %(data_type)s has no attachment '%(attachment)s'.")
            % {
                "id": record_id[:100],
                "data_type": data_type.value,
                "attachment": attachment_id[:100],
            }
        )

    one = operation(
        f"get-{name}-attachment", "What an attachment is", reply=dict[str, Any], **described
    )
    file = operation(
        f"download-{name}-attachment",
        "The file of an attachment",
        reply={"type": "string"},
        media=FILE,
        **described,
    )
    folder = f"{FOLDERS[level]}/{facts_of(data_type).path}/<str:record_id>/attachments"
    return [
        path(folder, endpoint(GET=list_attachments)),
        path(f"{folder}/<str:attachment_id>", endpoint(GET=one(refuse))),
        path(f"{folder}/<str:attachment_id>/download", endpoint(GET=file(refuse))),
    ]


urlpatterns = [
    pattern
    for data_type in HAVE_ATTACHMENTS
    for level in Level
    for pattern in _patterns(data_type, level)
]
