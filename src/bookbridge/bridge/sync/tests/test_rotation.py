"""Master keys are replaced while reads go on; nothing needs an older key afterwards."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.http import HttpResponse
from django.utils import timezone
from pytest_django.fixtures import Settings

from bookbridge.bridge.api.idempotency import IdempotentRequest
from bookbridge.bridge.clients import keyring
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections.models import Credential
from bookbridge.bridge.connections.operations import token_source
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.integrations.http import source_client
from bookbridge.bridge.integrations.queries import app_keys
from bookbridge.bridge.sync.models import Dataset
from bookbridge.bridge.sync.operations.rotation import values_under
from bookbridge.bridge.sync.tests.conftest import ANALYST, Linked, link
from bookbridge.bridge.sync.tests.http_source import HttpSource
from bookbridge.bridge.webhooks.models import Consumer
from bookbridge.bridge.webhooks.operations import create_consumer
from bookbridge.bridge.webhooks.queries import headers_of, secret_of


@pytest.fixture
def ring_file(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "keys.json"
    settings.KEY_RING, settings.KEY_RING_FILE = "", str(path)
    keyring.reload_key_ring()
    yield path
    keyring.reload_key_ring()


@pytest.fixture
def keyed(ring_file: Path, committed_db: str, source: HttpSource) -> Linked:
    """A linked company whose secrets are sealed with a ring of this test's own."""
    return link(source)


def command(*arguments: str) -> str:
    out = io.StringIO()
    call_command("rotate_keys", *arguments, stdout=out)
    return out.getvalue()


def masters(path: Path) -> list[str]:
    return [word["id"] for word in json.loads(path.read_text())["masters"]]


def test_keys_rotate_in_mid_read_and_the_old_one_is_needed_by_nothing(
    keyed: Linked, ring_file: Path
) -> None:
    reply = IdempotentRequest(keyed.client.id, b"k" * 32, b"r" * 32, timezone.now())
    with client_scope(keyed.client.id):
        reply.keep(HttpResponse(b'{"apiKey": "shown once"}', content_type="application/json"))
        consumer = create_consumer(
            client_id=keyed.client.id,
            url="http://127.0.0.1:9/hook",
            headers={"X-Key": "hush"},
            actor=ANALYST,
            at=timezone.now(),
        )
        secret = secret_of(consumer)
    (old,) = masters(ring_file)
    rotated: list[str] = []

    def rotating(request: httpx.Request) -> httpx.Response | None:
        if request.url.path.endswith("/suppliers") and not rotated:
            try:
                rotated.append(command())
                rotated.append(command("--retire"))
            finally:
                connections.close_all()
        return None

    keyed.source.trouble = rotating
    keyed.source.access_token = "access-lapsed"  # the next read renews the tokens
    made = keyed.sync(DataType.CUSTOMERS, DataType.SUPPLIERS, DataType.TAX_RATES)

    assert {one.status for one in made.values()} == {Dataset.Status.COMPLETE}
    assert old in rotated[1] and old not in masters(ring_file)
    assert len(masters(ring_file)) == 1
    keyring.reload_key_ring()
    with client_scope(keyed.client.id):
        assert app_keys(keyed.client.id, "vjms").client_secret == "secret"
        found = Consumer.objects.get(id=consumer.id)
        assert (secret_of(found), headers_of(found)) == (secret, {"X-Key": "hush"})
        kept = reply.earlier_reply()
        assert kept is not None and b"shown once" in kept.content
    with source_client() as http:
        with client_scope(keyed.client.id):
            keys = app_keys(keyed.client.id, "vjms")
        assert token_source(keyed.connection, keys, http).access_token(None) == "access-2"
    assert keyed.sync(DataType.CUSTOMERS)["customers"].status == Dataset.Status.COMPLETE
    assert values_under([old]) == {}


def test_a_key_stays_while_anything_anywhere_is_sealed_with_it(
    keyed: Linked, ring_file: Path
) -> None:
    (old,) = masters(ring_file)
    stray = keyring.seal(b"a secret that no app knows of", "nowhere")
    with client_scope(keyed.client.id):
        Credential.objects.update(previous_ciphertext=stray)
    command()
    with pytest.raises(CommandError, match=r"1 in connections_credential\.previous_ciphertext"):
        command("--retire")
    assert old in masters(ring_file)


def test_a_process_that_runs_seals_with_the_new_key_at_once(ring_file: Path) -> None:
    before = keyring.key_ring().active
    words = json.loads(ring_file.read_text())
    words["masters"].insert(0, {**words["masters"][0], "id": "m-another-process"})
    ring_file.write_text(json.dumps(words))

    assert keyring.key_ring().active.id == "m-another-process" != before.id


def test_with_one_key_there_is_nothing_to_retire(ring_file: Path, db: None) -> None:
    keyring.key_ring()
    assert "no older master key" in command("--retire")


def test_a_ring_in_the_environment_is_told_what_may_go(
    keyed: Linked, ring_file: Path, settings: Settings
) -> None:
    words = json.loads(ring_file.read_text())["masters"][0]
    fresh = "B" * 43
    settings.KEY_RING = f"fresh:{fresh},{words['id']}:{words['key']}"
    assert "Sealed 3 values with master key fresh" in command()
    assert f"Nothing needs {words['id']}: take them out" in command("--retire")
