"""A lender with a receiver of webhooks, and time that the tests move by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from bookbridge.bridge.api.tests.cast import FOUNDER, Api
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.webhooks import operations, queries
from bookbridge.bridge.webhooks.models import Attempt, Consumer, Message
from bookbridge.bridge.webhooks.outbox import emit
from bookbridge.bridge.webhooks.tests.receiver import Receiver, running_receiver


@dataclass
class Post:
    """One client's webhooks, driven without a queue: events in, deliveries out."""

    client_id: UUID
    receiver: Receiver
    now: dt.datetime

    def consumer(self, **options: Any) -> Consumer:
        with client_scope(self.client_id):
            return operations.create_consumer(
                client_id=self.client_id,
                **{"url": self.receiver.url, "actor": FOUNDER, "at": self.now, **options},
            )

    def fresh(self, consumer: Consumer) -> Consumer:
        with client_scope(self.client_id):
            return queries.consumer(self.client_id, consumer.id)

    def secret(self, consumer: Consumer) -> str:
        return queries.secret_of(self.fresh(consumer))

    def change(self, consumer: Consumer, **changes: Any) -> Consumer:
        with client_scope(self.client_id):
            return operations.update_consumer(
                client_id=self.client_id,
                consumer_id=consumer.id,
                changes=changes,
                actor=FOUNDER,
                at=self.now,
            )

    def happen(
        self, event_type: str = "read.completed", company_id: UUID | None = None, **payload: Any
    ) -> UUID:
        with client_scope(self.client_id):
            return emit(
                client_id=self.client_id,
                event_type=event_type,
                payload=payload,
                at=self.now,
                company_id=company_id,
            )

    def publish(self) -> int:
        return operations.publish_events(client_id=self.client_id, at=self.now)

    def deliver(self, consumer: Consumer) -> operations.Turn:
        return operations.deliver_turn(
            client_id=self.client_id, consumer_id=consumer.id, at=self.now
        )

    def deliver_all(self, consumer: Consumer) -> int:
        """Everything that is due now, turn by turn."""
        sent = 0
        while (turn := self.deliver(consumer)).sent:
            sent += turn.sent
        return sent

    def messages(self, consumer: Consumer) -> list[Message]:
        with client_scope(self.client_id):
            found = Message.objects.filter(client_id=self.client_id, consumer=consumer)
            return list(found.select_related("event").order_by("event_id"))

    def attempts(self, message: Message) -> list[Attempt]:
        with client_scope(self.client_id):
            return list(queries.attempts_of(message).order_by("number"))

    def later(self, **time: float) -> None:
        self.now += dt.timedelta(**time)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as running:
        yield running


@pytest.fixture
def post(lender: Api, receiver: Receiver, settings: Any) -> Post:
    settings.ALLOW_PRIVATE_HOSTS = True
    return Post(lender.client_id, receiver, timezone.now())
