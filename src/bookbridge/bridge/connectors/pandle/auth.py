"""OAuth 2 with Pandle: authorisation code and refresh, as its own page documents them (D).

The token endpoint answers errors as `{"error", "error_description"}` (N).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn
from urllib.parse import urlencode

import httpx
import msgspec

from bookbridge.bridge.connectors.contract import AppKeys, Tokens
from bookbridge.bridge.connectors.errors import (
    PermanentError,
    ReauthoriseError,
    RetryLaterError,
    SourceShapeError,
)
from bookbridge.bridge.connectors.pandle.client import (
    TIMEOUT,
    Reply,
    raise_if_unavailable,
    read_limited,
)

AUTHORISE_PATH = "/oauth/authorize"
TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path, not a secret
# The source's known client assumes two hours where the reply does not say (N).
EXPIRES_IN_SECONDS_DEFAULT = 7200
TOKEN_BODY_BYTES_MAX = 64 * 1024
PROBE_CODE = "bookbridge-key-check"


class TokenReply(msgspec.Struct):
    access_token: str
    refresh_token: str | None = None
    expires_in: int | None = None


class TokenProblem(msgspec.Struct):
    error: str
    error_description: str | None = None


def authorise_url(keys: AppKeys, redirect_uri: str, state: str) -> str:
    query = urlencode(
        {
            "client_id": keys.client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "state": state,
        }
    )
    return f"{keys.host.rstrip('/')}{AUTHORISE_PATH}?{query}"


def exchange_code(http: httpx.Client, keys: AppKeys, redirect_uri: str, code: str) -> Tokens:
    """Tokens for an authorisation code; ReauthoriseError when the code is spent or expired."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    return _tokens(_post(http, keys, form))


def refresh_tokens(http: httpx.Client, keys: AppKeys, refresh_token: str) -> Tokens:
    """New tokens; ReauthoriseError when the grant was withdrawn or has lapsed."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return _tokens(_post(http, keys, form))


def check_keys(http: httpx.Client, keys: AppKeys, redirect_uri: str) -> str:
    """Asks the token endpoint to exchange a made-up code: keys that it knows give
    `invalid_grant`, others `invalid_client`."""
    for name, value in (("client ID", keys.client_id), ("client secret", keys.client_secret)):
        if not value or any(character.isspace() for character in value):
            raise PermanentError(f"The {name} is empty or has a space in it: copy it again.")
    form = {
        "grant_type": "authorization_code",
        "code": PROBE_CODE,
        "redirect_uri": redirect_uri,
    }
    try:
        _post(http, keys, form)
    except ReauthoriseError:
        return f"{keys.host} knows this client ID and secret."
    raise PermanentError(f"{keys.host} accepted a code that was made up: this is no OAuth server.")


def _post(http: httpx.Client, keys: AppKeys, form: Mapping[str, str]) -> Reply:
    url = f"{keys.host.rstrip('/')}{TOKEN_PATH}"
    data = {**form, "client_id": keys.client_id, "client_secret": keys.client_secret}
    try:
        with http.stream(
            "POST",
            url,
            data=data,
            headers={"Accept": "application/json"},
            timeout=TIMEOUT,
            follow_redirects=False,
        ) as response:
            reply = read_limited(response, TOKEN_BODY_BYTES_MAX)
    except httpx.TransportError as error:
        raise RetryLaterError(f"{keys.host} did not answer: {error}") from error
    raise_if_unavailable(reply, url)
    if reply.status != 200:
        _refuse(keys.host, reply)
    return reply


def _refuse(host: str, reply: Reply) -> NoReturn:
    try:
        problem = msgspec.json.decode(reply.body, type=TokenProblem)
    except msgspec.MsgspecError as error:
        if reply.status == 404:
            raise PermanentError(
                f"{host} has no {TOKEN_PATH}: is the host in the settings right?"
            ) from error
        raise RetryLaterError(
            f"{host} answered {reply.status} to {TOKEN_PATH}, and not in JSON."
        ) from error
    said = problem.error_description or problem.error
    if problem.error == "invalid_grant":
        why = f": {problem.error_description}" if problem.error_description else "."
        raise ReauthoriseError(f"{host} no longer accepts this grant (invalid_grant){why}")
    if problem.error in {"invalid_client", "unauthorized_client"}:
        raise PermanentError(
            f"{host} does not accept the client ID and secret ({problem.error}): check both in the "
            "integration's settings against the ones that Pandle sent."
        )
    raise PermanentError(
        f"{host} refused the request ({problem.error}): {said}. Is the redirect URI exactly the "
        "registered one?"
    )


def _tokens(reply: Reply) -> Tokens:
    try:
        tokens = msgspec.json.decode(reply.body, type=TokenReply)
    except msgspec.ValidationError as error:
        raise SourceShapeError(
            "The token reply has an unknown shape", path=TOKEN_PATH, field=str(error)
        ) from error
    except msgspec.DecodeError as error:
        raise RetryLaterError("The token endpoint did not answer in JSON.") from error
    return Tokens(
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        expires_in_seconds=tokens.expires_in or EXPIRES_IN_SECONDS_DEFAULT,
    )
