"""Secrets of consumers and the signatures made with them: Standard Webhooks."""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from collections.abc import Iterable
from uuid import UUID

from standardwebhooks.webhooks import Webhook

from bookbridge.bridge.clients import keyring

SECRET_PREFIX = "whsec_"  # noqa: S105 - how every secret begins, not one of them
SECRET_BYTES = 32


def new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(
    *, secrets_in_use: Iterable[str], event_id: UUID, at: dt.datetime, body: str
) -> dict[str, str]:
    """The headers that prove who sent the body and when; one signature for each secret."""
    at = at.astimezone(dt.UTC)
    made = [Webhook(secret).sign(str(event_id), at, body) for secret in secrets_in_use]
    return {
        "webhook-id": str(event_id),
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(made),
    }


def sealed(plain: str, consumer_id: UUID, what: str) -> bytes:
    return keyring.seal(plain.encode(), _identity(consumer_id, what))


def unsealed(ciphertext: bytes | memoryview, consumer_id: UUID, what: str) -> str:
    return keyring.unseal(bytes(ciphertext), _identity(consumer_id, what)).decode()


def _identity(consumer_id: UUID, what: str) -> str:
    return f"webhook-{what}|{consumer_id}"
