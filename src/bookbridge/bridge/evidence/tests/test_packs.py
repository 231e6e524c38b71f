"""An evidence pack is whole, signed, the same each time, and checked without us."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from django.utils import timezone

from bookbridge.bridge.api.tests.cast import basic
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.evidence.models import EvidencePack, PackChunk
from bookbridge.bridge.evidence.operations import packs
from bookbridge.bridge.evidence.operations.building import build_pack
from bookbridge.bridge.evidence.tests.conftest import Read
from bookbridge.bridge.sync.tests.test_certificates import verify
from bookbridge.kit.live_half import LiveHalf


def made(read: Read, as_of: str | None = None) -> tuple[dict[str, Any], bytes]:
    """A pack, asked for, built as the worker would, and downloaded."""
    asked = read.api.post(f"{read.path}/evidencePacks", {"asOf": as_of} if as_of else {})
    assert asked.status == 202 and asked.body["state"] == "queued"
    build_pack(client_id=read.linked.client.id, pack_id=UUID(asked.body["id"]))
    shown = read.get(f"/evidencePacks/{asked.body['id']}").body
    assert shown["state"] == "ready", shown
    reply = read.get(f"/evidencePacks/{shown['id']}/download").response
    content = b"".join(reply)
    assert len(content) == shown["size"] == int(reply.headers["Content-Length"])
    return shown, content


def lines(content: bytes, name: str) -> list[Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = next(one for one in archive.namelist() if one.endswith(name))
        return [json.loads(line) for line in archive.read(found).splitlines()]


@pytest.fixture
def keys(read: Read, tmp_path: Path) -> Path:
    file = tmp_path / "keys.json"
    file.write_bytes(read.api.get("/signingKeys").response.content)
    return file


def test_a_pack_is_checked_without_database_or_network(
    read: Read, keys: Path, tmp_path: Path
) -> None:
    _shown, content = made(read)
    file = tmp_path / "pack.zip"
    file.write_bytes(content)
    status, words = verify(file, "--public-key", keys)
    assert status == 0, words
    assert "records/invoices.jsonl: exactly the" in words and "All of it holds." in words
    assert "certificates.jsonl: each of" in words
    status, words = verify(file)
    assert status == 0 and "not who signed it" in words


def rewritten(content: bytes, file: Path, ending: str, change: Any) -> None:
    """The archive with one file changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text) if name.endswith(ending) else text)


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        ("records/invoices.jsonl", "was changed"),
        ("raw/invoices.jsonl", "was changed"),
        ("manifest.json", "not the one that was signed"),
        ("signing-keys.json", "was changed"),
    ],
)
def test_a_pack_that_was_touched_does_not_pass(
    read: Read, keys: Path, tmp_path: Path, ending: str, words: str
) -> None:
    _shown, content = made(read)
    file = tmp_path / "pack.zip"
    rewritten(content, file, ending, lambda text: text + b" ")
    status, said = verify(file, "--public-key", keys)
    assert status == 1 and words in said


