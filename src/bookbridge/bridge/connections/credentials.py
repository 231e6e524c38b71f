"""Tokens of a connection: sealed, refreshed by one worker at a time, never used unsaved.

A refresh holds a lease on the row and no transaction while it calls the source. The row's
generation moves with each new pair; whoever finds it moved uses what the other worker got.
"""

from __future__ import annotations

import datetime as dt
import re
import time
import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import msgspec
from django.db import connection as database
from django.utils import timezone

from bookbridge.bridge.clients.sealing import SealingKey
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.queries import data_key
from bookbridge.bridge.connections.models import Connection, Credential
from bookbridge.bridge.connectors.contract import AppKeys, Tokens
from bookbridge.bridge.connectors.errors import ReauthoriseError, RetryLaterError, SourceError
from bookbridge.bridge.integrations.queries import connector_of

# Longer than the token request's own time limits, so that a lease outlives a slow answer.
LEASE_SECONDS = 120.0
WAIT_SECONDS_MAX = 150.0
POLL_SECONDS = 0.2
HIDDEN = "[hidden]"
# Lower case, upper case and a digit in one long word, or more hex digits than a UUID has.
RANDOM_WORD = re.compile(
    r"\b(?=[\w~+-]*[a-z])(?=[\w~+-]*[A-Z])(?=[\w~+-]*\d)[\w~+-]{20,}|\b[0-9a-fA-F]{40,}\b"
)
# Tokens are renewed this long before they lapse, so that none lapses on its way.
EARLY = dt.timedelta(seconds=90)

TAKE_LEASE = """
UPDATE connections_credential
SET lease_owner = %(owner)s, lease_until = now() + make_interval(secs => %(lease)s)
WHERE company_id = %(company)s AND connection_id = %(connection)s AND generation = %(generation)s
  AND (lease_until IS NULL OR lease_until < now())
"""
SAVE_PAIR = """
UPDATE connections_credential
SET previous_ciphertext = tokens_ciphertext, tokens_ciphertext = %(tokens)s,
    generation = generation + 1, expires_at = %(expires_at)s, refreshed_at = now(),
    lease_owner = NULL, lease_until = NULL
WHERE company_id = %(company)s AND connection_id = %(connection)s
  AND generation = %(generation)s AND lease_owner = %(owner)s
"""
GIVE_LEASE_BACK = """
UPDATE connections_credential SET lease_owner = NULL, lease_until = NULL
WHERE company_id = %(company)s AND connection_id = %(connection)s AND lease_owner = %(owner)s
"""

Refresher = Callable[[str], Tokens]


class TokenPair(msgspec.Struct, frozen=True):
    access: str
    refresh: str | None


@dataclass(frozen=True)
class Grant:
    """A connection's tokens as they stand."""

    pair: TokenPair = field(repr=False)
    generation: int
    expires_at: dt.datetime

    def is_good(self, stale: str | None, at: dt.datetime) -> bool:
        return self.pair.access != stale and self.expires_at - EARLY > at


def store_tokens(*, connection: Connection, tokens: Tokens, at: dt.datetime) -> None:
    """Keep the tokens of a fresh grant in place of any older ones."""
    pair = TokenPair(tokens.access_token, tokens.refresh_token)
    key = data_key(connection.client_id, connection.company_id)
    before = _row(connection)
    generation = before.generation + 1 if before else 1
    Credential.objects.filter(
        company_id=connection.company_id, connection_id=connection.id
    ).delete()
    Credential.objects.create(
        client_id=connection.client_id,
        company_id=connection.company_id,
        connection_id=connection.id,
        tokens_ciphertext=_seal(key, connection, pair),
        generation=generation,
        expires_at=at + dt.timedelta(seconds=tokens.expires_in_seconds),
        refreshed_at=at,
    )


def forget_tokens(*, connection: Connection) -> None:
    """Give up the grant: no worker can use it any more."""
    Credential.objects.filter(
        company_id=connection.company_id, connection_id=connection.id
    ).delete()


