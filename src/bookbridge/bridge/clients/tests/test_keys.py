"""Sealed values, the key ring and API keys."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from bookbridge.bridge.clients import keyring
from bookbridge.bridge.clients.models import Client, User
from bookbridge.bridge.clients.operations import (
    LastApiKeyError,
    TooManyApiKeysError,
    create_api_key,
    create_client,
    revoke_api_key,
)
from bookbridge.bridge.clients.queries import client_of_api_key
from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.clients.sealing import SealingKey, UnsealError
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.models import CompanyKey
from bookbridge.bridge.companies.operations import create_company
from bookbridge.bridge.companies.queries import data_key
from bookbridge.kit.env import SettingError

ANALYST = Actor(None, "An analyst")


@pytest.fixture
def ring_file(settings: Any, tmp_path: Path) -> Any:
    settings.KEY_RING, settings.KEY_RING_FILE = "", str(tmp_path / "keys.json")
    keyring.reload_key_ring()
    yield tmp_path / "keys.json"
    settings.KEY_RING = "test:" + "A" * 43
    keyring.reload_key_ring()


def test_a_sealed_value_cannot_be_moved_changed_or_opened_with_another_key() -> None:
    key, other = SealingKey("a", b"1" * 32), SealingKey("a", b"2" * 32)
    sealed = key.seal(b"secret", "row 1")
    assert key.unseal(sealed, "row 1") == b"secret"
    assert b"secret" not in sealed
    for wrong in (
        lambda: key.unseal(sealed, "row 2"),
        lambda: key.unseal(sealed[:-1] + bytes((sealed[-1] ^ 1,)), "row 1"),
        lambda: other.unseal(sealed, "row 1"),
        lambda: SealingKey("b", b"1" * 32).unseal(sealed, "row 1"),
    ):
        with pytest.raises(UnsealError):
            wrong()


def test_the_ring_is_made_once_in_a_private_file(ring_file: Path) -> None:
    first = keyring.key_ring().active.id
    assert ring_file.stat().st_mode & 0o777 == 0o600
    assert keyring.reload_key_ring().active.id == first


def test_a_bad_ring_says_what_to_write(settings: Any) -> None:
    before, settings.KEY_RING = settings.KEY_RING, "only-a-word"
    with pytest.raises(SettingError):
        keyring.reload_key_ring()
    settings.KEY_RING = before
    keyring.reload_key_ring()


@pytest.mark.django_db
def test_rotation_seals_everything_anew_and_old_values_stay_readable(ring_file: Path) -> None:
    client = create_client(name="A lender", at=timezone.now())
    with client_scope(client.id):
        company = create_company(
            client_id=client.id, name="Harbour Ltd", actor=ANALYST, at=timezone.now()
        )
        sealed = data_key(client.id, company.id).seal(b"tokens", "row")
    old = keyring.key_ring().active.id
    call_command("rotate_keys", stdout=StringIO())
    assert keyring.key_ring().active.id != old
    words = json.loads(ring_file.read_text())
    words["masters"] = [word for word in words["masters"] if word["id"] != old]
    ring_file.write_text(json.dumps(words))
    keyring.reload_key_ring()
    with client_scope(client.id):
        assert data_key(client.id, company.id).unseal(sealed, "row") == b"tokens"
        assert CompanyKey.objects.get().master_key_id != old


@pytest.mark.django_db
def test_an_api_key_is_shown_once_and_kept_as_a_hash() -> None:
    client = create_client(name="A lender", at=timezone.now())
    key, raw = create_api_key(client_id=client.id, name="Test", actor=ANALYST, at=timezone.now())
    assert raw.encode() not in bytes(key.key_hash)
    found = client_of_api_key(raw)
    assert found is not None and found.client == client
    assert client_of_api_key(raw + "x") is None and client_of_api_key("") is None
    with pytest.raises(LastApiKeyError):
        revoke_api_key(client_id=client.id, key_id=key.id, actor=ANALYST, at=timezone.now())
    for _ in range(9):
        create_api_key(client_id=client.id, name="", actor=ANALYST, at=timezone.now())
    with pytest.raises(TooManyApiKeysError):
        create_api_key(client_id=client.id, name="", actor=ANALYST, at=timezone.now())
    revoke_api_key(client_id=client.id, key_id=key.id, actor=ANALYST, at=timezone.now())
    assert client_of_api_key(raw) is None


@pytest.mark.django_db
def test_the_first_run_makes_sign_ins_once_and_checks_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = StringIO()
    call_command("first_run", "--json", stdout=out)
    made = json.loads(out.getvalue())
    assert client_of_api_key(made["api_key"]) is not None
    again = StringIO()
    call_command("first_run", "--json", stdout=again)
    assert json.loads(again.getvalue()) == {}
    monkeypatch.setenv("BOOKBRIDGE_FIRST_RUN", json.dumps(made))
    checked = StringIO()
    call_command("first_run", "--check", stdout=checked)
    assert json.loads(checked.getvalue()) == made
    user = User.objects.get()
    user.set_password("another password")
    user.save()
    changed = StringIO()
    call_command("first_run", "--check", stdout=changed)
    assert json.loads(changed.getvalue())["portal_password"] is None


@pytest.mark.django_db
def test_a_superuser_administers_the_first_client() -> None:
    user = User.objects.create_superuser("owner@example.com", "a long password")
    place = user.places.get()
    assert place.client == Client.objects.get() and place.can_manage_users
