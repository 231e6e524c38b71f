"""Who a request is: by its API key, or by the person signed in."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db.models import QuerySet

from bookbridge.bridge.clients.models import ApiKey, Client, ClientUser, User

API_KEY_LENGTH_MAX = 200


def hash_of_key(raw: str) -> bytes:
    """Keys are long and random, so one round of SHA-256 keeps them as safe as a slow hash."""
    return hashlib.sha256(raw.encode()).digest()


def client_of_api_key(raw: str) -> ApiKey | None:
    """The live key with this text, its client loaded; None if there is none."""
    if not raw or len(raw) > API_KEY_LENGTH_MAX:
        return None
    return (
        ApiKey.objects.select_related("client")
        .filter(key_hash=hash_of_key(raw), revoked_at=None)
        .first()
    )


def api_keys_of(client_id: UUID) -> QuerySet[ApiKey]:
    """The live keys of a client, oldest first."""
    return ApiKey.objects.filter(client_id=client_id, revoked_at=None).order_by("created_at", "id")


def places_of(user: User) -> QuerySet[ClientUser]:
    """The clients that a person belongs to, with their role in each."""
    return ClientUser.objects.select_related("client").filter(user=user).order_by("client__name")


def place_of(user: User, client_id: UUID) -> ClientUser | None:
    return places_of(user).filter(client_id=client_id).first()


def users_of(client_id: UUID) -> QuerySet[ClientUser]:
    """The people of a client."""
    return (
        ClientUser.objects.select_related("user")
        .filter(client_id=client_id)
        .order_by("user__email")
    )


def all_client_ids() -> list[UUID]:
    """For work done for every client in turn, each in its own scope."""
    return list(Client.objects.order_by("created_at").values_list("id", flat=True))
