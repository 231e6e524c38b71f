"""A client's own affairs in the public API: profile, API keys, allowed origins."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.description import operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import bad_request
from bookbridge.bridge.api.replies import empty_reply, json_reply, moment
from bookbridge.bridge.clients import operations, queries
from bookbridge.bridge.clients.models import ApiKey, Client
from bookbridge.bridge.clients.rules import clean_origin

URL_LENGTH_MAX = 500
URLS_MAX = 50


class NewApiKey(msgspec.Struct):
    """What an API key is made with."""

    name: str | None = None


class ApiKeyReply(msgspec.Struct):
    """An API key. `apiKey` is whole only in the answer that made it: later its beginning."""

    id: UUID
    name: str | None
    apiKey: str
    createdDate: str | None


class ApiKeysReply(msgspec.Struct):
    """The live keys of a client."""

    results: list[ApiKeyReply]


class Profile(msgspec.Struct):
    """A client's profile."""

    name: str
    redirectUrl: str
    logoUrl: str | None = None
    iconUrl: str | None = None
    whiteListUrls: list[str] | None = None
    confirmCompanyName: bool | None = None


class ZapierKey(msgspec.Struct):
    """The key that Zapier calls with."""

    key: str


class Origins(msgspec.Struct):
    """Origins whose browser code may call the API."""

    allowedOrigins: list[str]


@operation("list-api-keys", "The live API keys", reply=ApiKeysReply)
def list_api_keys(call: Call) -> HttpResponse:
    """The live keys. Their text is not kept, so only their beginning can be told."""
    keys = queries.api_keys_of(call.client_id)
    return json_reply(ApiKeysReply([_key_body(key, f"{key.prefix}…") for key in keys]))


@operation("create-api-key", "A new API key", body=NewApiKey, reply=ApiKeyReply, status=201)
def create_api_key(call: Call) -> HttpResponse:
    sent = call.body(NewApiKey)
    key, raw = operations.create_api_key(
        client_id=call.client_id, name=sent.name or "", actor=call.actor, at=call.at
    )
    return json_reply(_key_body(key, raw), status=201)


@operation("delete-api-key", "Revoke an API key", status=204)
def delete_api_key(call: Call, key_id: UUID) -> HttpResponse:
    operations.revoke_api_key(client_id=call.client_id, key_id=key_id, actor=call.actor, at=call.at)
    return empty_reply(204)


def _key_body(key: ApiKey, text: str) -> ApiKeyReply:
    return ApiKeyReply(key.id, key.name, text, moment(key.created_at))


@operation("get-profile", "The client's profile", reply=Profile)
def get_profile(call: Call) -> HttpResponse:
    return json_reply(_profile_body(Client.objects.get(id=call.client_id)))


@operation("update-profile", "Replace the client's profile", body=Profile, reply=Profile)
def update_profile(call: Call) -> HttpResponse:
    sent = call.body(Profile)
    for url in (sent.redirectUrl, sent.logoUrl, sent.iconUrl, *(sent.whiteListUrls or ())):
        _check_url(url)
    changed = operations.update_profile(
        client_id=call.client_id,
        changes={
            "name": sent.name,
            "redirect_url": sent.redirectUrl,
            "logo_url": sent.logoUrl or "",
            "icon_url": sent.iconUrl or "",
            "allowed_redirect_urls": sent.whiteListUrls or [],
            "confirm_company_name": bool(sent.confirmCompanyName),
        },
        actor=call.actor,
    )
    return json_reply(_profile_body(changed))


def _check_url(url: str | None) -> None:
    if url and (len(url) > URL_LENGTH_MAX or not url.startswith(("https://", "http://"))):
        raise bad_request(
            _("'%(url)s' is not a web address of at most %(most)d characters.")
            % {"url": url[:100], "most": URL_LENGTH_MAX}
        )


def _profile_body(client: Client) -> Profile:
    return Profile(
        name=client.name,
        logoUrl=client.logo_url,
        iconUrl=client.icon_url,
        redirectUrl=client.redirect_url,
        whiteListUrls=client.allowed_redirect_urls,
        confirmCompanyName=client.confirm_company_name,
    )


@operation("get-cors-settings", "Origins whose pages may call the API", reply=Origins)
def get_origins(call: Call) -> HttpResponse:
    client = Client.objects.get(id=call.client_id)
    return json_reply(Origins(client.allowed_origins))


@operation(
    "get-connection-management-cors-settings",
    "Origins whose pages may call the API, at the older address",
    reply=Origins,
    is_deprecated=True,
)
def get_origins_at_old_path(call: Call) -> HttpResponse:
    return get_origins(call)


@operation(
    "set-cors-settings",
    "Choose the origins whose pages may call the API",
    body=Origins,
    reply=Origins,
)
def set_origins(call: Call) -> HttpResponse:
    origins = call.body(Origins).allowedOrigins
    if len(origins) > URLS_MAX:
        raise bad_request(_("At most %(most)d origins are allowed.") % {"most": URLS_MAX})
    changed = operations.update_profile(
        client_id=call.client_id,
        changes={"allowed_origins": [clean_origin(one) for one in origins]},
        actor=call.actor,
    )
    return json_reply(Origins(changed.allowed_origins))


@operation(
    "set-connection-management-cors-settings",
    "Choose the origins whose pages may call the API, at the older address",
    body=Origins,
    reply=Origins,
    is_deprecated=True,
)
def set_origins_at_old_path(call: Call) -> HttpResponse:
    return set_origins(call)


@operation("rotate-zapier-key", "A new key for Zapier", reply=ZapierKey, status=201)
def rotate_zapier_key(call: Call) -> HttpResponse:
    """It opens the API as an API key does; the one before it no longer does."""
    raw = operations.rotate_zapier_key(client_id=call.client_id, actor=call.actor)
    return json_reply(ZapierKey(raw), status=201)


urlpatterns = [
    path("apiKeys", endpoint(GET=list_api_keys, POST=create_api_key)),
    path("apiKeys/<uuid:key_id>", endpoint(DELETE=delete_api_key)),
    path("profile", endpoint(GET=get_profile, PUT=update_profile)),
    path("corsSettings", endpoint(GET=get_origins, POST=set_origins)),
    path(
        "connectionManagement/corsSettings",
        endpoint(GET=get_origins_at_old_path, POST=set_origins_at_old_path),
    ),
    path("webhooks/integrationKeys/zapier", endpoint(POST=rotate_zapier_key)),
]
