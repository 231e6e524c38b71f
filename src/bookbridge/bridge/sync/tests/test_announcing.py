"""Reads are told of: each data type's end, and the end of a connection's first read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections.operations import unlink_connection
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.records.models import Record
from bookbridge.bridge.sync.models import Dataset
from bookbridge.bridge.sync.operations import request_refresh
from bookbridge.bridge.sync.operations.cancelling import cancel_dataset
from bookbridge.bridge.sync.operations.reconciliation import reconcile_refresh
from bookbridge.bridge.sync.tests.conftest import ANALYST, Linked
from bookbridge.bridge.webhooks.models import Event

pytestmark = pytest.mark.database


def events(linked: Linked, event_type: str) -> list[dict[str, Any]]:
    with client_scope(linked.client.id):
        rows = Event.objects.filter(event_type=event_type).order_by("id")
        return [json.loads(row.body)["payload"] for row in rows]


def test_linking_is_told_of(linked: Linked) -> None:
    for event_type in ("company.created", "connection.created", "connection.connected"):
        assert len(events(linked, event_type)) == 1, event_type
    (payload,) = events(linked, "connection.connected")
    assert payload["connection"]["status"] == "Linked"
    assert payload["referenceCompany"]["name"] == "Harbour Ltd"


def test_a_read_says_whether_records_were_modified(linked: Linked) -> None:
    dataset = linked.sync(DataType.CUSTOMERS)["customers"]
    linked.sync(DataType.CUSTOMERS)
    first, second = events(linked, "read.completed")
    assert [one["dataTypes"][0]["recordsModified"] for one in (first, second)] == [True, False]
    assert first["dataTypes"][0] == {
        "connectionId": str(linked.connection.id),
        "dataType": "customers",
        "datasetId": str(dataset.id),
        "recordsModified": True,
        "status": "Complete",
        "issues": [],
    }


def test_a_read_that_could_not_be_is_told_with_the_reason(linked: Linked) -> None:
    (dataset,) = linked.request(DataType.CUSTOMERS)
    with client_scope(linked.client.id):
        unlink_connection(
            client_id=linked.client.id,
            connection_id=linked.connection.id,
            actor=ANALYST,
            at=timezone.now(),
        )
    linked.run(dataset)
    (payload,) = events(linked, "read.completed")
    assert payload["dataTypes"][0]["status"] == "Cancelled"
    assert payload["dataTypes"][0]["issues"][0]["message"]
    assert len(events(linked, "connection.disconnected")) == 1


def test_a_cancelled_read_says_so_and_whether_it_changed_anything(linked: Linked) -> None:
    waiting, begun = (linked.request(one)[0] for one in (DataType.CUSTOMERS, DataType.SUPPLIERS))
    with client_scope(linked.client.id):
        # As left by a worker that was killed after it had written.
        Dataset.objects.filter(id=begun.id).update(started_at=timezone.now(), runs=1)
    linked.sync(DataType.ITEMS)
    with client_scope(linked.client.id):
        Record.objects.filter(data_type="items").update(data_type="suppliers")
        for one in (waiting, begun):
            cancel_dataset(
                client_id=linked.client.id,
                company_id=linked.company.id,
                dataset_id=one.id,
                actor=ANALYST,
                at=timezone.now(),
            )
    told = [one["dataTypes"][0] for one in events(linked, "read.completed")[-2:]]
    assert [one["status"] for one in told] == ["Cancelled", "Cancelled"]
    assert [one["recordsModified"] for one in told] == [False, True]


def test_the_first_read_is_told_of_once_with_every_data_type(linked: Linked) -> None:
    with client_scope(linked.client.id):
        made = request_refresh(
            client_id=linked.client.id,
            company_id=linked.company.id,
            actor=ANALYST,
            at=timezone.now(),
            is_first=True,
        )
        Dataset.objects.filter(refresh=made[0].refresh).exclude(data_type="customers").update(
            status="NotSupported", completed_at=timezone.now()
        )
    linked.run(next(one for one in made if one.data_type == "customers"))
    for _time in range(2):
        reconcile_refresh(client_id=linked.client.id, refresh_id=made[0].refresh_id)
    (payload,) = events(linked, "read.completed.initial")
    told = {one["dataType"]: one for one in payload["dataTypes"]}
    assert set(told) == {one.data_type for one in made}
    assert told["customers"]["recordsModified"] and told["customers"]["status"] == "Complete"
