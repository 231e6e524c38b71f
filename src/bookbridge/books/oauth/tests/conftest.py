"""A registered app and the steps of its dance with an owner, over HTTP."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client

from bookbridge.books.oauth.operations import AppKeys, register_app
from bookbridge.books.organisations.models import Organisation, User

REDIRECT_URI = "http://127.0.0.1:8000/oauth/callback"


@dataclass
class Dance:
    """One app and one owner's browser."""

    keys: AppKeys
    browser: Client

    def authorize_path(self, **changes: str) -> str:
        asked = {
            "response_type": "code",
            "client_id": self.keys.client_id,
            "redirect_uri": REDIRECT_URI,
            "state": "s-1",
            **changes,
        }
        return f"/oauth/authorize?{urlencode({k: v for k, v in asked.items() if v})}"

    def consent(self, organisation: Organisation, **changes: str) -> HttpResponse:
        return self.browser.post(
            self.authorize_path(**changes),
            {"organisation": organisation.pk, "decision": "allow"},
        )

    def code(self, organisation: Organisation, **changes: str) -> str:
        answer = self.consent(organisation, **changes)
        assert answer.status_code == 302, answer.content
        return query_of(answer)["code"]

    def token(self, **fields: str) -> HttpResponse:
        body = {
            "client_id": self.keys.client_id,
            "client_secret": self.keys.client_secret,
            **fields,
        }
        return Client().post("/oauth/token", urlencode(body), "application/x-www-form-urlencoded")

    def exchange(self, code: str, **fields: str) -> HttpResponse:
        return self.token(
            **{
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": REDIRECT_URI,
                **fields,
            }
        )

    def refresh(self, token: str) -> HttpResponse:
        return self.token(grant_type="refresh_token", refresh_token=token)

    def tokens(self, organisation: Organisation, **changes: str) -> dict[str, Any]:
        answer = self.exchange(self.code(organisation, **changes))
        assert answer.status_code == 200, answer.content
        return dict(json.loads(answer.content))


def query_of(answer: HttpResponse) -> dict[str, str]:
    return {key: found[0] for key, found in parse_qs(urlsplit(answer["Location"]).query).items()}


def call(token: str, path: str = "me", verb: str = "GET") -> HttpResponse:
    return Client().generic(verb, f"/api/v1/{path}", headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def dance(books: Organisation, owner_user: User) -> Dance:
    keys = register_app(
        name="Lender", description="Reads the books.", redirect_uri=REDIRECT_URI, owner=None
    )
    browser = Client()
    browser.force_login(owner_user)
    return Dance(keys, browser)
