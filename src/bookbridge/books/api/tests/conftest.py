"""Callers of the API: an owner, a bookkeeper, a reader and a stranger, by header tokens."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from bookbridge.books.oauth.operations import open_api_session
from bookbridge.books.organisations.models import Organisation, User

# The worked example is shared with the stories of both halves, outside this package.
sys.path.append(str(Path(__file__).resolve().parents[5] / "tests"))


@dataclass
class ApiClient:
    """Sends requests as one caller; paths are below /api/v1/."""

    headers: dict[str, str]

    def __post_init__(self) -> None:
        self.client = Client()

    def send(self, verb: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        content = None if body is None else body if isinstance(body, str) else json.dumps(body)
        return self.client.generic(
            verb,
            f"/api/v1/{path}",
            data=content or "",
            content_type="application/json",
            headers={**self.headers, **headers},
        )

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None) -> HttpResponse:
        return self.send("POST", path, body or {})

    def data(self, path: str) -> Any:
        answer = self.get(path)
        assert answer.status_code == 200, answer.content
        return json.loads(b"".join(answer) if answer.streaming else answer.content)["data"]

    def made(self, path: str, body: Any) -> Any:
        answer = self.post(path, body)
        assert answer.status_code == 201, answer.content
        return json.loads(answer.content)["data"]


def caller(user: User) -> ApiClient:
    EmailAddress.objects.get_or_create(user=user, email=user.email, verified=True, primary=True)
    session = open_api_session(user=user, at=timezone.now())
    return ApiClient({"access-token": session.token, "client": session.client, "uid": user.email})


@pytest.fixture
def as_owner(books: Organisation, owner_user: User) -> ApiClient:
    return caller(owner_user)


@pytest.fixture
def as_bookkeeper(bookkeeper_user: User) -> ApiClient:
    return caller(bookkeeper_user)


@pytest.fixture
def as_reader(reader_user: User) -> ApiClient:
    return caller(reader_user)


@pytest.fixture
def as_stranger(stranger_user: User) -> ApiClient:
    return caller(stranger_user)


@pytest.fixture
def c(books: Organisation) -> str:
    return f"companies/{books.pk}"


@pytest.fixture
def account_id(books: Organisation) -> Callable[[str], int]:
    from bookbridge.books.ledger.queries import account_by_code

    def find(code: str) -> int:
        account = account_by_code(books.pk, code)
        assert account is not None
        return account.pk

    return find


def errors_of(answer: HttpResponse) -> list[str]:
    return list(json.loads(answer.content)["errors"])


DAY = dt.date(2026, 1, 15)
