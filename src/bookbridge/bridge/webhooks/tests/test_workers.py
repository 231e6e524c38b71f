"""A real worker process tells consumers, whatever else it has to do."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.utils import timezone

from bookbridge.bridge.clients.operations import create_client
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.operations import create_company
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.sync.models import Dataset
from bookbridge.bridge.sync.tests import conftest as sync_conftest
from bookbridge.bridge.sync.tests.conftest import ANALYST, Linked
from bookbridge.bridge.sync.tests.test_killed_workers import start_worker, wait_until
from bookbridge.bridge.webhooks import operations, queries
from bookbridge.bridge.webhooks.tests.receiver import Receiver

pytestmark = pytest.mark.database
source, linked = sync_conftest.source, sync_conftest.linked


@pytest.fixture
def busy_worker(
    committed_db: str, linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Linked, Dataset]]:
    """A worker with one place for syncs, which a sync holds until the test is over."""
    go_on = threading.Event()

    def hold(request: httpx.Request) -> httpx.Response | None:
        go_on.wait(120)
        return None

    linked.source.trouble = hold
    (dataset,) = linked.request(DataType.CUSTOMERS)
    monkeypatch.setenv("BOOKBRIDGE_WORKER_CONCURRENCY", "1")
    worker = start_worker(committed_db)
    try:
        wait_until(lambda: linked.source.seen, "the sync to ask its source")
        yield linked, dataset
    finally:
        worker.kill()
        go_on.set()
        worker.wait()


def test_a_sync_does_not_hold_up_webhooks(
    busy_worker: tuple[Linked, Dataset], receiver: Receiver, settings: Any
) -> None:
    settings.ALLOW_PRIVATE_HOSTS = True
    linked, dataset = busy_worker
    client_id = linked.client.id
    receiver.answer(500)
    with client_scope(client_id):
        consumer = operations.create_consumer(
            client_id=client_id, url=receiver.url, actor=ANALYST, at=timezone.now()
        )
    with client_scope(client_id):
        company = create_company(
            client_id=client_id, name="New Ltd", actor=ANALYST, at=timezone.now()
        )
    first, second = receiver.wait_for(2)
    with client_scope(client_id):
        secret = queries.secret_of(queries.consumer(client_id, consumer.id))
    event = second.verified(secret)
    assert event["eventType"] == "company.created"
    assert event["payload"]["id"] == str(company.id)
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == event["id"]
    assert not linked.fresh(dataset).is_completed


def test_what_a_killed_worker_was_sending_is_sent_by_another_once_its_lease_is_over(
    committed_db: str, receiver: Receiver, settings: Any
) -> None:
    settings.ALLOW_PRIVATE_HOSTS = True
    at, released = timezone.now(), threading.Event()
    client_id = create_client(name="A lender", at=at).id
    with client_scope(client_id):
        consumer = operations.create_consumer(
            client_id=client_id, url=receiver.url, actor=ANALYST, at=at
        )
    receiver.behaviours.append(lambda handler: released.wait(120) and None)
    worker = start_worker(committed_db)
    try:
        with client_scope(client_id):
            create_company(client_id=client_id, name="New Ltd", actor=ANALYST, at=at)
        receiver.wait_for(1)
    finally:
        worker.kill()
        worker.wait()
        released.set()
    with client_scope(client_id):
        over_at = queries.messages_of(client_id, consumer.id).get().lease_until
    assert over_at is not None
    sent = [
        operations.deliver_turn(client_id=client_id, consumer_id=consumer.id, at=moment).sent
        for moment in (over_at - dt.timedelta(milliseconds=1), over_at)
    ]
    assert sent == [0, 1]
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    with client_scope(client_id):
        message = queries.messages_of(client_id, consumer.id).get()
        outcomes = [one.outcome for one in queries.attempts_of(message)]
    assert (message.status, outcomes) == ("Success", ["Success", "Interrupted"])
