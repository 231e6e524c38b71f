"""Pull operations: asking for data, and the history of what was asked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.description import PAGING, Paged, Parameter, operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import bad_request, not_found
from bookbridge.bridge.api.names import is_public
from bookbridge.bridge.api.paging import page_of, page_reply
from bookbridge.bridge.api.query import Field, FieldKind, Fields, Sql
from bookbridge.bridge.api.replies import empty_reply, json_reply, moment, without_nulls
from bookbridge.bridge.api.rows import Rows, page_of_ids
from bookbridge.bridge.api.sources import unsupported
from bookbridge.bridge.companies.queries import company
from bookbridge.bridge.connections.queries import connection
from bookbridge.bridge.datatypes import DatasetStatus, DataType
from bookbridge.bridge.sync import operations
from bookbridge.bridge.sync.models import Dataset

_FIELDS = Fields(
    {
        "id": Field("id::text", FieldKind.TEXT),
        "companyId": Field("company_id::text", FieldKind.TEXT),
        "connectionId": Field("connection_id::text", FieldKind.TEXT),
        "dataType": Field("data_type", FieldKind.WORD),
        "status": Field("status", FieldKind.WORD),
        "statusDescription": Field("status_description", FieldKind.TEXT),
        "errorMessage": Field("error_message", FieldKind.TEXT),
        "requested": Field("requested_at", FieldKind.MOMENT),
        "completed": Field("completed_at", FieldKind.MOMENT),
    }
)
_SOURCE = (
    "SELECT id, company_id, connection_id, data_type, status, status_description, error_message,"
    " requested_at, completed_at FROM sync_dataset WHERE client_id = %s AND company_id = %s"
)


class PullOperation(msgspec.Struct, omit_defaults=True):
    """A read of one data type; completed means successfully."""

    id: UUID
    companyId: UUID
    connectionId: UUID
    dataType: str
    status: DatasetStatus
    requested: str
    progress: int
    isCompleted: bool
    isErrored: bool
    statusDescription: str | None = None
    errorMessage: str | None = None
    completed: str | None = None


CONNECTION_ID = Parameter("connectionId", UUID, "Only through this connection.")


def body(dataset: Dataset) -> dict[str, Any]:
    """A dataset as a public pull operation. Completed means: successfully."""
    status = DatasetStatus(dataset.status)
    return without_nulls(
        {
            "id": dataset.id,
            "companyId": dataset.company_id,
            "connectionId": dataset.connection_id,
            "dataType": dataset.data_type,
            "status": dataset.status,
            "statusDescription": dataset.status_description or None,
            "errorMessage": dataset.error_message or None,
            "requested": moment(dataset.requested_at),
            "completed": moment(dataset.completed_at),
            "progress": dataset.progress,
            "isCompleted": status is DatasetStatus.COMPLETE,
            "isErrored": status.is_errored,
        }
    )


def dataset_of(call: Call, company_id: UUID, dataset_id: UUID) -> Dataset:
    """One dataset of a company; raises a 404."""
    company(call.client_id, company_id)
    found = Dataset.objects.filter(
        client_id=call.client_id, company_id=company_id, id=dataset_id
    ).first()
    if found is None:
        raise not_found(_("There is no such dataset."))
    return found


@operation("refresh-company-data", "Read everything anew", status=204)
def refresh_everything(call: Call, company_id: UUID) -> HttpResponse:
    company(call.client_id, company_id)
    operations.request_refresh(
        client_id=call.client_id, company_id=company_id, actor=call.actor, at=call.at
    )
    return empty_reply(204)


@operation(
    "refresh-data-type", "Read one data type anew", reply=PullOperation, query=(CONNECTION_ID,)
)
def refresh_type(call: Call, company_id: UUID, key: str) -> HttpResponse:
    dataset = _requested(call, company_id, key)
    return json_reply(body(dataset))


@operation("refresh-company-info", "Read the company's own data anew", reply=PullOperation)
def refresh_company_info(call: Call, company_id: UUID) -> HttpResponse:
    """The older way to ask for the company's own data."""
    dataset = _requested(call, company_id, DataType.COMPANY.value)
    return json_reply(body(dataset))


def _requested(call: Call, company_id: UUID, key: str) -> Dataset:
    company(call.client_id, company_id)
    data_type = _data_type(call, company_id, key)
    try:
        made = operations.request_refresh(
            client_id=call.client_id,
            company_id=company_id,
            connection_id=_connection_id(call, company_id),
            data_types=[data_type],
            actor=call.actor,
            at=call.at,
        )
    except operations.DatasetInProgressError as error:
        # Clients of the closed product look for this word.
        raise bad_request(f"DatasetAlreadyInProgressException: {error}") from error
    except operations.DataTypeNotSupportedError as error:
        raise unsupported(call.client_id, company_id, key) from error
    return made[0]


def _data_type(call: Call, company_id: UUID, key: str) -> DataType:
    try:
        return DataType(key)
    except ValueError as error:
        if is_public(key):
            raise unsupported(call.client_id, company_id, key) from error
        raise bad_request(_("There is no data type '%(key)s'.") % {"key": key[:100]}) from error


def _connection_id(call: Call, company_id: UUID) -> UUID | None:
    text = call.parameter("connectionId")
    if not text:
        return None
    try:
        found = UUID(text)
    except ValueError as error:
        raise bad_request(_("connectionId is a UUID.")) from error
    return connection(call.client_id, found, company_id).id


@operation(
    "list-pull-operations",
    "What was read, and how it ended",
    reply=Paged[PullOperation],
    query=PAGING,
)
def list_history(call: Call, company_id: UUID) -> HttpResponse:
    company(call.client_id, company_id)
    page = page_of(call.request)
    rows = Rows(Sql(_SOURCE, (call.client_id, company_id)), _FIELDS, "requested_at DESC")
    found = page_of_ids(rows, call, page)
    datasets = Dataset.objects.filter(client_id=call.client_id, id__in=found.ids)
    made = {one.id: body(one) for one in datasets}
    return page_reply(page, [made[one] for one in found.ids], found.total)


@operation("get-pull-operation", "One read", reply=PullOperation)
def get_history_entry(call: Call, company_id: UUID, dataset_id: UUID) -> HttpResponse:
    return json_reply(body(dataset_of(call, company_id, dataset_id)))


@operation("cancel-pull-operation", "Cancel a read that is under way", reply=PullOperation)
def cancel(call: Call, company_id: UUID, dataset_id: UUID) -> HttpResponse:
    """It ends as Cancelled and writes nothing more; a read that has ended is refused."""
    found = dataset_of(call, company_id, dataset_id)
    try:
        cancelled = operations.cancel_dataset(
            client_id=call.client_id,
            company_id=company_id,
            dataset_id=found.id,
            actor=call.actor,
            at=call.at,
        )
    except operations.NotInProgressError as error:
        raise bad_request(str(error)) from error
    return json_reply(body(cancelled))


_DATA = "companies/<uuid:company_id>/data"

urlpatterns = [
    path(f"{_DATA}/all", endpoint(POST=refresh_everything)),
    path(f"{_DATA}/queue/<str:key>", endpoint(POST=refresh_type)),
    path(f"{_DATA}/history", endpoint(GET=list_history)),
    path(f"{_DATA}/history/<uuid:dataset_id>", endpoint(GET=get_history_entry)),
    path(f"{_DATA}/history/<uuid:dataset_id>/cancel", endpoint(POST=cancel)),
]