@dataclass
class TokenSource:
    """Good access tokens for one connection, for as long as one run of work takes."""

    connection: Connection
    refresh: Refresher
    owner: UUID = field(default_factory=uuid.uuid4)
    _grant: Grant | None = field(default=None, repr=False)
    _seen: set[str] = field(default_factory=set, repr=False)

    @property
    def secrets(self) -> Collection[str]:
        """Every token that this source has had in its hands."""
        return self._seen

    def access_token(self, stale: str | None) -> str:
        """A token that is good now; `stale` is one that the source has just refused.

        Raises ReauthoriseError when the grant is gone, RetryLaterError when it cannot be told.
        """
        if self._grant is None or not self._grant.is_good(stale, timezone.now()):
            self._grant = self._good_grant(stale)
        return self._grant.pair.access

    def _good_grant(self, stale: str | None) -> Grant:
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while time.monotonic() < deadline:
            grant = self._read()
            if grant.is_good(stale, timezone.now()):
                return grant
            if self._execute(TAKE_LEASE, grant, lease=LEASE_SECONDS):
                return self._refreshed(grant)
            time.sleep(POLL_SECONDS)
        raise RetryLaterError("Another worker is renewing this connection's token.")

    def _refreshed(self, grant: Grant) -> Grant:
        """The new pair, saved before anybody uses it."""
        try:
            tokens = self._ask_twice(grant)
        except BaseException:
            self._execute(GIVE_LEASE_BACK, grant)
            raise
        pair = TokenPair(tokens.access_token, tokens.refresh_token or grant.pair.refresh)
        self._note(pair)
        expires_at = timezone.now() + dt.timedelta(seconds=tokens.expires_in_seconds)
        with client_scope(self.connection.client_id):
            key = data_key(self.connection.client_id, self.connection.company_id)
            sealed = _seal(key, self.connection, pair)
        if not self._execute(SAVE_PAIR, grant, tokens=sealed, expires_at=expires_at):
            # The connection was unlinked or linked anew meanwhile: what is stored counts.
            return self._read()
        return Grant(pair, grant.generation + 1, expires_at)

    def _ask_twice(self, grant: Grant) -> Tokens:
        """A refused refresh token is tried once more: the first answer may have been lost."""
        if grant.pair.refresh is None:
            raise ReauthoriseError("The access lapsed, and the source gave no refresh token.")
        try:
            return self.refresh(grant.pair.refresh)
        except ReauthoriseError:
            return self.refresh(grant.pair.refresh)

    def _read(self) -> Grant:
        with client_scope(self.connection.client_id):
            row = _row(self.connection)
            if row is None:
                raise ReauthoriseError("This connection has no access to its source any more.")
            key = data_key(self.connection.client_id, self.connection.company_id)
            plain = key.unseal(bytes(row.tokens_ciphertext), _identity(self.connection))
        pair = msgspec.json.decode(plain, type=TokenPair)
        self._note(pair)
        return Grant(pair, row.generation, row.expires_at)

    def _note(self, pair: TokenPair) -> None:
        self._seen |= {token for token in (pair.access, pair.refresh) if token}

    def _execute(self, statement: str, grant: Grant, **values: Any) -> bool:
        with client_scope(self.connection.client_id), database.cursor() as cursor:
            cursor.execute(
                statement,
                {
                    "company": self.connection.company_id,
                    "connection": self.connection.id,
                    "generation": grant.generation,
                    "owner": self.owner,
                    **values,
                },
            )
            return bool(cursor.rowcount)


def token_source(connection: Connection, keys: AppKeys, http: httpx.Client) -> TokenSource:
    """Good access tokens for a linked connection, renewed through its connector."""
    connector = connector_of(connection.integration_key)
    return TokenSource(
        connection=connection,
        refresh=lambda refresh_token: connector.refresh_tokens(http, keys, refresh_token),
    )


def hide_secrets(error: SourceError, secrets: Iterable[str]) -> None:
    """Take secrets out of a failure's words: a source may repeat what it was sent, and its words
    are stored, shown and logged. Long random words go too: they may be secrets of another time."""
    texts = [str(part) for part in error.args]
    for secret in filter(None, secrets):
        texts = [text.replace(secret, HIDDEN) for text in texts]
    error.args = tuple(RANDOM_WORD.sub(HIDDEN, text) for text in texts)


def _row(connection: Connection) -> Credential | None:
    return Credential.objects.filter(
        company_id=connection.company_id, connection_id=connection.id
    ).first()


def _seal(key: SealingKey, connection: Connection, pair: TokenPair) -> bytes:
    return key.seal(msgspec.json.encode(pair), _identity(connection))


def _identity(connection: Connection) -> str:
    return f"tokens|{connection.company_id}|{connection.id}"
