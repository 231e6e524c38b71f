"""How fresh each data type of a company is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import path

from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.replies import json_reply, moment, without_nulls
from bookbridge.bridge.companies.queries import company
from bookbridge.bridge.datatypes import ORDER, DatasetStatus, DataType
from bookbridge.bridge.sync.models import Dataset


def _newest_by_type(call: Call, company_id: UUID, **filters: str) -> dict[str, Dataset]:
    found = (
        Dataset.objects.filter(client_id=call.client_id, company_id=company_id, **filters)
        .order_by("data_type", "-requested_at")
        .distinct("data_type")
    )
    return {dataset.data_type: dataset for dataset in found}


def get_data_status(call: Call, company_id: UUID) -> HttpResponse:
    company(call.client_id, company_id)
    newest = _newest_by_type(call, company_id)
    complete = _newest_by_type(call, company_id, status=DatasetStatus.COMPLETE.value)
    return json_reply(
        {
            data_type.value: _body(
                data_type, newest.get(data_type.value), complete.get(data_type.value)
            )
            for data_type in ORDER
        }
    )


def _body(data_type: DataType, newest: Dataset | None, complete: Dataset | None) -> dict[str, Any]:
    """A type that was never asked for is Initial: official clients need a status."""
    return without_nulls(
        {
            "dataType": data_type.value,
            "currentStatus": newest.status if newest else DatasetStatus.INITIAL.value,
            "latestSyncId": newest.id if newest else None,
            "lastSuccessfulSync": moment(complete.completed_at) if complete else None,
            "latestSuccessfulSyncId": complete.id if complete else None,
        }
    )


urlpatterns = [path("companies/<uuid:company_id>/dataStatus", endpoint(GET=get_data_status))]
