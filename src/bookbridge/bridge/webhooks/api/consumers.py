"""Webhook consumers in the public API. Making, listing and deleting are the closed product's own
operations; the others are ours."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.urls import path

from bookbridge.bridge.api.description import operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.replies import empty_reply, json_reply, moment
from bookbridge.bridge.webhooks import operations, queries
from bookbridge.bridge.webhooks.models import Consumer

HOURS_DEFAULT = operations.OVERLAP_DEFAULT // dt.timedelta(hours=1)
# Names of ours for what clients may change.
_CHANGES = {
    "url": "url",
    "eventTypes": "event_types",
    "companyTags": "company_tags",
    "disabled": "is_disabled",
    "headers": "headers",
    "messagesPerSecond": "messages_per_second",
}


class NewConsumer(msgspec.Struct):
    """What a consumer is made with. No event type means every type that is not deprecated; no tag
    means every company. `headers` and `messagesPerSecond` are ours."""

    url: str | None = None
    eventTypes: list[str] | None = None
    disabled: bool | None = None
    companyTags: list[str] | None = None
    headers: dict[str, str] | None = None
    messagesPerSecond: int | None = None


class ConsumerChanges(msgspec.Struct):
    """What a client changes; what is absent stays. `headers` replaces all of them."""

    url: str | msgspec.UnsetType = msgspec.UNSET
    eventTypes: list[str] | msgspec.UnsetType | None = msgspec.UNSET
    disabled: bool | msgspec.UnsetType = msgspec.UNSET
    companyTags: list[str] | msgspec.UnsetType | None = msgspec.UNSET
    headers: dict[str, str] | msgspec.UnsetType | None = msgspec.UNSET
    messagesPerSecond: int | msgspec.UnsetType | None = msgspec.UNSET


class ConsumerReply(msgspec.Struct):
    """A webhook consumer. The values of its headers are never told, only their names."""

    id: UUID
    url: str
    disabled: bool
    eventTypes: list[str]
    companyTags: list[str]
    disabledReason: str | None
    headerNames: list[str]
    messagesPerSecond: int | None
    createdDate: str | None
    failingSince: str | None


class ConsumersReply(msgspec.Struct):
    """The consumers of a client."""

    results: list[ConsumerReply]


class SecretReply(msgspec.Struct):
    """What a receiver verifies signatures with. Until `previousSecretUntil`, messages are signed
    with the secret before this one as well."""

    secret: str
    previousSecretUntil: str | None


class Rotation(msgspec.Struct):
    """For how many hours messages are signed with the old secret as well."""

    overlapHours: int = HOURS_DEFAULT


@operation("list-webhook-consumers", "Webhook consumers", reply=ConsumersReply)
def list_consumers(call: Call) -> HttpResponse:
    return json_reply(ConsumersReply([_body(one) for one in queries.consumers_of(call.client_id)]))


@operation(
    "create-webhook-consumer",
    "A new webhook consumer",
    body=NewConsumer,
    reply=ConsumerReply,
    status=201,
)
def create_consumer(call: Call) -> HttpResponse:
    sent = call.body(NewConsumer)
    made = operations.create_consumer(
        client_id=call.client_id,
        url=sent.url or "",
        event_types=sent.eventTypes or (),
        company_tags=sent.companyTags or (),
        is_disabled=bool(sent.disabled),
        headers=sent.headers,
        messages_per_second=sent.messagesPerSecond,
        actor=call.actor,
        at=call.at,
    )
    return json_reply(_body(made), status=201)


@operation("get-webhook-consumer", "One webhook consumer", reply=ConsumerReply)
def get_consumer(call: Call, webhook_id: UUID) -> HttpResponse:
    return json_reply(_body(queries.consumer(call.client_id, webhook_id)))


@operation(
    "update-webhook-consumer",
    "Change a webhook consumer",
    body=ConsumerChanges,
    reply=ConsumerReply,
)
def update_consumer(call: Call, webhook_id: UUID) -> HttpResponse:
    """Enabling a disabled consumer sends nothing of the time between; ask for a replay of it."""
    sent: dict[str, Any] = msgspec.structs.asdict(call.body(ConsumerChanges))
    changed = operations.update_consumer(
        client_id=call.client_id,
        consumer_id=webhook_id,
        changes={
            _CHANGES[name]: value for name, value in sent.items() if value is not msgspec.UNSET
        },
        actor=call.actor,
        at=call.at,
    )
    return json_reply(_body(changed))


@operation("delete-webhook-consumer", "Delete a webhook consumer", status=204)
def delete_consumer(call: Call, webhook_id: UUID) -> HttpResponse:
    operations.delete_consumer(
        client_id=call.client_id, consumer_id=webhook_id, actor=call.actor, at=call.at
    )
    return empty_reply(204)


@operation("get-webhook-secret", "The secret that messages are signed with", reply=SecretReply)
def get_secret(call: Call, webhook_id: UUID) -> HttpResponse:
    return _secret_reply(queries.consumer(call.client_id, webhook_id))


@operation(
    "rotate-webhook-secret",
    "A new secret for a webhook consumer",
    body=Rotation,
    reply=SecretReply,
)
def rotate_secret(call: Call, webhook_id: UUID) -> HttpResponse:
    """Messages carry the signatures of both secrets meanwhile, so no receiver misses any."""
    changed = operations.rotate_secret(
        client_id=call.client_id,
        consumer_id=webhook_id,
        overlap_hours=call.body(Rotation).overlapHours,
        actor=call.actor,
        at=call.at,
    )
    return _secret_reply(changed)


def _secret_reply(found: Consumer) -> HttpResponse:
    return json_reply(SecretReply(queries.secret_of(found), moment(found.old_secret_until)))


def _body(found: Consumer) -> ConsumerReply:
    return ConsumerReply(
        id=found.id,
        url=found.url,
        disabled=found.is_disabled,
        eventTypes=found.event_types,
        companyTags=found.company_tags,
        disabledReason=found.disabled_reason or None,
        headerNames=found.header_names,
        messagesPerSecond=found.messages_per_second,
        createdDate=moment(found.created_at),
        failingSince=moment(found.failing_since),
    )


_ONE = "webhooks/<uuid:webhook_id>"

urlpatterns = [
    path("webhooks", endpoint(GET=list_consumers, POST=create_consumer)),
    path(_ONE, endpoint(GET=get_consumer, PATCH=update_consumer, DELETE=delete_consumer)),
    path(f"{_ONE}/secret", endpoint(GET=get_secret)),
    path(f"{_ONE}/secret/rotate", endpoint(POST=rotate_secret)),
]
