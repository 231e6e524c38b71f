"""Writing to a source. Every source of ours is read only, so nothing can be, and nothing was."""

from __future__ import annotations

from typing import Any, NoReturn
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.description import PAGING, Paged, Parameter, operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import bad_request, not_found
from bookbridge.bridge.api.names import is_public
from bookbridge.bridge.api.paging import page_of, page_reply
from bookbridge.bridge.api.query import (
    Field,
    FieldKind,
    Fields,
    compile_condition,
    compile_order,
    parse,
)
from bookbridge.bridge.companies.queries import company
from bookbridge.bridge.connections.queries import connection
from bookbridge.bridge.integrations.queries import connector_of

_FIELDS = Fields(
    {
        "dataType": Field("data_type", FieldKind.WORD),
        "pushOperationKey": Field("key", FieldKind.TEXT),
        "dataConnectionKey": Field("connection_id", FieldKind.TEXT),
        "status": Field("status", FieldKind.WORD),
        "statusCode": Field("status_code", FieldKind.NUMBER),
        "requestedOnUtc": Field("requested_at", FieldKind.MOMENT),
        "completedOnUtc": Field("completed_at", FieldKind.MOMENT),
        "errorMessage": Field("error_message", FieldKind.TEXT),
    }
)
TIMEOUT = Parameter("timeoutInMinutes", int, "When to give up.")
Record = dict[str, Any]


class PushOption(msgspec.Struct):
    """What a source must be told to write one record."""

    type: str
    displayName: str
    required: bool


class PushOperation(msgspec.Struct):
    """One record that was written, or was to be."""

    companyId: UUID
    pushOperationKey: UUID
    dataConnectionKey: UUID
    requestedOnUtc: str
    status: str
    statusCode: int


@operation(
    "get-create-update-model-options-by-data-type",
    "What is needed to write a record",
    reply=PushOption,
)
def get_options(call: Call, company_id: UUID, connection_id: UUID, data_type: str) -> HttpResponse:
    """Answers 404: the sources are read only."""
    raise not_found(_refusal(call, company_id, connection_id, data_type))


@operation(
    "get-company-push-history",
    "What was written to a company's sources",
    reply=Paged[PushOperation],
    query=PAGING,
)
def list_operations(call: Call, company_id: UUID) -> HttpResponse:
    """Empty: the sources are read only."""
    company(call.client_id, company_id)
    compile_condition(parse(call.parameter("query")), _FIELDS)
    if order_by := call.parameter("orderBy"):
        compile_order(order_by, _FIELDS)
    return page_reply(page_of(call.request), [], 0)


@operation("get-push-operation", "One write", reply=PushOperation)
def get_operation(call: Call, company_id: UUID, key: UUID) -> HttpResponse:
    """Answers 404: nothing was written."""
    company(call.client_id, company_id)
    raise not_found(_("There is no such push operation."))


@operation(
    "create-record", "Write a new record", body=Record, reply=PushOperation, query=(TIMEOUT,)
)
def create_record(
    call: Call, company_id: UUID, connection_id: UUID, data_type: str
) -> HttpResponse:
    """Refused: the sources are read only."""
    _refuse(call, company_id, connection_id, data_type)


@operation("update-record", "Change a record", body=Record, reply=PushOperation, query=(TIMEOUT,))
def update_record(
    call: Call, company_id: UUID, connection_id: UUID, data_type: str, record_id: str
) -> HttpResponse:
    """Refused: the sources are read only."""
    _refuse(call, company_id, connection_id, data_type)


@operation("delete-record", "Delete a record", reply=PushOperation, refusals=(400,))
def delete_record(
    call: Call, company_id: UUID, connection_id: UUID, data_type: str, record_id: str
) -> HttpResponse:
    """Refused: the sources are read only."""
    _refuse(call, company_id, connection_id, data_type)


@operation("upload-attachment", "Attach a file to a record", refusals=(400,))
def upload_attachment(
    call: Call, company_id: UUID, connection_id: UUID, data_type: str, record_id: str
) -> HttpResponse:
    """Refused: the sources are read only."""
    _refuse(call, company_id, connection_id, data_type)


@operation("upload-attachment-of-many", "Attach a file, at the newer address", refusals=(400,))
def upload_to_attachments(
    call: Call, company_id: UUID, connection_id: UUID, data_type: str, record_id: str
) -> HttpResponse:
    """Refused: the sources are read only."""
    _refuse(call, company_id, connection_id, data_type)


def _refuse(call: Call, company_id: UUID, connection_id: UUID, data_type: str) -> NoReturn:
    raise bad_request(_refusal(call, company_id, connection_id, data_type))


def _refusal(call: Call, company_id: UUID, connection_id: UUID, data_type: str) -> str:
    """The sentence of every refusal; a 404 for what does not exist at all."""
    found = connection(call.client_id, connection_id, company_id)
    if not is_public(data_type):
        raise not_found(_("There is no data type '%(key)s'.") % {"key": data_type[:100]})
    return _("Datatype %(data_type)s cannot be written: platform %(name)s is read only.") % {
        "data_type": data_type,
        "name": connector_of(found.integration_key).manifest.name,
    }


_COMPANY = "companies/<uuid:company_id>"
_CONNECTION = f"{_COMPANY}/connections/<uuid:connection_id>"
_PUSH = f"{_CONNECTION}/push/<str:data_type>"

urlpatterns: list[URLPattern] = [
    path(f"{_CONNECTION}/options/<str:data_type>", endpoint(GET=get_options)),
    path(f"{_COMPANY}/push", endpoint(GET=list_operations)),
    path(f"{_COMPANY}/push/<uuid:key>", endpoint(GET=get_operation)),
    path(_PUSH, endpoint(POST=create_record)),
    path(f"{_PUSH}/<str:record_id>", endpoint(PUT=update_record, DELETE=delete_record)),
    path(f"{_PUSH}/<str:record_id>/attachment", endpoint(POST=upload_attachment)),
    path(f"{_PUSH}/<str:record_id>/attachments", endpoint(POST=upload_to_attachments)),
]
