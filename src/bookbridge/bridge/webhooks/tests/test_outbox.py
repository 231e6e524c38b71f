"""Events are written with their change."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.db import transaction

from bookbridge.bridge.api.tests.cast import FOUNDER, NOW, Api
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.operations import create_company
from bookbridge.bridge.webhooks.models import Event
from bookbridge.bridge.webhooks.outbox import emit

pytestmark = pytest.mark.database


def test_an_event_carries_its_payload_and_the_companys_tags_of_that_time(lender: Api) -> None:
    with client_scope(lender.client_id):
        company = create_company(
            client_id=lender.client_id,
            name="Harbour Ltd",
            tags={"region": "north"},
            actor=FOUNDER,
            at=NOW,
        )
        event_id = emit(
            client_id=lender.client_id,
            event_type="read.completed",
            payload={"company": company.id, "none": None, "when": NOW},
            at=NOW,
            company_id=company.id,
        )
        event = Event.objects.get(event_id=event_id)
    assert event.company_tags == {"region": "north"}
    assert json.loads(event.body) == {
        "id": str(event_id),
        "eventType": "read.completed",
        "generatedDate": "2026-02-01T09:00:00Z",
        "payload": {"company": str(company.id), "none": None, "when": "2026-02-01T09:00:00Z"},
    }


def test_an_event_goes_with_the_change_that_is_taken_back(lender: Api) -> None:
    with client_scope(lender.client_id):
        before = Event.objects.count()
        with pytest.raises(RuntimeError), transaction.atomic():
            emit(client_id=lender.client_id, event_type="a.change", payload={}, at=NOW)
            assert Event.objects.count() == before + 1
            raise RuntimeError
        assert Event.objects.count() == before


def test_an_event_of_a_company_that_is_not_the_clients_has_no_tags(
    lender: Api, stranger: Api
) -> None:
    with client_scope(lender.client_id):
        company = create_company(
            client_id=lender.client_id, name="A", tags={"a": "b"}, actor=FOUNDER, at=NOW
        )
    with client_scope(stranger.client_id):
        event_id = emit(
            client_id=stranger.client_id,
            event_type="a.change",
            payload={"id": uuid4()},
            at=NOW,
            company_id=company.id,
        )
        assert Event.objects.get(event_id=event_id).company_tags == {}
