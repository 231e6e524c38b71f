"""Consumers are added, changed, given new secrets and removed here."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from bookbridge.bridge.clients import keyring
from bookbridge.bridge.clients.models import Client
from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.clients.sealing import key_id_of
from bookbridge.bridge.webhooks.entering import (
    ConsumerInvalidError,
    clean_event_types,
    clean_headers,
    clean_rate,
    clean_tags,
    clean_url,
)
from bookbridge.bridge.webhooks.models import Consumer, Message
from bookbridge.bridge.webhooks.operations.publishing import publish_events
from bookbridge.bridge.webhooks.queries import (
    HEADERS,
    SECRET,
    consumer_for_update,
    consumers_of,
    headers_of,
    live_messages,
    old_secret_of,
    secret_of,
)
from bookbridge.bridge.webhooks.signing import new_secret, sealed
from bookbridge.kit.public_hosts import HTTPS_PORT, PrivateHostError, public_address

CONSUMERS_MAX = 50
OVERLAP_DEFAULT = dt.timedelta(hours=24)
OVERLAP_MAX = dt.timedelta(days=7)
REASON_LENGTH_MAX = 500


class TooManyConsumersError(Exception):
    """The client has as many consumers as it may have."""

    code = "webhook_consumers_too_many"


@transaction.atomic
def create_consumer(
    *,
    client_id: UUID,
    url: str,
    event_types: Iterable[str] = (),
    company_tags: Iterable[str] = (),
    is_disabled: bool = False,
    headers: Mapping[str, str] | None = None,
    messages_per_second: int | None = None,
    actor: Actor,
    at: dt.datetime,
) -> Consumer:
    """Add a consumer with a secret of its own.

    Raises ConsumerInvalidError naming the field, or TooManyConsumersError.
    """
    # Two at once take turns here, so that neither makes one too many.
    Client.objects.select_for_update(no_key=True).get(id=client_id)
    if consumers_of(client_id).count() >= CONSUMERS_MAX:
        raise TooManyConsumersError(
            _("A client has at most %(count)d webhook consumers. Delete one that is not used.")
            % {"count": CONSUMERS_MAX}
        )
    # What happened before is not for this consumer, unless it asks for a replay.
    publish_events(client_id=client_id, at=at)
    consumer_id = uuid4()
    made = Consumer(
        id=consumer_id,
        client_id=client_id,
        url=_checked_url(url),
        event_types=clean_event_types(event_types),
        company_tags=clean_tags(company_tags),
        messages_per_second=clean_rate(messages_per_second),
        created_at=at,
        created_by=actor.name,
        secret_ciphertext=sealed(new_secret(), consumer_id, SECRET),
    )
    _set_headers(made, headers or {})
    if is_disabled:
        made.disabled_at, made.disabled_reason = at, _by(actor)
    made.save(force_insert=True)
    return made


@transaction.atomic
def update_consumer(
    *,
    client_id: UUID,
    consumer_id: UUID,
    changes: Mapping[str, Any],
    actor: Actor,
    at: dt.datetime,
) -> Consumer:
    """Change those of url, event_types, company_tags, is_disabled, headers and
    messages_per_second that are given. Raises ConsumerInvalidError naming the field."""
    if changes.get("is_disabled") is False:
        # What happened meanwhile is not sent, unless it asks for a replay.
        publish_events(client_id=client_id, at=at)
    found = consumer_for_update(client_id, consumer_id)
    if "url" in changes:
        found.url = _checked_url(changes["url"])
    if "event_types" in changes:
        found.event_types = clean_event_types(changes["event_types"] or ())
    if "company_tags" in changes:
        found.company_tags = clean_tags(changes["company_tags"] or ())
    if "headers" in changes:
        _set_headers(found, changes["headers"] or {})
    if "messages_per_second" in changes:
        found.messages_per_second = clean_rate(changes["messages_per_second"])
    if "is_disabled" in changes and changes["is_disabled"] != found.is_disabled:
        if changes["is_disabled"]:
            disable(found, _by(actor), at)
        else:
            _enable(found)
    found.save()
    return found


@transaction.atomic
def delete_consumer(*, client_id: UUID, consumer_id: UUID, actor: Actor, at: dt.datetime) -> None:
    """Remove a consumer with all that was sent to it; what is under way may still arrive."""
    found = consumer_for_update(client_id, consumer_id)
    # The database's own cascades do it: they need no rows in memory.
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM webhooks_consumer WHERE client_id = %s AND id = %s", [client_id, found.id]
        )


@transaction.atomic
def rotate_secret(
    *,
    client_id: UUID,
    consumer_id: UUID,
    overlap_hours: int = OVERLAP_DEFAULT // dt.timedelta(hours=1),
    actor: Actor,
    at: dt.datetime,
) -> Consumer:
    """A new secret; for so long messages are signed with the one before as well."""
    if not 0 <= overlap_hours <= OVERLAP_MAX // dt.timedelta(hours=1):
        raise ConsumerInvalidError(
            _("The old secret can go on for at most %(days)d days.") % {"days": OVERLAP_MAX.days},
            field="overlapHours",
        )
    overlap = dt.timedelta(hours=overlap_hours)
    found = consumer_for_update(client_id, consumer_id)
    found.old_secret_ciphertext = found.secret_ciphertext if overlap else None
    found.old_secret_until = at + overlap if overlap else None
    found.secret_ciphertext = sealed(new_secret(), found.id, SECRET)
    found.save(update_fields=["secret_ciphertext", "old_secret_ciphertext", "old_secret_until"])
    return found


def disable(found: Consumer, reason: str, at: dt.datetime) -> None:
    """Send nothing more to a locked consumer; the caller saves it. What waited has failed, and
    can be asked for again."""
    found.disabled_at = at
    found.disabled_reason = reason[:REASON_LENGTH_MAX]
    live_messages(found.client_id, found.id).update(
        status=Message.Status.FAILURE, ended_at=at, next_attempt_at=None, lease=None
    )


def reseal_secrets(found: Consumer) -> bool:
    """Seal a consumer's secrets with the ring's active key, for its rotation; False if they are."""
    active = keyring.key_ring().active.id
    old, headers = old_secret_of(found), headers_of(found)
    values = [found.secret_ciphertext, found.old_secret_ciphertext, found.headers_ciphertext]
    if all(value is None or key_id_of(bytes(value)) == active for value in values):
        return False
    found.secret_ciphertext = sealed(secret_of(found), found.id, SECRET)
    found.old_secret_ciphertext = None if old is None else sealed(old, found.id, SECRET)
    _set_headers(found, headers)
    found.save(update_fields=["secret_ciphertext", "old_secret_ciphertext", "headers_ciphertext"])
    return True


def _enable(found: Consumer) -> None:
    found.disabled_at, found.disabled_reason = None, ""
    # A new chance: five days are counted anew.
    found.failing_since = found.held_until = None


def _set_headers(found: Consumer, headers: Mapping[str, str]) -> None:
    cleaned = clean_headers(headers)
    text = json.dumps(cleaned)
    found.headers_ciphertext = sealed(text, found.id, HEADERS) if cleaned else None
    found.header_names = list(cleaned)


def _checked_url(value: str) -> str:
    allow_private = settings.ALLOW_PRIVATE_HOSTS
    url = clean_url(value, allow_private=allow_private)
    if not allow_private:
        parts = urlsplit(url)
        try:
            public_address(parts.hostname or "", parts.port or HTTPS_PORT)
        except PrivateHostError as error:
            raise ConsumerInvalidError(str(error), field="url") from error
    return url


def _by(actor: Actor) -> str:
    return _("Disabled by %(name)s.") % {"name": actor.name}
