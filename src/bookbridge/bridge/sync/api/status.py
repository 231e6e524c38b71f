"""How fresh each data type of a company is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.urls import path

from bookbridge.bridge.api.description import operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.replies import json_reply, moment, without_nulls
from bookbridge.bridge.companies.queries import company
from bookbridge.bridge.datatypes import ORDER, DatasetStatus, DataType
from bookbridge.bridge.sync.queries import DataStatus, data_status


class DataStatusReply(msgspec.Struct, omit_defaults=True):
    """How fresh one data type is."""

    dataType: str
    currentStatus: DatasetStatus
    latestSyncId: UUID | None = None
    lastSuccessfulSync: str | None = None
    latestSuccessfulSyncId: UUID | None = None


@operation(
    "get-company-data-status", "How fresh every data type is", reply=dict[str, DataStatusReply]
)
def get_data_status(call: Call, company_id: UUID) -> HttpResponse:
    company(call.client_id, company_id)
    known = data_status(call.client_id, company_id)
    return json_reply(
        {data_type.value: _body(data_type, known.get(data_type.value)) for data_type in ORDER}
    )


def _body(data_type: DataType, known: DataStatus | None) -> dict[str, Any]:
    """A type that was never asked for is Initial: official clients need a status."""
    complete = known.latest_complete if known else None
    return without_nulls(
        {
            "dataType": data_type.value,
            "currentStatus": known.latest.status if known else DatasetStatus.INITIAL.value,
            "latestSyncId": known.latest.id if known else None,
            "lastSuccessfulSync": moment(complete.completed_at) if complete else None,
            "latestSuccessfulSyncId": complete.id if complete else None,
        }
    )


urlpatterns = [path("companies/<uuid:company_id>/dataStatus", endpoint(GET=get_data_status))]
