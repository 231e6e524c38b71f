"""Fans a client's new events out: each gets its number, and a message for every consumer that
wants it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from uuid import UUID

from bookbridge.bridge.clients.models import Client
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.webhooks.event_types import DEPRECATED
from bookbridge.bridge.webhooks.models import Consumer, Event, EventCount, Message
from bookbridge.bridge.webhooks.older_forms import older_forms
from bookbridge.bridge.webhooks.queueing import deliver_after_commit
from bookbridge.bridge.webhooks.rules import wants

BATCH_MAX = 200
BATCHES_MAX = 500


def publish_events(*, client_id: UUID, at: dt.datetime) -> int:
    """Number the client's new events and hand them to its consumers; returns how many."""
    count = 0
    for _batch in range(BATCHES_MAX):
        with client_scope(client_id):
            published = _publish_batch(client_id, at)
        count += published
        if published < BATCH_MAX:
            break
    return count


def add_messages(consumer: Consumer, events: Iterable[Event], at: dt.datetime) -> int:
    """Queue events for a consumer, those that it has had excepted; returns how many."""
    made = Message.objects.bulk_create(
        [
            Message(
                client_id=consumer.client_id,
                consumer=consumer,
                event=event,
                created_at=at,
                next_attempt_at=at,
            )
            for event in events
        ]
    )
    if made:
        deliver_after_commit(consumer.client_id, consumer.id)
    return len(made)


def wants_event(consumer: Consumer, event: Event) -> bool:
    return wants(
        event_types=consumer.event_types,
        company_tags=consumer.company_tags,
        event_type=event.event_type,
        tags_of_company=event.company_tags,
    )


def _publish_batch(client_id: UUID, at: dt.datetime) -> int:
    # The lock first: who waited for another publisher must not see what that one has numbered.
    EventCount.objects.get_or_create(client_id=client_id)
    counted = EventCount.objects.select_for_update().get(client_id=client_id)
    new = Event.objects.filter(client_id=client_id, sequence=None, is_test=False)
    events = list(new.order_by("id")[:BATCH_MAX])
    if not events:
        return 0
    # Locked, so that none is deleted or disabled between being found and being told.
    consumers = list(
        Consumer.objects.select_for_update(no_key=True)
        .filter(client_id=client_id, disabled_at=None)
        .order_by("id")
    )
    older = _older_forms(client_id, events, {name for one in consumers for name in one.event_types})
    for event in (*events, *older):
        counted.last_sequence += 1
        event.sequence = counted.last_sequence
    Event.objects.bulk_update(events, ["sequence"])
    Event.objects.bulk_create(older)
    counted.save(update_fields=["last_sequence"])
    for consumer in consumers:
        wanted = [one for one in (*events, *older) if wants_event(consumer, one)]
        add_messages(consumer, wanted, at)
    return len(events)


def _older_forms(client_id: UUID, events: Iterable[Event], named: Collection[str]) -> list[Event]:
    """The deprecated events that a consumer still names."""
    wanted = DEPRECATED.keys() & named
    if not wanted:
        return []
    client_name = Client.objects.get(id=client_id).name
    made: list[Event] = []
    for event in events:
        if not any(event.event_type in DEPRECATED[name] for name in wanted):
            continue
        for form in older_forms(event.event_type, event.body, wanted):
            older = Event(
                client_id=client_id,
                event_type=form.event_type,
                company_id=event.company_id,
                company_tags=event.company_tags,
                occurred_at=event.occurred_at,
            )
            older.body = form.body(
                event_id=older.event_id, client_id=client_id, client_name=client_name
            )
            made.append(older)
    return made
