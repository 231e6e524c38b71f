"""The cast of the API's tests: a lender that calls it, a stranger, and a way to call."""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.test import Client as Browser

from bookbridge.bridge.clients.operations import create_api_key, create_client
from bookbridge.bridge.clients.rules import Actor

NOW = dt.datetime(2026, 2, 1, 9, 0, tzinfo=dt.UTC)
FOUNDER = Actor(user_id=None, name="The founder")
# One for all: a new one reads every middleware, and every static file, anew.
BROWSER = Browser(raise_request_exception=False)


@dataclass(frozen=True)
class Answer:
    """A reply with its JSON."""

    response: HttpResponse

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def body(self) -> Any:
        return json.loads(self.response.content) if self.response.content else None

    @property
    def error(self) -> str:
        return str(self.body["error"])


@dataclass(frozen=True)
class Api:
    """The public API as one client calls it."""

    client_id: UUID
    key: str

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        given = {"Authorization": basic(self.key), **headers}
        content = body if isinstance(body, str) else json.dumps(body) if body is not None else ""
        response = BROWSER.generic(
            method, f"/api{path}", content, content_type="application/json", headers=given
        )
        return Answer(response)

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None) -> Answer:
        return self.call("POST", path, body)


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


def new_api(name: str) -> Api:
    """A client with one key."""
    client = create_client(name=name, at=NOW)
    _key, raw = create_api_key(client_id=client.id, name="tests", actor=FOUNDER, at=NOW)
    return Api(client.id, raw)
