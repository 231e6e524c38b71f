"""Events look as the closed product's specification says."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone

from bookbridge.bridge.api.tests.cast import FOUNDER, NOW
from bookbridge.bridge.api.tests.openapi import Spec
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.operations import create_company, delete_company
from bookbridge.bridge.webhooks.event_types import SENT, WRITES
from bookbridge.bridge.webhooks.models import Event
from bookbridge.bridge.webhooks.rules import envelope
from bookbridge.bridge.webhooks.samples import (
    COMPANY_ID,
    CONNECTION_ID,
    DATASET_ID,
    NoSampleError,
    sample_payload,
)
from bookbridge.bridge.webhooks.tests.conftest import Post


@pytest.fixture(scope="module")
def spec(test_data: Path) -> Spec:
    folder = test_data / "specs"
    if not folder.is_dir():
        pytest.skip(f"no OpenAPI files at {folder} (set BOOKBRIDGE_TEST_DATA)")
    return Spec(folder)


@pytest.mark.parametrize("event_type", [*SENT, *WRITES])
def test_every_type_has_an_invented_event_of_the_documented_shape(
    spec: Spec, event_type: str
) -> None:
    at = timezone.now()
    body = envelope(UUID(COMPANY_ID), event_type, sample_payload(event_type, at), at)
    spec.check_event(event_type, body.encode())


def test_a_type_of_another_product_has_none() -> None:
    with pytest.raises(NoSampleError):
        sample_payload("expenses.sync.successful", NOW)


@pytest.mark.database
@pytest.mark.django_db
def test_real_events_of_a_company_have_the_documented_shape(spec: Spec, post: Post) -> None:
    with client_scope(post.client_id):
        company = create_company(
            client_id=post.client_id,
            name="Harbour Ltd",
            description="By the sea",
            tags={"a": "b"},
            actor=FOUNDER,
            at=post.now,
        )
        delete_company(client_id=post.client_id, company_id=company.id, actor=FOUNDER, at=post.now)
        events = list(Event.objects.order_by("id"))
    assert [one.event_type for one in events] == ["company.created", "company.deleted"]
    for event in events:
        spec.check_event(event.event_type, event.body.encode())
        assert event.company_tags == {"a": "b"}


READ = {
    "connectionId": CONNECTION_ID,
    "dataType": "invoices",
    "datasetId": DATASET_ID,
    "recordsModified": True,
    "status": "Complete",
    "issues": [],
}
OLDER = [
    ("DataConnectionStatusChanged", "connection.connected", None),
    ("DataConnectionStatusChanged", "connection.reconnected", None),
    ("DataSyncCompleted", "read.completed", READ),
    ("DatasetDataChanged", "read.completed", READ),
    ("DataSyncStatusChangedToError", "read.completed", {**READ, "status": "FetchError"}),
    ("NewCompanySynchronized", "read.completed.initial", READ),
]


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.parametrize(("older", "event_type", "read"), OLDER)
def test_deprecated_events_go_in_their_old_form_to_those_who_name_them(
    spec: Spec, post: Post, older: str, event_type: str, read: dict[str, object] | None
) -> None:
    consumer = post.consumer(event_types=[older])
    every = post.consumer()
    payload = sample_payload(event_type, post.now)
    post.happen(event_type, **payload if read is None else {**payload, "dataTypes": [read]})
    post.publish()
    assert post.publish() == 0
    (message,) = post.messages(consumer)
    assert [one.event.event_type for one in post.messages(every)] == [event_type]
    assert {message.event.sequence, post.messages(every)[0].event.sequence} == {1, 2}
    spec.check_event(older, message.event.body.encode())
    body = json.loads(message.event.body)
    assert body["AlertId"] == str(message.event.event_id)
    assert body["ClientName"] == "Lender Ltd" and body["CompanyId"] == COMPANY_ID


@pytest.mark.database
@pytest.mark.django_db
def test_a_deprecated_event_is_not_made_of_what_it_does_not_say(post: Post) -> None:
    consumer = post.consumer(
        event_types=["DatasetDataChanged", "DataSyncStatusChangedToError", "NewCompanySynchronized"]
    )
    payload = sample_payload("read.completed", post.now)
    unchanged, off = {**READ, "recordsModified": False}, {**READ, "status": "NotSupported"}
    for entry in (unchanged, off):
        post.happen("read.completed", **{**payload, "dataTypes": [entry]})
    post.happen("read.completed.initial", **{**payload, "dataTypes": [off]})
    post.publish()
    assert post.messages(consumer) == []
