"""Certificates are permanent, and anybody can check them with the public key alone."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from bookbridge.bridge.api.tests.cast import FOUNDER, Api
from bookbridge.bridge.clients import keyring
from bookbridge.bridge.clients.operations import create_api_key
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.operations import delete_company
from bookbridge.bridge.connections.operations import delete_connection, unlink_connection
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.records.digests import digest_of
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.sync.models import Certificate
from bookbridge.bridge.sync.operations import is_genuine
from bookbridge.bridge.sync.operations.signing import signing_keys
from bookbridge.bridge.sync.tests.conftest import ANALYST, Linked


def verify(*arguments: object) -> tuple[int, str]:
    """The command as a third party has it: no settings, no database."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("BOOKBRIDGE", "DJANGO"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "bookbridge.cli", "verify", *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def api(linked: Linked) -> Api:
    with client_scope(linked.client.id):
        _key, raw = create_api_key(
            client_id=linked.client.id, name="t", actor=FOUNDER, at=timezone.now()
        )
    return Api(linked.client.id, raw)


def certificate_of(api: Api, linked: Linked, dataset_id: object) -> Any:
    path = f"/companies/{linked.company.id}/data/history/{dataset_id}/certificate"
    return api.get(path).body


def test_a_third_party_checks_a_certificate_and_the_records_with_the_public_key_alone(
    linked: Linked, api: Api, tmp_path: Path
) -> None:
    dataset = linked.sync(DataType.INVOICES)["invoices"]
    body = certificate_of(api, linked, dataset.id)
    file, keys, records = (tmp_path / name for name in ("c.json", "keys.json", "page.json"))
    file.write_text(json.dumps(body))
    keys.write_bytes(api.call("GET", "/signingKeys", Authorization="").response.content)
    page = api.get(f"/companies/{linked.company.id}/data/invoices?pageSize=500")
    records.write_bytes(page.response.content)
    status, words = verify(file, "--public-key", keys, "--records", records)
    assert status == 0, words
    assert "exactly those that were certified" in words and "All of it holds." in words

    records.write_bytes(page.response.content.replace(b"1400.00", b"1400.01", 1))
    status, words = verify(file, "--public-key", keys, "--records", records)
    assert status == 1 and "are not those that were certified" in words

    body["text"] = body["text"].replace('"rejected":0', '"rejected":1')
    file.write_text(json.dumps(body))
    status, words = verify(file, "--public-key", keys)
    assert status == 1 and "did not sign this text" in words


def test_another_installations_key_or_none_is_said(
    linked: Linked, api: Api, tmp_path: Path
) -> None:
    dataset = linked.sync(DataType.CUSTOMERS)["customers"]
    file, keys = tmp_path / "c.json", tmp_path / "keys.json"
    file.write_text(json.dumps(certificate_of(api, linked, dataset.id)))
    stranger = keyring.SigningKey("stranger", b"s" * 32)
    listed = signing_keys()[0] | {
        "x": keyring.base64.urlsafe_b64encode(stranger.public_key).decode()
    }
    keys.write_text(json.dumps({"keys": [listed]}))
    status, words = verify(file, "--public-key", keys)
    assert status == 1 and "did not sign" in words
    keys.write_text(json.dumps({"keys": [listed | {"kid": "other"}]}))
    status, words = verify(file, "--public-key", keys)
    assert status == 1 and "is not among the public keys" in words
    status, words = verify(file)
    assert status == 0 and "not who signed it" in words
    keys.write_text("not json")
    assert verify(file, "--public-key", keys)[0] == 1
    assert verify(tmp_path / "absent.json")[0] == 1


def test_a_certificate_outlives_its_connection_and_goes_with_its_company(
    linked: Linked, api: Api
) -> None:
    dataset = linked.sync(DataType.CUSTOMERS)["customers"]
    given = {"client_id": linked.client.id, "actor": ANALYST, "at": timezone.now()}
    own = {"connection_id": linked.connection.id}
    with client_scope(linked.client.id):
        unlink_connection(**given, **own)
    assert linked.certificate(dataset).outcome == Certificate.Outcome.COMPLETE
    with client_scope(linked.client.id):
        delete_connection(**given, **own)
    kept = linked.certificate(dataset)
    with client_scope(linked.client.id):
        assert is_genuine(kept)
    listed = api.get(f"/companies/{linked.company.id}/certificates").body["results"]
    assert [one["text"] for one in listed] == [kept.text]
    with client_scope(linked.client.id):
        delete_company(**given, company_id=linked.company.id)
    with client_scope(linked.client.id):
        assert not Certificate.objects.exists()


