"""Clients, their people and their API keys come and go here."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from bookbridge.bridge.clients.models import ApiKey, Client, ClientUser, User
from bookbridge.bridge.clients.queries import api_keys_of, hash_of_key
from bookbridge.bridge.clients.rules import API_KEY_NAME_LENGTH_MAX, API_KEYS_MAX, Actor

RAW_KEY_BYTES = 30
RAW_KEY_PREFIX_LENGTH = 6
ZAPIER_KEY_PREFIX = "sk_integ_"
PROFILE_FIELDS = frozenset(
    {
        "name",
        "redirect_url",
        "logo_url",
        "icon_url",
        "allowed_redirect_urls",
        "allowed_origins",
        "confirm_company_name",
    }
)


class ClientError(Exception):
    """A refusal about a client, its people or its keys."""

    code = "client_invalid"


class NameMissingError(ClientError):
    code = "name_missing"


class EmailInvalidError(ClientError):
    code = "email_invalid"


class EmailTakenError(ClientError):
    code = "email_taken"


class ApiKeyNameError(ClientError):
    code = "api_key_name_invalid"


class TooManyApiKeysError(ClientError):
    code = "api_keys_too_many"


class LastApiKeyError(ClientError):
    code = "api_key_last"


class ApiKeyNotFoundError(ClientError):
    code = "api_key_not_found"


def create_client(*, name: str, at: dt.datetime) -> Client:
    """Make a client; it has no people and no keys yet."""
    if not name.strip():
        raise NameMissingError(_("Give the client a name."))
    return Client.objects.create(name=name.strip(), created_at=at)


@transaction.atomic
def create_user(
    *, client: Client, email: str, name: str = "", password: str | None, role: str, at: dt.datetime
) -> User:
    """Make a person of a client; raises EmailTakenError if the address has an account."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise EmailInvalidError(_("That is not an e-mail address.")) from error
    if User.objects.filter(email__iexact=email).exists():
        raise EmailTakenError(_("This e-mail address already has an account."))
    user = User.objects.create_user(email, password, name=name.strip(), created_at=at)
    ClientUser.objects.create(client=client, user=user, role=ClientUser.Role(role))
    return user


@transaction.atomic
def create_api_key(
    *, client_id: UUID, name: str, actor: Actor, at: dt.datetime
) -> tuple[ApiKey, str]:
    """Make an API key; returns it with its raw text, which is kept nowhere."""
    if len(name) > API_KEY_NAME_LENGTH_MAX:
        raise ApiKeyNameError(
            _("The name of an API key has at most %(most)d characters.")
            % {"most": API_KEY_NAME_LENGTH_MAX}
        )
    Client.objects.select_for_update().get(id=client_id)
    if api_keys_of(client_id).count() >= API_KEYS_MAX:
        raise TooManyApiKeysError(
            _("A client has at most %(most)d API keys. Revoke one first.") % {"most": API_KEYS_MAX}
        )
    raw = secrets.token_urlsafe(RAW_KEY_BYTES)
    key = ApiKey.objects.create(
        client_id=client_id,
        name=name.strip() or _("API key"),
        prefix=raw[:RAW_KEY_PREFIX_LENGTH],
        key_hash=hash_of_key(raw),
        created_at=at,
        created_by=actor.name,
    )
    return key, raw


@transaction.atomic
def revoke_api_key(*, client_id: UUID, key_id: UUID, actor: Actor, at: dt.datetime) -> None:
    """End an API key at once; raises LastApiKeyError for the only one."""
    Client.objects.select_for_update().get(id=client_id)
    keys = {key.id: key for key in api_keys_of(client_id)}
    if key_id not in keys:
        raise ApiKeyNotFoundError(_("There is no such API key."))
    if len(keys) == 1:
        raise LastApiKeyError(_("The last API key cannot be revoked. Create another first."))
    ApiKey.objects.filter(id=key_id).update(revoked_at=at)


@transaction.atomic
def rotate_zapier_key(*, client_id: UUID, actor: Actor) -> str:
    """Make the client's key for Zapier anew, and end the one before; its text is kept nowhere."""
    raw = ZAPIER_KEY_PREFIX + secrets.token_urlsafe(RAW_KEY_BYTES)
    client = Client.objects.select_for_update().get(id=client_id)
    client.zapier_key_hash = hash_of_key(raw)
    client.save(update_fields=["zapier_key_hash"])
    return raw


@transaction.atomic
def update_profile(*, client_id: UUID, changes: Mapping[str, object], actor: Actor) -> Client:
    """Change a client's name, addresses of its pages, or allowed origins."""
    client = Client.objects.select_for_update().get(id=client_id)
    for field, value in changes.items():
        if field not in PROFILE_FIELDS:
            raise ClientError(_("A client has no field %(field)s.") % {"field": field})
        setattr(client, field, value)
    if not client.name.strip():
        raise NameMissingError(_("Give the client a name."))
    client.save()
    return client
