"""What a thief of the databases, or of the logs, would find: no secret of anybody's."""

from __future__ import annotations

import base64
import json
import re
import secrets
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from bookbridge.demo.syncing import IN_PROGRESS
from bookbridge.kit.postgres import EmbeddedPostgres
from tests.stories.proxy import Answer, path_of
from tests.stories.world import Business, Linked, World

WAIT_SECONDS_MAX = 180
POLL_SECONDS = 0.3
# The source's own spelling of a field, which nothing but a raw record has.
RAW_MARK = re.compile(rb'"document-side"\s*:\s*"customer"')
CODE = re.compile(r"[?&]code=([^&]+)")

REFUSE_TOKENS = """
CREATE FUNCTION refuse_tokens() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'there is no room for the tokens of %', NEW.connection_id; END $$;
CREATE TRIGGER refuse_tokens BEFORE UPDATE OF tokens_ciphertext ON connections_credential
FOR EACH ROW EXECUTE FUNCTION refuse_tokens()
"""
ACCEPT_TOKENS = """
DROP FUNCTION refuse_tokens() CASCADE;
UPDATE connections_credential SET lease_owner = NULL, lease_until = NULL
"""
TABLES = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""


@dataclass
class Eavesdropper:
    """Stands at the source, notes every secret that passes, and makes trouble when told to."""

    tokens: dict[str, str] = field(default_factory=dict)
    raw_seen: int = 0
    refuses_access: bool = False
    refuses_refresh: bool = False

    def __call__(self, path: str, answer: Answer) -> Answer:
        for code in CODE.findall(answer.headers.get("location", "")):
            self.tokens[f"code {len(self.tokens)}"] = code
        if path_of(path) == "/oauth/token":
            self._token(answer)
        elif "/api/v1/companies/" in path:
            self.raw_seen += len(RAW_MARK.findall(answer.body))
            if self.refuses_access:
                return Answer(401, answer.headers, b"", {"errors": ["Your token has lapsed"]})
        return answer

    def _token(self, answer: Answer) -> None:
        for name in ("access_token", "refresh_token"):
            if name in answer.document:
                self.tokens[f"{name} {len(self.tokens)}"] = answer.document[name]
        if self.refuses_refresh:
            # As unkind as a source can be: it repeats what it was sent.
            known = ", ".join(self.tokens.values())
            answer.status = 400
            answer.document = {"error": "invalid_grant", "error_description": f"spent: {known}"}


@dataclass
class Told:
    """A whole story's secrets by name, after all of it has happened."""

    world: World
    secrets: dict[str, str]
    tokens: dict[str, str]
    raw_seen: int


@pytest.fixture(scope="module")
def told(shared_world: World, shop: Business) -> Iterator[Told]:
    world, ear = shared_world, Eavesdropper()
    world.proxy.lie = ear
    try:
        linked = world.link(shop)
        world.await_sync(linked)
        found = _secrets_of_the_api(world, linked)
        _token_that_cannot_be_stored(world, linked, ear)
        _grant_that_is_gone(world, linked, ear)
        wrong = _wrong_sign_ins(world)
    finally:
        world.proxy.lie = None
    known = {
        "API key": world.ready.api_key,
        "portal password": world.ready.portal_password,
        "books password": str(world.running.ready["books_password"]),
        "owner's password": shop.password,
        "client secret": str(world.keys["client_secret"]),
        "books API token": str(shop.books.http.headers["access-token"]),
        **found,
    }
    yield Told(world, known, {**ear.tokens, **wrong}, ear.raw_seen)


def _secrets_of_the_api(world: World, linked: Linked) -> dict[str, str]:
    made = world.api.http.post(
        "/webhooks", json={"url": "http://127.0.0.1:9/hook", "disabled": True}
    )
    assert made.status_code == 201, made.text
    company = f"/companies/{linked.company_id}"
    return {
        "webhook secret": world.api.get(f"/webhooks/{made.json()['id']}/secret")["secret"],
        "company access token": world.api.get(f"{company}/accessToken")["accessToken"],
        "another API key": world.api.http.post("/apiKeys", json={"name": "t"}).json()["apiKey"],
    }


def _token_that_cannot_be_stored(world: World, linked: Linked, ear: Eavesdropper) -> None:
    """The database refuses the new pair: a bug, logged with its traceback."""
    with database(world, "bridge") as connection:
        connection.execute(REFUSE_TOKENS)
        ear.refuses_access = True
        ended = _read_customers(world, linked)
        connection.execute(ACCEPT_TOKENS)
    assert ended["status"] == "InternalError", ended


def _grant_that_is_gone(world: World, linked: Linked, ear: Eavesdropper) -> None:
    ear.refuses_refresh = True
    ended = _read_customers(world, linked)
    assert ended["status"] == "AuthError", ended
    path = f"/companies/{linked.company_id}/connections/{linked.connection_id}"
    assert world.api.get(path)["status"] == "Deauthorized"


def _read_customers(world: World, linked: Linked) -> dict[str, Any]:
    asked = world.api.http.post(f"/companies/{linked.company_id}/data/queue/customers")
    assert asked.status_code == 200, asked.text
    path = f"/companies/{linked.company_id}/data/history/{asked.json()['id']}"
    until = time.monotonic() + WAIT_SECONDS_MAX
    while time.monotonic() < until:
        found: dict[str, Any] = world.api.get(path)
        if found["status"] not in IN_PROGRESS:
            return found
        time.sleep(POLL_SECONDS)
    raise AssertionError(f"{found} does not end: {world.running.log_file.read_text()[-4000:]}")


