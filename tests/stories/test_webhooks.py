"""A lender's application is told of everything from a new company to its first whole read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bookbridge.bridge.api.tests.openapi import Spec
from bookbridge.bridge.webhooks.tests.receiver import Receiver, running_receiver
from bookbridge.kit.testing import TEST_DATA
from tests.stories.world import Business, World

TOLD_OF = (
    "company.created",
    "connection.created",
    "connection.connected",
    "read.completed",
    "read.completed.initial",
)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as running:
        yield running


def told(receiver: Receiver, secret: str) -> dict[str, list[dict[str, Any]]]:
    """What came in so far, each signature verified by the svix library, each webhook-id once."""
    found: dict[str, dict[str, Any]] = {}
    for one in list(receiver.received):
        event = one.verified(secret)
        assert one.headers["webhook-id"] == event["id"]
        assert found.setdefault(event["id"], event) == event
    grouped: dict[str, list[dict[str, Any]]] = {}
    for event in found.values():
        grouped.setdefault(event["eventType"], []).append(event)
    return grouped


def test_a_lender_is_told_of_a_company_from_its_beginning_to_its_first_read(
    world: World, shop: Business, receiver: Receiver
) -> None:
    api = world.api.http
    made = api.post("/webhooks", json={"url": receiver.url, "eventTypes": list(TOLD_OF)})
    assert made.status_code == 201, made.text
    consumer = f"/webhooks/{made.json()['id']}"
    secret = api.get(f"{consumer}/secret").json()["secret"]
    # The first tries fail: nothing is lost by that.
    receiver.answer(500, 503)

    linked = world.link(shop)
    datasets = world.await_sync(linked)
    with receiver.arrived:
        assert receiver.arrived.wait_for(
            lambda: (
                {*TOLD_OF} <= told(receiver, secret).keys()
                and len(told(receiver, secret)["read.completed"]) >= len(datasets)
            ),
            120,
        ), told(receiver, secret).keys()
    events = told(receiver, secret)

    (company,) = events["company.created"]
    assert company["payload"]["id"] == linked.company_id
    (connected,) = events["connection.connected"]
    about = connected["payload"]["connection"]
    now = api.get(f"/companies/{linked.company_id}/connections/{linked.connection_id}").json()
    assert about["id"] == linked.connection_id and about["status"] == "Linked"
    unchanged = now.keys() - {"lastSync", "dataConnectionErrors"}
    assert {name: about[name] for name in unchanged} == {name: now[name] for name in unchanged}
    reads = [one["payload"]["dataTypes"][0] for one in events["read.completed"]]
    assert {one["datasetId"]: one["status"] for one in reads} == {
        one["id"]: one["status"] for one in datasets.values()
    }
    (first,) = events["read.completed.initial"]
    assert {one["dataType"] for one in first["payload"]["dataTypes"]} == set(datasets)

    messages = api.get(f"{consumer}/messages?pageSize=500").json()["results"]
    sequences = [one["sequence"] for one in messages]
    assert len(set(sequences)) == len(sequences) == sum(len(one) for one in events.values())
    assert api.delete(consumer).status_code == 204
    if (TEST_DATA / "specs").is_dir():
        for one in receiver.received:
            event_type = json.loads(one.body)["eventType"]
            Spec(TEST_DATA / "specs").check_event(event_type, one.body)
