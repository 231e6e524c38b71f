"""What may be entered for an integration, and where its requests may go."""

from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest
from django.utils import timezone

from bookbridge.bridge.clients.models import Client
from bookbridge.bridge.clients.operations import create_client
from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.integrations.models import IntegrationSettings
from bookbridge.bridge.integrations.operations import (
    KeysMissingError,
    SecretNeededError,
    save_settings,
    set_enabled,
)
from bookbridge.bridge.integrations.queries import app_keys
from bookbridge.bridge.integrations.rules import (
    HostRefusedError,
    SettingsRefusedError,
    clean_host,
)
from bookbridge.kit.public_hosts import PinnedTransport, is_public

ANALYST = Actor(None, "An analyst")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "::",
    ],
)
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_public_addresses_are() -> None:
    assert is_public("93.184.216.34") and is_public("2606:2800:220:1:248:1893:25c8:1946")


@pytest.mark.parametrize(
    "host",
    ["http://my.pandle.com", "https://a.example/path", "https://user@a.example", "https://", "a:b"],
)
def test_unusable_hosts_are_refused(host: str) -> None:
    with pytest.raises(HostRefusedError):
        clean_host(host, allow_private=False)


def test_a_bare_host_becomes_https() -> None:
    assert clean_host(" my.pandle.com/ ", allow_private=False) == "https://my.pandle.com"


def test_a_name_that_turns_private_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    def turned(*args: Any, **options: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", turned)
    with (
        httpx.Client(transport=PinnedTransport()) as http,
        pytest.raises(httpx.ConnectError, match="public internet"),
    ):
        http.get("https://rebinding.example/")


def save(client: Client, **changes: str) -> IntegrationSettings:
    values = {
        "host": "https://192.0.2.1",
        "app_client_id": "an-app",
        "client_secret": "a-secret",
        **changes,
    }
    with client_scope(client.id):
        return save_settings(
            client_id=client.id,
            integration_key="vjms",
            actor=ANALYST,
            at=timezone.now(),
            **values,
        ).settings


@pytest.fixture
def client(db: None, settings: Any) -> Client:
    settings.ALLOW_PRIVATE_HOSTS = True
    return create_client(name="A lender", at=timezone.now())


@pytest.mark.parametrize("field", ["app_client_id", "client_secret"])
def test_keys_with_spaces_are_refused_with_a_sentence(client: Client, field: str) -> None:
    with pytest.raises(SettingsRefusedError, match="must not contain spaces"):
        save(client, **{field: " abc"})


def test_a_private_host_is_refused_where_it_is_not_allowed(client: Client, settings: Any) -> None:
    settings.ALLOW_PRIVATE_HOSTS = False
    with pytest.raises(HostRefusedError, match="public internet"):
        save(client, host="https://127.0.0.1")


def test_keys_are_sealed_and_the_secret_is_kept_when_left_empty(client: Client) -> None:
    row = save(client)
    assert b"a-secret" not in bytes(row.client_secret_ciphertext)
    save(client, client_secret="")
    with client_scope(client.id):
        assert app_keys(client.id, "vjms").client_secret == "a-secret"


def test_a_changed_host_or_id_demands_the_secret_again(client: Client) -> None:
    save(client)
    for change in ({"host": "https://192.0.2.2"}, {"app_client_id": "other"}):
        with pytest.raises(SecretNeededError):
            save(client, client_secret="", **change)
    with client_scope(client.id):
        assert app_keys(client.id, "vjms").host == "https://192.0.2.1"


def test_it_cannot_be_switched_on_without_keys(client: Client) -> None:
    with pytest.raises(KeysMissingError), client_scope(client.id):
        set_enabled(
            client_id=client.id,
            integration_key="vjms",
            is_enabled=True,
            actor=ANALYST,
            at=timezone.now(),
        )
