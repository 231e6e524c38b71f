"""Events look as the closed product's specification says."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone

from bookbridge.bridge.api.tests.cast import FOUNDER, NOW
from bookbridge.bridge.api.tests.openapi import Spec
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.operations import create_company, delete_company
from bookbridge.bridge.webhooks.event_types import SENT, WRITES
from bookbridge.bridge.webhooks.models import Event
from bookbridge.bridge.webhooks.rules import envelope
from bookbridge.bridge.webhooks.samples import COMPANY_ID, NoSampleError, sample_payload
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
    body = envelope(event_id(), event_type, sample_payload(event_type, at), at)
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


def event_id() -> object:
    from uuid import UUID

    return UUID(COMPANY_ID)
