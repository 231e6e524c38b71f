"""Reads of consumers, their messages and the tries made to deliver them."""

from __future__ import annotations

import json
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bookbridge.bridge.webhooks.models import Attempt, Consumer, Message
from bookbridge.bridge.webhooks.signing import unsealed

SECRET, HEADERS = "secret", "headers"
# What is still to be delivered.
LIVE = (Message.Status.SENDING.value, Message.Status.ATTEMPTING.value)


class ConsumerNotFoundError(Exception):
    """This client has no consumer with this id."""

    code = "webhook_consumer_not_found"


class MessageNotFoundError(Exception):
    """This consumer has no message with this id."""

    code = "webhook_message_not_found"


def consumers_of(client_id: UUID) -> QuerySet[Consumer]:
    """A client's consumers, oldest first."""
    return Consumer.objects.filter(client_id=client_id).order_by("created_at", "id")


def consumer(client_id: UUID, consumer_id: UUID) -> Consumer:
    """One consumer; raises ConsumerNotFoundError."""
    found = Consumer.objects.filter(client_id=client_id, id=consumer_id).first()
    if found is None:
        raise _no_consumer()
    return found


def consumer_for_update(client_id: UUID, consumer_id: UUID) -> Consumer:
    """One consumer, which nobody else changes in this transaction's time."""
    found = (
        Consumer.objects.select_for_update(no_key=True)
        .filter(client_id=client_id, id=consumer_id)
        .first()
    )
    if found is None:
        raise _no_consumer()
    return found


def messages_of(client_id: UUID, consumer_id: UUID) -> QuerySet[Message]:
    """What was and will be sent to a consumer, newest event first."""
    found = Message.objects.filter(client_id=client_id, consumer_id=consumer_id)
    return found.select_related("event").order_by("-event_id")


def message(client_id: UUID, consumer_id: UUID, message_id: UUID) -> Message:
    """One message of a consumer; raises MessageNotFoundError."""
    found = (
        Message.objects.select_related("event")
        .filter(client_id=client_id, consumer_id=consumer_id, id=message_id)
        .first()
    )
    if found is None:
        raise MessageNotFoundError(_("There is no such message."))
    return found


def attempts_of(found: Message) -> QuerySet[Attempt]:
    """The tries to deliver a message, newest first."""
    return Attempt.objects.filter(client_id=found.client_id, message=found).order_by("-number")


def live_messages(client_id: UUID, consumer_id: UUID) -> QuerySet[Message]:
    """What is still to be delivered to a consumer."""
    return Message.objects.filter(client_id=client_id, consumer_id=consumer_id, status__in=LIVE)


def secret_of(found: Consumer) -> str:
    """The secret that a receiver verifies with."""
    return unsealed(found.secret_ciphertext, found.id, SECRET)


def old_secret_of(found: Consumer) -> str | None:
    """The secret before the last rotation."""
    sealed = found.old_secret_ciphertext
    return None if sealed is None else unsealed(sealed, found.id, SECRET)


def headers_of(found: Consumer) -> dict[str, str]:
    """The headers that the client has added."""
    sealed = found.headers_ciphertext
    return {} if sealed is None else dict(json.loads(unsealed(sealed, found.id, HEADERS)))


def _no_consumer() -> ConsumerNotFoundError:
    return ConsumerNotFoundError(_("There is no such webhook consumer."))
