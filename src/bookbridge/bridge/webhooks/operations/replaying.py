"""Sends again what was sent before, and sends what a consumer missed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.webhooks.models import Consumer, Event, Message
from bookbridge.bridge.webhooks.operations.publishing import add_messages, wants_event
from bookbridge.bridge.webhooks.queries import LIVE, consumer_for_update, message
from bookbridge.bridge.webhooks.queueing import deliver_after_commit
from bookbridge.bridge.webhooks.rules import envelope
from bookbridge.bridge.webhooks.samples import sample_payload

REPLAYED_MAX = 10_000
LOOKED_AT_EACH_TIME = 1000


class ConsumerDisabledError(Exception):
    """Nothing is sent to a disabled consumer."""

    code = "webhook_consumer_disabled"


@dataclass(frozen=True)
class Replayed:
    """How many messages were queued; `is_all` is False when the limit left some for another
    request."""

    count: int
    is_all: bool


@transaction.atomic
def replay_message(
    *, client_id: UUID, consumer_id: UUID, message_id: UUID, actor: Actor, at: dt.datetime
) -> Message:
    """Send one message again, with a fresh schedule of tries; its id stays. Raises
    MessageNotFoundError or ConsumerDisabledError."""
    consumer = _enabled(client_id, consumer_id)
    found = message(client_id, consumer_id, message_id)
    _queue_again(consumer, [found.id], at)
    return message(client_id, consumer_id, message_id)


@transaction.atomic
def replay_failed(
    *, client_id: UUID, consumer_id: UUID, since: dt.datetime, actor: Actor, at: dt.datetime
) -> Replayed:
    """Send again what failed for good, of events since then, oldest first."""
    consumer = _enabled(client_id, consumer_id)
    failed = Message.objects.filter(
        client_id=client_id,
        consumer=consumer,
        status=Message.Status.FAILURE,
        event__occurred_at__gte=since,
    ).order_by("event_id")
    ids = list(failed.values_list("id", flat=True)[: REPLAYED_MAX + 1])
    _queue_again(consumer, ids[:REPLAYED_MAX], at)
    return Replayed(len(ids[:REPLAYED_MAX]), len(ids) <= REPLAYED_MAX)


@transaction.atomic
def replay_missed(
    *, client_id: UUID, consumer_id: UUID, since: dt.datetime, actor: Actor, at: dt.datetime
) -> Replayed:
    """Send the events since then that the consumer wants and was never sent: they happened before
    it was made, or while it was disabled or wanted others."""
    consumer = _enabled(client_id, consumer_id)
    sent = Message.objects.filter(client_id=client_id, consumer=consumer, event_id=OuterRef("id"))
    # One that has no number yet is about to be handed out by itself.
    missed = Event.objects.filter(
        ~Exists(sent),
        client_id=client_id,
        occurred_at__gte=since,
        is_test=False,
        sequence__isnull=False,
    ).order_by("id")
    count, after = 0, 0
    while batch := list(missed.filter(id__gt=after)[:LOOKED_AT_EACH_TIME]):
        after = batch[-1].id
        wanted = [one for one in batch if wants_event(consumer, one)]
        left = REPLAYED_MAX - count
        count += add_messages(consumer, wanted[:left], at)
        if len(wanted) > left:
            return Replayed(count, False)
    return Replayed(count, True)


@transaction.atomic
def send_test(
    *, client_id: UUID, consumer_id: UUID, event_type: str, actor: Actor, at: dt.datetime
) -> Message:
    """Send this consumer alone an invented event of a type, whatever it is subscribed to."""
    consumer = _enabled(client_id, consumer_id)
    event = Event(client_id=client_id, event_type=event_type, occurred_at=at, is_test=True)
    event.body = envelope(event.event_id, event_type, sample_payload(event_type, at), at)
    event.save()
    add_messages(consumer, [event], at)
    return Message.objects.select_related("event").get(client_id=client_id, event=event)


def _enabled(client_id: UUID, consumer_id: UUID) -> Consumer:
    found = consumer_for_update(client_id, consumer_id)
    if found.is_disabled:
        raise ConsumerDisabledError(_("The consumer is disabled. Enable it first."))
    return found


def _queue_again(consumer: Consumer, ids: Sequence[UUID], at: dt.datetime) -> None:
    """A message that is being sent this moment keeps its lease, and its answer counts."""
    messages = Message.objects.filter(client_id=consumer.client_id, id__in=ids)
    messages.exclude(status__in=LIVE).update(
        status=Message.Status.SENDING, failures=0, ended_at=None, next_attempt_at=at
    )
    messages.filter(status__in=LIVE, lease=None).update(failures=0, next_attempt_at=at)
    deliver_after_commit(consumer.client_id, consumer.id)
