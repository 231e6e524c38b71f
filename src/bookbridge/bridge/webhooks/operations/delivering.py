"""Delivers what waits for a consumer: claims messages, sends them, notes what came of it.

Nothing is sent inside a transaction. A claim is a lease that runs out, so a message whose worker
was killed is sent again: at least once, and never by two workers while the lease lasts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db.models import F, Min, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.webhooks.models import Attempt, Consumer, Event, Message
from bookbridge.bridge.webhooks.operations.consumers import disable
from bookbridge.bridge.webhooks.queries import (
    headers_of,
    live_messages,
    old_secret_of,
    secret_of,
)
from bookbridge.bridge.webhooks.rules import FAILING_MAX, GONE, RETRY_AFTER_MAX, next_try
from bookbridge.bridge.webhooks.sending import SENT_AT_ONCE_MAX, Answer, Outgoing, send_all
from bookbridge.bridge.webhooks.signing import signed_headers

# Longer than a message can take: while it lasts, nobody else sends the same.
LEASE = dt.timedelta(seconds=30)
# A message whose worker died so often is not tried again: it may be what kills them.
INTERRUPTIONS_MAX = 10
# After a full turn that nothing answered: a dead receiver's backlog must not take the time of
# those that live.
SILENCE = dt.timedelta(seconds=60)
SEQUENCE_HEADER = "bookbridge-sequence"


@dataclass(frozen=True)
class Claim:
    """A message that this worker alone sends now."""

    message_id: UUID
    lease: UUID
    attempt_id: int
    outgoing: Outgoing


@dataclass(frozen=True)
class Turn:
    """What one look at a consumer came to; `again_at` is when there is more (None: nothing)."""

    sent: int
    again_at: dt.datetime | None


def deliver_turn(*, client_id: UUID, consumer_id: UUID, at: dt.datetime) -> Turn:
    """Send the consumer what is due, a few messages at most."""
    claims, again_at = _claim(client_id, consumer_id, at)
    if claims:
        answers = send_all([claim.outgoing for claim in claims])
        with client_scope(client_id):
            again_at = _note(client_id, consumer_id, list(zip(claims, answers, strict=True)), at)
    return Turn(len(claims), again_at)


def _claim(
    client_id: UUID, consumer_id: UUID, at: dt.datetime
) -> tuple[list[Claim], dt.datetime | None]:
    with client_scope(client_id):
        consumer = _locked(client_id, consumer_id)
        if consumer is None or consumer.is_disabled:
            return [], None
        if consumer.held_until is not None and consumer.held_until > at:
            waits = live_messages(client_id, consumer_id).exists()
            return [], consumer.held_until if waits else None
        claims = [_claimed(consumer, message, at) for message in _due(consumer, at)]
        made = [claim for claim in claims if claim is not None]
        if made and consumer.messages_per_second:
            consumer.held_until = at + dt.timedelta(
                seconds=len(made) / consumer.messages_per_second
            )
            consumer.save(update_fields=["held_until"])
        return made, _next_due(client_id, consumer_id)


def _due(consumer: Consumer, at: dt.datetime) -> Sequence[Message]:
    places = min(SENT_AT_ONCE_MAX, consumer.messages_per_second or SENT_AT_ONCE_MAX)
    due = live_messages(consumer.client_id, consumer.id).filter(
        Q(lease_until=None) | Q(lease_until__lte=at), next_attempt_at__lte=at
    )
    return list(
        due.select_related("event")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("next_attempt_at", "event_id")[:places]
    )


def _claimed(consumer: Consumer, message: Message, at: dt.datetime) -> Claim | None:
    if message.lease is not None and _was_interrupted_too_often(message, at):
        return None
    message.attempts += 1
    message.lease = uuid4()
    message.lease_until = at + LEASE
    message.save(update_fields=["attempts", "lease", "lease_until"])
    attempt = Attempt.objects.create(
        client_id=message.client_id,
        message=message,
        number=message.attempts,
        lease=message.lease,
        url=consumer.url,
        started_at=at,
    )
    outgoing = Outgoing(
        consumer.url, _headers(consumer, message.event, at), message.event.body.encode()
    )
    return Claim(message.id, message.lease, attempt.id, outgoing)


def _headers(consumer: Consumer, event: Event, at: dt.datetime) -> dict[str, str]:
    secrets = [secret_of(consumer)]
    old = old_secret_of(consumer)
    if old is not None and consumer.old_secret_until is not None and at < consumer.old_secret_until:
        secrets.append(old)
    return {
        **headers_of(consumer),
        **signed_headers(secrets_in_use=secrets, event_id=event.event_id, at=at, body=event.body),
        **({} if event.sequence is None else {SEQUENCE_HEADER: str(event.sequence)}),
    }


def _was_interrupted_too_often(message: Message, at: dt.datetime) -> bool:
    """Note that the try before this one has no end; it uses up no try of the schedule."""
    Attempt.objects.filter(
        client_id=message.client_id, message=message, outcome=Attempt.Outcome.UNKNOWN
    ).update(
        outcome=Attempt.Outcome.INTERRUPTED,
        error=_("The worker ended before the answer came; the message was sent again."),
    )
    interrupted = Attempt.objects.filter(
        client_id=message.client_id, message=message, outcome=Attempt.Outcome.INTERRUPTED
    )
    if interrupted.count() < INTERRUPTIONS_MAX:
        return False
    _end(message, Message.Status.FAILURE, at)
    return True


def _note(
    client_id: UUID,
    consumer_id: UUID,
    results: Sequence[tuple[Claim, Answer]],
    at: dt.datetime,
) -> dt.datetime | None:
    """Keep what came of each try, and see when the consumer's turn comes again."""
    consumer = _locked(client_id, consumer_id)
    if consumer is None:
        return None
    # Successes first: a failure may disable the consumer, which ends all that is under way.
    for claim, answer in sorted(results, key=lambda one: not one[1].is_success):
        ended_at = at + answer.duration
        _keep(client_id, claim, answer)
        ours = Q(lease=claim.lease)
        if answer.is_success:
            # The consumer was disabled while this was under way; it did arrive.
            ours |= Q(lease=None, status=Message.Status.FAILURE)
        message = (
            Message.objects.select_for_update()
            .filter(ours, client_id=client_id, id=claim.message_id)
            .first()
        )
        if message is not None:
            _conclude(consumer, message, answer, ended_at)
    if len(results) == SENT_AT_ONCE_MAX and all(answer.status is None for _c, answer in results):
        consumer.held_until = max(consumer.held_until or at, at + SILENCE)
    consumer.save()
    return None if consumer.is_disabled else _next_due(client_id, consumer_id)


