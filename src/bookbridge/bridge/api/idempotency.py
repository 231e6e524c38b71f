"""A POST or PATCH that is sent again with the same Idempotency-Key is answered the same, once done.

The key is locked by the transaction that does the work, and the reply is stored in it: a request
that was cut off leaves neither, and may simply be sent again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from bookbridge.bridge.api.errors import ApiError, bad_request
from bookbridge.bridge.api.models import KeptReply
from bookbridge.bridge.clients import keyring
from bookbridge.bridge.clients.sealing import UnsealError, key_id_of

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
METHODS = frozenset({"POST", "PATCH"})
KEY_LENGTH_MAX = 255
KEPT_FOR = dt.timedelta(minutes=90)
# A longer reply is not kept: the request is then done again.
REPLY_BYTES_MAX = 1024 * 1024


@dataclass(frozen=True)
class IdempotentRequest:
    """One request with a key: what it is known by, and what it asks."""

    client_id: UUID
    key_hash: bytes
    request_hash: bytes
    at: dt.datetime

    @property
    def _identity(self) -> str:
        return _identity_of(self.client_id, self.key_hash)

    def earlier_reply(self) -> HttpResponse | None:
        """The kept reply; None when this is the first. Raises a 409 while that one is running.

        Runs inside the client's scope. Raises a 422 when the key belongs to another request.
        """
        if not self._locked():
            raise ApiError(
                HTTPStatus.CONFLICT, _("The first request with this idempotency key is running.")
            )
        kept = KeptReply.objects.filter(
            client_id=self.client_id, key_hash=self.key_hash, kept_at__gt=self.at - KEPT_FOR
        ).first()
        if kept is None:
            return None
        if bytes(kept.request_hash) != self.request_hash:
            raise ApiError(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                _("This idempotency key was used for another request."),
            )
        return self._opened(kept)

    def keep(self, response: HttpResponse) -> None:
        """Keep a reply for the next time. Runs inside the client's scope."""
        if not is_kept(response):
            return
        KeptReply.objects.update_or_create(
            client_id=self.client_id,
            key_hash=self.key_hash,
            defaults={
                "request_hash": self.request_hash,
                "status": response.status_code,
                "content_type": response.headers.get("Content-Type", ""),
                "body_ciphertext": keyring.seal(response.content, self._identity),
                "kept_at": self.at,
            },
        )

    @property
    def lock_number(self) -> int:
        """What Postgres knows the running request by."""
        digest = hashlib.sha256(self._identity.encode()).digest()
        return int.from_bytes(digest[:8], signed=True)

    def _locked(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [self.lock_number])
            return bool(cursor.fetchone()[0])

    def _opened(self, kept: KeptReply) -> HttpResponse | None:
        try:
            content = keyring.unseal(bytes(kept.body_ciphertext), self._identity)
        except UnsealError:
            # The key ring was changed since: the reply is gone, as after its 90 minutes.
            return None
        response = HttpResponse(content, status=kept.status, content_type=kept.content_type)
        if not kept.content_type:
            del response.headers["Content-Type"]
        response.headers[REPLAYED] = "true"
        return response


def idempotent_request(
    request: HttpRequest, client_id: UUID, at: dt.datetime
) -> IdempotentRequest | None:
    """The request by its key; None without one. Raises a 400 for a key that cannot be one."""
    key = request.headers.get(HEADER)
    if key is None or request.method not in METHODS:
        return None
    if not 0 < len(key.strip()) <= KEY_LENGTH_MAX:
        raise bad_request(
            _("Idempotency-Key has from 1 to %(most)d characters.") % {"most": KEY_LENGTH_MAX}
        )
    asked = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    return IdempotentRequest(
        client_id=client_id,
        key_hash=hashed_key(key),
        request_hash=hashlib.sha256(asked).digest(),
        at=at,
    )


def hashed_key(key: str) -> bytes:
    return hashlib.sha256(key.strip().encode()).digest()


def is_kept(response: HttpResponse) -> bool:
    """Not kept is what another try may answer otherwise."""
    passing = (HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS)
    return (
        response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
        and response.status_code not in passing
        and not response.streaming
        and len(response.content) <= REPLY_BYTES_MAX
    )


def reseal_replies(client_id: UUID) -> int:
    """Seal a client's kept replies with the ring's active key, for its rotation; how many."""
    active, count = keyring.key_ring().active.id, 0
    for kept in KeptReply.objects.select_for_update().filter(client_id=client_id):
        sealed, key_hash = bytes(kept.body_ciphertext), bytes(kept.key_hash)
        identity = _identity_of(client_id, key_hash)
        if key_id_of(sealed) != active:
            kept.body_ciphertext = keyring.seal(keyring.unseal(sealed, identity), identity)
            kept.save(update_fields=["body_ciphertext"])
            count += 1
    return count


def _identity_of(client_id: UUID, key_hash: bytes) -> str:
    return f"kept-reply|{client_id}|{key_hash.hex()}"


def forget_expired(client_id: UUID, at: dt.datetime) -> int:
    """Drop the replies whose time is over; how many. Runs inside the client's scope."""
    expired = KeptReply.objects.filter(client_id=client_id, kept_at__lte=at - KEPT_FOR)
    return expired.delete()[0]
