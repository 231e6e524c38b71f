"""What was sent to a consumer and what came of it, and sending it again. All of it is ours."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.description import PAGES, Paged, Parameter, operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import bad_request
from bookbridge.bridge.api.paging import page_of, page_reply
from bookbridge.bridge.api.replies import json_reply, moment
from bookbridge.bridge.webhooks import operations, queries
from bookbridge.bridge.webhooks.models import Attempt, Message

ATTEMPTS_LISTED_MAX = 200
MessageStatus = Literal["Sending", "Attempting", "Success", "Failure"]
STATUS = Parameter("status", MessageStatus, "Only messages in this state.")


class MessageReply(msgspec.Struct):
    """One event on its way to one consumer; `id` is the message's, `eventId` its webhook-id."""

    id: UUID
    eventId: UUID
    eventType: str
    companyId: UUID | None
    sequence: int | None
    status: MessageStatus
    attempts: int
    eventDate: str | None
    createdDate: str | None
    nextAttemptDate: str | None
    endedDate: str | None


class MessageWithBody(MessageReply):
    """A message with what is sent: exactly this text is signed."""

    body: str


class AttemptReply(msgspec.Struct):
    """One try to deliver a message. `Unknown`: under way."""

    number: int
    outcome: Literal["Unknown", "Success", "Failure", "Interrupted"]
    url: str
    startedDate: str | None
    durationInMilliseconds: int | None
    statusCode: int | None
    response: str
    error: str


class AttemptsReply(msgspec.Struct):
    """The tries to deliver a message, newest first."""

    results: list[AttemptReply]


class TestEvent(msgspec.Struct):
    """Which invented event to send."""

    eventType: str = "read.completed"


class Since(msgspec.Struct):
    """From when on; a time without a zone is UTC."""

    since: dt.datetime


class ReplayReply(msgspec.Struct):
    """How many messages were queued. When `isAll` is false, ask again for the rest."""

    queued: int
    isAll: bool


@operation(
    "list-webhook-messages",
    "Messages of a webhook consumer",
    reply=Paged[MessageReply],
    query=(*PAGES, STATUS),
)
def list_messages(call: Call, webhook_id: UUID) -> HttpResponse:
    """Newest first."""
    queries.consumer(call.client_id, webhook_id)
    page = page_of(call.request)
    found = queries.messages_of(call.client_id, webhook_id)
    if status := call.parameter("status"):
        if status not in Message.Status.values:
            raise bad_request(_("There is no message status %(name)s.") % {"name": status[:50]})
        found = found.filter(status=status)
    rows = found[page.offset : page.offset + page.size]
    return page_reply(page, [MessageReply(**_fields(one)) for one in rows], found.count())


@operation("get-webhook-message", "One message of a webhook consumer", reply=MessageWithBody)
def get_message(call: Call, webhook_id: UUID, message_id: UUID) -> HttpResponse:
    found = queries.message(call.client_id, webhook_id, message_id)
    return json_reply(MessageWithBody(**_fields(found), body=found.event.body))


@operation("list-webhook-attempts", "Tries to deliver a message", reply=AttemptsReply)
def list_attempts(call: Call, webhook_id: UUID, message_id: UUID) -> HttpResponse:
    found = queries.message(call.client_id, webhook_id, message_id)
    attempts = queries.attempts_of(found)[:ATTEMPTS_LISTED_MAX]
    return json_reply(AttemptsReply([_attempt(one) for one in attempts]))


@operation(
    "test-webhook-consumer",
    "Send an invented event",
    body=TestEvent,
    reply=MessageReply,
    status=202,
    refusals=(409,),
)
def send_test(call: Call, webhook_id: UUID) -> HttpResponse:
    """Only this consumer gets it, whatever it is subscribed to."""
    made = operations.send_test(
        client_id=call.client_id,
        consumer_id=webhook_id,
        event_type=call.body(TestEvent).eventType,
        actor=call.actor,
        at=call.at,
    )
    return json_reply(MessageReply(**_fields(made)), status=202)


@operation(
    "replay-webhook-message",
    "Send a message again",
    reply=MessageReply,
    status=202,
    refusals=(409,),
)
def replay_message(call: Call, webhook_id: UUID, message_id: UUID) -> HttpResponse:
    """Its webhook-id stays, so a receiver that has had it knows."""
    found = operations.replay_message(
        client_id=call.client_id,
        consumer_id=webhook_id,
        message_id=message_id,
        actor=call.actor,
        at=call.at,
    )
    return json_reply(MessageReply(**_fields(found)), status=202)


@operation(
    "replay-failed-webhook-messages",
    "Send again what failed",
    body=Since,
    reply=ReplayReply,
    status=202,
    refusals=(409,),
)
def replay_failed(call: Call, webhook_id: UUID) -> HttpResponse:
    """Messages that ended as Failure, of events since then."""
    replayed = operations.replay_failed(
        client_id=call.client_id,
        consumer_id=webhook_id,
        since=_since(call),
        actor=call.actor,
        at=call.at,
    )
    return json_reply(ReplayReply(replayed.count, replayed.is_all), status=202)


@operation(
    "replay-missed-webhook-events",
    "Send what was never sent",
    body=Since,
    reply=ReplayReply,
    status=202,
    refusals=(409,),
)
def replay_missed(call: Call, webhook_id: UUID) -> HttpResponse:
    """Events since then that this consumer wants and that happened before it was made, or while
    it was disabled."""
    replayed = operations.replay_missed(
        client_id=call.client_id,
        consumer_id=webhook_id,
        since=_since(call),
        actor=call.actor,
        at=call.at,
    )
    return json_reply(ReplayReply(replayed.count, replayed.is_all), status=202)


def _since(call: Call) -> dt.datetime:
    since = call.body(Since).since
    return since if since.tzinfo is not None else since.replace(tzinfo=dt.UTC)


def _fields(found: Message) -> dict[str, Any]:
    return {
        "id": found.id,
        "eventId": found.event.event_id,
        "eventType": found.event.event_type,
        "companyId": found.event.company_id,
        "sequence": found.event.sequence,
        "status": found.status,
        "attempts": found.attempts,
        "eventDate": moment(found.event.occurred_at),
        "createdDate": moment(found.created_at),
        "nextAttemptDate": moment(found.next_attempt_at),
        "endedDate": moment(found.ended_at),
    }


def _attempt(one: Attempt) -> AttemptReply:
    return AttemptReply(
        number=one.number,
        outcome=one.outcome,  # type: ignore[arg-type]
        url=one.url,
        startedDate=moment(one.started_at),
        durationInMilliseconds=one.duration_ms,
        statusCode=one.status_code,
        response=one.response,
        error=one.error,
    )


_ONE = "webhooks/<uuid:webhook_id>"
_MESSAGE = f"{_ONE}/messages/<uuid:message_id>"

urlpatterns = [
    path(f"{_ONE}/messages", endpoint(GET=list_messages)),
    path(_MESSAGE, endpoint(GET=get_message)),
    path(f"{_MESSAGE}/attempts", endpoint(GET=list_attempts)),
    path(f"{_MESSAGE}/replay", endpoint(POST=replay_message)),
    path(f"{_ONE}/test", endpoint(POST=send_test)),
    path(f"{_ONE}/replayFailed", endpoint(POST=replay_failed)),
    path(f"{_ONE}/replayMissed", endpoint(POST=replay_missed)),
]