def _keep(client_id: UUID, claim: Claim, answer: Answer) -> None:
    outcome = Attempt.Outcome.SUCCESS if answer.is_success else Attempt.Outcome.FAILURE
    Attempt.objects.filter(client_id=client_id, id=claim.attempt_id).update(
        outcome=outcome,
        duration_ms=round(answer.duration.total_seconds() * 1000),
        status_code=answer.status,
        response=answer.text,
        error=answer.error,
    )


def _conclude(consumer: Consumer, message: Message, answer: Answer, at: dt.datetime) -> None:
    if answer.is_success:
        consumer.failing_since = None
        _end(message, Message.Status.SUCCESS, at)
        return
    consumer.failing_since = consumer.failing_since or at
    message.failures += 1
    again_at = next_try(
        message_id=message.id, failures=message.failures, at=at, retry_after=answer.retry_after
    )
    if again_at is None:
        _end(message, Message.Status.FAILURE, at)
    else:
        message.status = Message.Status.ATTEMPTING
        message.next_attempt_at, message.lease, message.lease_until = again_at, None, None
        message.save()
    if answer.retry_after is not None:
        held_until = at + min(answer.retry_after, RETRY_AFTER_MAX)
        consumer.held_until = max(consumer.held_until or held_until, held_until)
    _disable_if_hopeless(consumer, answer, at)


def _disable_if_hopeless(consumer: Consumer, answer: Answer, at: dt.datetime) -> None:
    if consumer.is_disabled or consumer.failing_since is None:
        return
    if answer.status == GONE:
        disable(consumer, _("The receiver answered 410: it wants no more events."), at)
    elif at - consumer.failing_since >= FAILING_MAX:
        reason = _("Every try has failed for %(days)d days, the last with: %(error)s") % {
            "days": FAILING_MAX.days,
            "error": answer.error,
        }
        disable(consumer, reason, at)


def _end(message: Message, status: Message.Status, at: dt.datetime) -> None:
    message.status, message.ended_at = status, at
    message.next_attempt_at = message.lease = message.lease_until = None
    message.save()


def _locked(client_id: UUID, consumer_id: UUID) -> Consumer | None:
    found = Consumer.objects.select_for_update(no_key=True)
    return found.filter(client_id=client_id, id=consumer_id).first()


def _next_due(client_id: UUID, consumer_id: UUID) -> dt.datetime | None:
    """When the first of the consumer's messages can be sent."""
    ready_at = Greatest(F("next_attempt_at"), Coalesce("lease_until", F("next_attempt_at")))
    found: dt.datetime | None = live_messages(client_id, consumer_id).aggregate(
        first=Min(ready_at)
    )["first"]
    return found
