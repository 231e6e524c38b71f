"""OAuth 2 as most platforms have it: authorisation code, refresh, errors as RFC 6749 words them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urlencode

import httpx
import msgspec

from bookbridge.bridge.connectors.calling import (
    TIMEOUT,
    Reply,
    raise_if_unavailable,
    read_limited,
)
from bookbridge.bridge.connectors.contract import AppKeys, Tokens
from bookbridge.bridge.connectors.errors import (
    PermanentError,
    ReauthoriseError,
    RetryLaterError,
    SourceShapeError,
)

EXPIRES_IN_SECONDS_DEFAULT = 3600
TOKEN_BODY_BYTES_MAX = 64 * 1024
PROBE_CODE = "bookbridge-key-check"


class TokenReply(msgspec.Struct):
    access_token: str
    refresh_token: str | None = None
    expires_in: int | None = None


class TokenProblem(msgspec.Struct):
    error: str
    error_description: str | None = None


@dataclass(frozen=True)
class OAuth:
    """A platform's endpoints and habits. `is_basic` sends client ID and secret by HTTP Basic
    instead of in the form; `expires_in_seconds` is assumed where the reply does not say."""

    platform: str
    authorise_path: str = "/oauth/authorize"
    exchange_path: str = "/oauth/token"
    scope: str = ""
    is_basic: bool = False
    expires_in_seconds: int = EXPIRES_IN_SECONDS_DEFAULT

    def authorise_url(self, keys: AppKeys, redirect_uri: str, state: str) -> str:
        query = {
            "client_id": keys.client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "state": state,
        }
        if self.scope:
            query["scope"] = self.scope
        return f"{keys.host.rstrip('/')}{self.authorise_path}?{urlencode(query)}"

    def exchange_code(
        self, http: httpx.Client, keys: AppKeys, redirect_uri: str, code: str
    ) -> Tokens:
        """Tokens for an authorisation code; ReauthoriseError when the code is spent or expired."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return self._tokens(self._post(http, keys, form))

    def refresh_tokens(self, http: httpx.Client, keys: AppKeys, refresh_token: str) -> Tokens:
        """New tokens; ReauthoriseError when the grant was withdrawn or has lapsed."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self._tokens(self._post(http, keys, form))

    def check_keys(self, http: httpx.Client, keys: AppKeys, redirect_uri: str) -> str:
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
            self._post(http, keys, form)
        except ReauthoriseError:
            return f"{keys.host} knows this client ID and secret."
        raise PermanentError(
            f"{keys.host} accepted a code that was made up: this is no OAuth server."
        )

    def _post(self, http: httpx.Client, keys: AppKeys, form: Mapping[str, str]) -> Reply:
        url = f"{keys.host.rstrip('/')}{self.exchange_path}"
        basic = httpx.BasicAuth(keys.client_id, keys.client_secret) if self.is_basic else None
        secret = {"client_id": keys.client_id, "client_secret": keys.client_secret}
        try:
            with http.stream(
                "POST",
                url,
                data={**form} if self.is_basic else {**form, **secret},
                auth=basic,
                headers={"Accept": "application/json"},
                timeout=TIMEOUT,
                follow_redirects=False,
            ) as response:
                reply = read_limited(response, TOKEN_BODY_BYTES_MAX)
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise RetryLaterError(f"{keys.host} did not answer: {error}") from error
        raise_if_unavailable(reply, url)
        if reply.status != 200:
            self._refuse(keys.host, reply)
        return reply

    def _refuse(self, host: str, reply: Reply) -> NoReturn:
        try:
            problem = msgspec.json.decode(reply.body, type=TokenProblem)
        except msgspec.MsgspecError as error:
            if reply.status == 404:
                raise PermanentError(
                    f"{host} has no {self.exchange_path}: is the host in the settings right?"
                ) from error
            raise RetryLaterError(
                f"{host} answered {reply.status} to {self.exchange_path}, and not in JSON."
            ) from error
        said = problem.error_description or problem.error
        if problem.error == "invalid_grant":
            why = f": {problem.error_description}" if problem.error_description else "."
            raise ReauthoriseError(f"{host} no longer accepts this grant (invalid_grant){why}")
        if problem.error in {"invalid_client", "unauthorized_client"}:
            raise PermanentError(
                f"{host} does not accept the client ID and secret ({problem.error}): check both in "
                f"the integration's settings against the ones that {self.platform} sent."
            )
        raise PermanentError(
            f"{host} refused the request ({problem.error}): {said}. Is the redirect URI exactly "
            "the registered one?"
        )

    def _tokens(self, reply: Reply) -> Tokens:
        try:
            tokens = msgspec.json.decode(reply.body, type=TokenReply)
        except msgspec.ValidationError as error:
            raise SourceShapeError(
                "The token reply has an unknown shape", path=self.exchange_path, field=str(error)
            ) from error
        except msgspec.DecodeError as error:
            raise RetryLaterError("The token endpoint did not answer in JSON.") from error
        return Tokens(
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            expires_in_seconds=tokens.expires_in or self.expires_in_seconds,
        )