def test_a_pack_holds_what_the_api_shows_and_what_the_source_gave(read: Read) -> None:
    _shown, content = made(read)
    shown = read.get("/data/invoices?pageSize=500").body["results"]
    assert lines(content, "records/invoices.jsonl") == sorted(shown, key=lambda one: one["id"])
    raw = {one["id"]: json.loads(one["text"]) for one in lines(content, "raw/invoices.jsonl")}
    assert raw["9001"] == read.linked.source.records.record("invoices", "9001")
    sources = next(
        one
        for one in lines(content, "sources.jsonl")
        if (one["dataType"], one["id"]) == ("invoices", "9001")
    )
    assert {"resource": "bank_transactions", "id": "8002"} in sources["sources"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        readme = archive.read("README.txt").decode()
    assert "EVIDENCE OF Harbour Ltd" in readme and "bookbridge verify" in readme


def test_the_same_state_gives_the_same_bytes(read: Read) -> None:
    at = f"{timezone.now():%Y-%m-%dT%H:%M:%S.%fZ}"
    first = made(read, at)[1]
    read.linked.source.records.attributes("customers", "501")["business-name"] = "Renamed Ltd"
    read.linked.sync(DataType.CUSTOMERS)
    # What was learned later is not in it, so a later build of that date is the same archive.
    assert made(read, at)[1] == first
    now = made(read)[1]
    assert now != first
    names = {one["customerName"] for one in lines(now, "records/customers.jsonl")}
    assert "Renamed Ltd" in names
    assert [one["id"] for one in lines(now, "versions.jsonl")]


def test_records_that_nobody_certified_do_not_pass(read: Read, keys: Path, tmp_path: Path) -> None:
    from bookbridge.bridge.records.models import Record

    with client_scope(read.linked.client.id):
        row = Record.objects.get(data_type="invoices", record_id="9001")
        Record.objects.filter(data_type="invoices", record_id="9001").update(
            body=row.body | {"totalAmount": 1}
        )
    _shown, content = made(read)
    file = tmp_path / "pack.zip"
    file.write_bytes(content)
    status, words = verify(file, "--public-key", keys)
    assert status == 1 and "records/invoices.jsonl: not the records that were certified" in words


def test_pieces_of_a_pack_are_sealed_with_the_companys_key(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bookbridge.bridge.evidence.packs.archive.PIECE_BYTES", 4096)
    shown, content = made(read)
    with client_scope(read.linked.client.id):
        pieces = list(PackChunk.objects.filter(pack_id=shown["id"]).order_by("position"))
    assert len(pieces) == -(-len(content) // 4096) > 3
    assert b"PK" not in bytes(pieces[0].content)[:64]


def test_packs_are_listed_limited_deleted_and_dropped_in_time(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packs, "PACKS_MAX", 2)
    shown, _content = made(read)
    waiting = read.api.post(f"{read.path}/evidencePacks", {}).body
    assert read.get(f"/evidencePacks/{waiting['id']}/download").status == 409
    assert read.api.post(f"{read.path}/evidencePacks", {}).status == 409
    assert read.get("/evidencePacks").body["totalResults"] == 2
    assert read.api.call("DELETE", f"{read.path}/evidencePacks/{waiting['id']}").status == 204
    assert read.get(f"/evidencePacks/{waiting['id']}").status == 404
    for odd in ("2999-01-01", "yesterday", "0001-01-01T00:00:00+23:59", "2026-01-3x"):
        assert read.api.post(f"{read.path}/evidencePacks", {"asOf": odd}).status == 400
    today = f"{timezone.now():%Y-%m-%d}"
    assert read.api.post(f"{read.path}/evidencePacks", {"asOf": today}).status == 202
    # A job whose pack is gone does nothing.
    build_pack(client_id=read.linked.client.id, pack_id=UUID(waiting["id"]))
    assert packs.drop_expired_packs(at=timezone.now()) == 0
    packs.drop_expired_packs(at=timezone.now() + packs.KEPT_FOR)
    assert read.get(f"/evidencePacks/{shown['id']}").status == 404
    with client_scope(read.linked.client.id):
        assert not EvidencePack.objects.exists() and not PackChunk.objects.exists()


def test_the_worker_makes_a_pack_and_the_web_server_streams_it(
    read: Read, half_server: LiveHalf, tmp_path: Path
) -> None:
    headers = {"Authorization": basic(read.api.key)}
    with httpx.Client(base_url=f"{half_server.url}/api", headers=headers, timeout=60) as http:
        asked = http.post(f"{read.path}/evidencePacks", json={})
        assert asked.status_code == 202, asked.text
        path = f"{read.path}/evidencePacks/{asked.json()['id']}"
        half_server.wait_for(lambda: http.get(path).json()["state"] == "ready", 120)
        reply = http.get(f"{path}/download")
        keys = http.get("/signingKeys")
    assert reply.headers["Content-Type"] == "application/zip"
    assert hashlib.sha256(reply.content).hexdigest() == http_sha(read, path)
    file, listed = tmp_path / "pack.zip", tmp_path / "keys.json"
    file.write_bytes(reply.content)
    listed.write_bytes(keys.content)
    assert verify(file, "--public-key", listed)[0] == 0


def http_sha(read: Read, path: str) -> str:
    return str(read.api.get(path).body["sha256"])