def test_the_application_cannot_rewrite_or_delete_a_certificate(linked: Linked) -> None:
    linked.sync(DataType.CUSTOMERS)
    for statement in (
        "UPDATE sync_certificate SET text = '{}'",
        "DELETE FROM sync_certificate",
        "TRUNCATE sync_certificate",
        "UPDATE sync_publickey SET public_key = ''",
    ):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            client_scope(linked.client.id),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_rotated_signing_key_still_verifies_what_it_signed(
    linked: Linked, api: Api, tmp_path: Path, settings: Any
) -> None:
    dataset = linked.sync(DataType.CUSTOMERS)["customers"]
    before = linked.certificate(dataset).key_id
    file, keys = tmp_path / "c.json", tmp_path / "keys.json"
    file.write_text(json.dumps(certificate_of(api, linked, dataset.id)))
    words = settings.KEY_RING
    try:
        settings.KEY_RING = f"sign.fresh:{'A' * 43},{words}"
        keyring.reload_key_ring()
        assert keyring.key_ring().signer.id == "fresh"
        # The old master key leaves the ring, and with it the signing key that came of it.
        settings.KEY_RING = f"sign.fresh:{'A' * 43},other:{'B' * 43}"
        keyring.reload_key_ring()
        call_command("signing_keys", output=keys)
        with client_scope(linked.client.id):
            assert is_genuine(Certificate.objects.get(dataset_id=dataset.id))
    finally:
        settings.KEY_RING = words
        keyring.reload_key_ring()
    listed = {key["kid"]: key["status"] for key in json.loads(keys.read_text())["keys"]}
    assert listed["fresh"] == "active" and listed[before] == "retired"
    assert verify(file, "--public-key", keys)[0] == 0


def test_a_new_signing_key_goes_to_the_head_of_the_rings_file(
    committed_db: str, settings: Any, tmp_path: Path
) -> None:
    words = settings.KEY_RING
    try:
        settings.KEY_RING, settings.KEY_RING_FILE = "", str(tmp_path / "ring.json")
        old = keyring.reload_key_ring().signer.id
        call_command("rotate_signing_key", stdout=io.StringIO())
        ring = keyring.key_ring()
        assert ring.signer.id != old and ring.signers[1].id == old
        assert [key["status"] for key in signing_keys()[:2]] == ["active", "retired"]
    finally:
        settings.KEY_RING = words
        keyring.reload_key_ring()


def test_deleted_records_name_the_scans_that_found_them_gone(linked: Linked) -> None:
    linked.sync(DataType.CUSTOMERS)
    gone = linked.source.records.lists["customers"].pop()["id"]
    facts = json.loads(linked.certificate(linked.sync(DataType.CUSTOMERS)["customers"]).text)
    listed = facts["lists"]["customers"]
    assert listed["deletedBy"] == [
        {"scan": listed["scan"], "evidence": "404 by its id", "records": 1}
    ]
    assert listed["deletions"] == [{"id": gone, "evidence": "404 by its id"}]
    again = json.loads(linked.certificate(linked.sync(DataType.CUSTOMERS)["customers"]).text)
    # A later certificate still knows the scan, though it deleted nothing itself.
    assert again["lists"]["customers"]["deletions"] == []
    assert again["lists"]["customers"]["deletedBy"][0]["scan"] == listed["scan"]
    assert again["content"] == facts["content"]


def test_the_digest_of_unchanged_records_is_kept_and_that_of_changed_ones_worked_out(
    linked: Linked,
) -> None:
    def certified() -> dict[str, Any]:
        done = linked.sync(DataType.CUSTOMERS)
        facts: dict[str, Any] = json.loads(linked.certificate(done["customers"]).text)
        now = digest_of(place, DataType.CUSTOMERS)
        assert (facts["content"]["records"], facts["content"]["sha256"]) == (
            now.records,
            now.sha256,
        )
        return facts

    one = linked.connection
    place = Place(client_id=one.client_id, company_id=one.company_id, connection_id=one.id)
    first, second = certified(), certified()
    assert second["records"]["isUnchanged"]
    assert second["content"] == first["content"]
    linked.source.records.attributes("customers", "501")["business-name"] = "Acme Renamed Ltd"
    assert certified()["content"]["sha256"] != first["content"]["sha256"]