def _wrong_sign_ins(world: World) -> dict[str, str]:
    """Whoever mistypes a password or a key must not find it in a log either."""
    typed = {f"mistyped {number}": secrets.token_urlsafe(20) for number in range(3)}
    key, password, bearer = typed.values()
    with httpx.Client(timeout=30) as http:
        basic = base64.b64encode(key.encode()).decode()
        url = f"{world.ready.api_url}/companies"
        assert http.get(url, headers={"Authorization": f"Basic {basic}"}).status_code == 401
        url = f"{world.ready.books_url}/api/v1"
        body = {"email": world.ready.portal_email, "password": password}
        assert http.post(f"{url}/auth/sign_in", json=body).status_code == 401
        headers = {"Authorization": f"Bearer {bearer}"}
        assert http.get(f"{url}/companies", headers=headers).status_code == 401
    return {**typed, "mistyped key in base64": basic}


@contextmanager
def database(world: World, name: str) -> Iterator[psycopg.Connection[Any]]:
    """One half's database, as somebody sees it who took the whole server."""
    with (
        EmbeddedPostgres(world.running.data_dir) as server,
        psycopg.connect(make_conninfo(server.admin_url, dbname=name), autocommit=True) as found,
    ):
        yield found


def rows_of(connection: psycopg.Connection[Any]) -> Iterator[tuple[str, bytes]]:
    """Every row of every table, as text; binary columns as hex, sessions opened."""
    for (table,) in connection.execute(TABLES).fetchall():
        statement = sql.SQL("SELECT to_jsonb(t)::text FROM {} AS t").format(sql.Identifier(table))
        for (row,) in connection.execute(statement):
            yield table, row.encode()
            if table == "django_session":
                yield table, _opened_session(json.loads(row)["session_data"])


def _opened_session(data: str) -> bytes:
    packed = data.split(":")[0]
    is_compressed, text = packed.startswith("."), packed.lstrip(".")
    plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return zlib.decompress(plain) if is_compressed else plain


def tables_sealed_with(world: World, key_id: str) -> set[str]:
    """Tables with a value that names this master key in its head."""
    head = b"\\\\x" + (b"\x01" + bytes((len(key_id),)) + key_id.encode()).hex().encode()
    with database(world, "bridge") as connection:
        return {table for table, row in rows_of(connection) if head in row}


def spellings(secret: str) -> tuple[bytes, ...]:
    """A secret as it stands, in hex as a binary column shows it, and in base64."""
    plain = secret.encode()
    return plain, plain.hex().encode(), base64.b64encode(plain).rstrip(b"=")


def test_the_story_had_every_kind_of_secret(told: Told) -> None:
    kinds = {name.split(" ")[0] for name in told.tokens}
    assert {"code", "access_token", "refresh_token", "mistyped"} <= kinds
    assert all(len(secret) >= 8 for secret in (*told.secrets.values(), *told.tokens.values()))
    assert told.raw_seen > 0


@pytest.mark.parametrize("half", ["bridge", "books"])
def test_no_secret_is_readable_in_a_database(told: Told, half: str) -> None:
    needles = {
        spelling: name
        for name, secret in {**told.secrets, **told.tokens}.items()
        for spelling in spellings(secret)
    }
    found: set[tuple[str, str]] = set()
    count = 0
    with database(told.world, half) as connection:
        for table, row in rows_of(connection):
            count += 1
            found |= {(table, name) for needle, name in needles.items() if needle in row}
            if half == "bridge" and RAW_MARK.search(row.replace(b'\\"', b'"')):
                found.add((table, "a raw record"))
    assert found == set()
    assert count > 200, "the database was hardly looked at"


def test_no_log_shows_a_secret(told: Told) -> None:
    log = told.world.running.log_file.read_bytes()
    everything = {**told.secrets, **told.tokens}
    found = {name for name, secret in everything.items() if secret.encode() in log}
    assert found == set()
    assert b"Traceback" in log, "the story had an exception that is logged"
    assert b"there is no room for the tokens of" in log


def test_master_keys_rotate_and_old_ones_go_while_a_company_is_read(
    told: Told, shop: Business
) -> None:
    world, printed = told.world, [""]

    def rotate_once(path: str) -> None:
        if "/invoices" in path and printed == [""]:
            printed[0] = "rotating"
            printed.append(world.running.command("bridge", "rotate_keys"))
            printed.append(world.running.command("bridge", "rotate_keys", "--retire"))

    ring = world.running.data_dir / "bridge-keys.json"
    (old, *_) = json.loads(ring.read_text())["masters"]
    assert "companies_companykey" in tables_sealed_with(world, old["id"])
    world.proxy.pause = rotate_once
    try:
        linked = world.link(shop)
        datasets = world.await_sync(linked)
    finally:
        world.proxy.pause = None

    assert "taken out of the ring" in printed[-1]
    assert [one["id"] for one in json.loads(ring.read_text())["masters"]] != [old["id"]]
    compared = world.reconciliation(linked, datasets)
    assert compared is not None and compared["outcome"] == "RECONCILED"
    hook = world.api.get("/webhooks")["results"][0]["id"]
    assert world.api.get(f"/webhooks/{hook}/secret")["secret"] == told.secrets["webhook secret"]
    assert tables_sealed_with(world, old["id"]) == set(), "sealed with a key that is gone"
