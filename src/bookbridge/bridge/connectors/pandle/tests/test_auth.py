"""Signing in: what the token endpoint may answer, and what each answer asks of whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bookbridge.bridge.connectors.contract import AppKeys
from bookbridge.bridge.connectors.errors import (
    MaintenanceError,
    PermanentError,
    RateLimitedError,
    ReauthoriseError,
    RetryLaterError,
    SourceShapeError,
)
from bookbridge.bridge.connectors.pandle import PandleConnector

KEYS = AppKeys("https://books.example", "client-1", "hush")
REDIRECT = "https://bridge.example/oauth/callback"
CONNECTOR = PandleConnector()


def http(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(answer))


def saying(status: int, **more: Any) -> httpx.Client:
    return http(lambda request: httpx.Response(status, **more))


def test_the_owner_is_sent_to_the_host_of_the_settings() -> None:
    url = urlsplit(CONNECTOR.authorise_url(KEYS, REDIRECT, "state/1"))
    assert (url.scheme, url.netloc, url.path) == ("https", "books.example", "/oauth/authorize")
    assert parse_qs(url.query) == {
        "client_id": ["client-1"],
        "redirect_uri": [REDIRECT],
        "response_type": ["code"],
        "state": ["state/1"],
    }


def test_a_code_is_exchanged_by_a_form_without_a_trailing_slash() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(
            200, json={"access_token": "a", "refresh_token": "r", "expires_in": 60, "scope": ""}
        )

    tokens = CONNECTOR.exchange_code(http(answer), KEYS, REDIRECT, "code-1")
    assert (tokens.access_token, tokens.refresh_token, tokens.expires_in_seconds) == ("a", "r", 60)
    assert seen[0].url.path == "/oauth/token"
    assert parse_qs(seen[0].content.decode()) == {
        "grant_type": ["authorization_code"],
        "code": ["code-1"],
        "redirect_uri": [REDIRECT],
        "client_id": ["client-1"],
        "client_secret": ["hush"],
    }


def test_a_refresh_sends_no_redirect_uri_and_two_hours_are_assumed() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        form = parse_qs(request.content.decode())
        assert form["grant_type"] == ["refresh_token"]
        assert "redirect_uri" not in form
        return httpx.Response(200, json={"access_token": "a", "refresh_token": "r2"})

    tokens = CONNECTOR.refresh_tokens(http(answer), KEYS, "r1")
    assert tokens.expires_in_seconds == 7200
    assert "hush" not in repr(KEYS)
    assert "r2" not in repr(tokens)


@pytest.mark.parametrize(
    ("status", "more", "error"),
    [
        (400, {"json": {"error": "invalid_grant"}}, ReauthoriseError),
        (401, {"json": {"error": "invalid_client"}}, PermanentError),
        (400, {"json": {"error": "invalid_request", "error_description": "no"}}, PermanentError),
        (404, {"html": "<h1>Not found</h1>"}, PermanentError),
        (400, {"html": "<h1>Odd</h1>"}, RetryLaterError),
        (200, {"html": "<h1>Hello</h1>"}, RetryLaterError),
        (200, {"json": {"token": "a"}}, SourceShapeError),
        (429, {"headers": {"Retry-After": "5"}}, RateLimitedError),
        (503, {"html": "<h1>Back soon</h1>"}, MaintenanceError),
        (500, {}, RetryLaterError),
        (301, {"headers": {"Location": "https://elsewhere.example"}}, PermanentError),
    ],
)
def test_each_answer_says_who_must_do_what(
    status: int, more: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error) as refusal:
        CONNECTOR.refresh_tokens(saying(status, **more), KEYS, "r1")
    assert type(refusal.value) is error


def test_wrong_keys_are_named() -> None:
    with pytest.raises(PermanentError, match="invalid_client"):
        CONNECTOR.test_keys(saying(401, json={"error": "invalid_client"}), KEYS, REDIRECT)


def test_keys_that_are_known_refuse_only_the_made_up_code() -> None:
    right = saying(400, json={"error": "invalid_grant"})
    assert "knows" in CONNECTOR.test_keys(right, KEYS, REDIRECT)


@pytest.mark.parametrize(("client_id", "secret"), [("client 1", "hush"), ("client-1", "hush ")])
def test_a_space_in_a_key_is_told_before_anything_is_sent(client_id: str, secret: str) -> None:
    keys = AppKeys("https://books.example", client_id, secret)
    with pytest.raises(PermanentError, match="space"):
        CONNECTOR.test_keys(saying(500), keys, REDIRECT)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"json": {"state": "operational", "message": "All well"}}, "operational"),
        (
            {"json": {"state": "maintenance", "expected-back-at": "2026-01-06T09:00Z"}},
            "maintenance",
        ),
        ({"json": {"status": {"indicator": "minor", "description": "Slow"}}}, "degraded"),
        ({"html": "<h1>Status</h1>"}, "unknown"),
    ],
)
def test_the_status_page_explains_and_never_fails(answer: dict[str, Any], state: str) -> None:
    assert CONNECTOR.source_status(saying(200, **answer), KEYS).state == state


def test_a_status_page_that_is_down_is_unknown() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no", request=request)

    assert CONNECTOR.source_status(http(broken), KEYS).state == "unknown"
