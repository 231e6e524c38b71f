"""What each half's processes are told, and what is kept from them."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from bookbridge.kit.databases import HalfDatabase
from bookbridge.kit.installation.environment import half_environment, with_addresses
from bookbridge.kit.installation.halves import BOOKS, BRIDGE, Half
from bookbridge.kit.installation.secrets import NAMES, installation_secrets

DATABASE = HalfDatabase(owner_url="postgresql://owner@db/x", app_url="postgresql://app@db/x")
SECRETS = {name: f"made {name}" for name in NAMES}


def environment(
    half: Half, base: dict[str, str] | None = None, *, is_owner: bool = False
) -> dict[str, str]:
    return half_environment(
        half,
        base=base or {},
        data_dir=Path("/data"),
        secrets=SECRETS,
        database=DATABASE,
        is_owner=is_owner,
    )


def test_only_migrations_know_the_owner() -> None:
    assert "BOOKBRIDGE_BOOKS_OWNER_DATABASE_URL" not in environment(BOOKS)
    owner = environment(BOOKS, is_owner=True)
    assert owner["BOOKBRIDGE_BOOKS_OWNER_DATABASE_URL"] == DATABASE.owner_url
    given = {"BOOKBRIDGE_BOOKS_OWNER_DATABASE_URL": "postgresql://mine@db/x"}
    assert "BOOKBRIDGE_BOOKS_OWNER_DATABASE_URL" not in environment(BOOKS, given)


def test_a_half_is_not_told_the_other_ones_secrets() -> None:
    base = {
        "BOOKBRIDGE_BRIDGE_KEYS": "k:secret",
        "BOOKBRIDGE_BOOKS_SECRET_KEY": "s",
        "PATH": "/bin",
    }
    books, bridge = environment(BOOKS, base), environment(BRIDGE, base)
    assert not [name for name in books if name.startswith("BOOKBRIDGE_BRIDGE_")]
    assert not [name for name in bridge if name.startswith("BOOKBRIDGE_BOOKS_")]
    assert books["PATH"] == bridge["PATH"] == "/bin"


def test_what_is_set_already_wins() -> None:
    base = {"BOOKBRIDGE_BOOKS_SECRET_KEY": "mine", "BOOKBRIDGE_OUTBOX": "/mail"}
    told = environment(BOOKS, base)
    assert told["BOOKBRIDGE_BOOKS_SECRET_KEY"] == "mine"
    assert told["BOOKBRIDGE_OUTBOX"] == "/mail"
    keys = environment(BRIDGE, {"BOOKBRIDGE_BRIDGE_KEYS": "k:mine"})
    assert "BOOKBRIDGE_BRIDGE_KEYS_FILE" not in keys
    public = {"BOOKBRIDGE_BOOKS_URL": "https://books.example"}
    addressed = with_addresses(public, BOOKS, host="127.0.0.1", port=8001)
    assert addressed["BOOKBRIDGE_BOOKS_URL"] == "https://books.example"


def test_addresses_are_ones_that_a_browser_can_open() -> None:
    everywhere = with_addresses({}, BOOKS, host="0.0.0.0", port=8001)
    assert everywhere["BOOKBRIDGE_BOOKS_URL"] == "http://127.0.0.1:8001"
    six = with_addresses({}, BRIDGE, host="::1", port=8000)
    assert six["BOOKBRIDGE_BRIDGE_URL"] == "http://[::1]:8000"
    named = with_addresses({}, BOOKS, host="192.0.2.7", port=8001)
    assert "192.0.2.7" in named["BOOKBRIDGE_BOOKS_HOSTS"].split(",")


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    first = installation_secrets(tmp_path)
    assert installation_secrets(tmp_path) == first
    assert len(set(first.values())) == len(NAMES)
    path = tmp_path / "secrets.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    values = json.loads(path.read_text())
    del values["books_secret_key"]
    path.write_text(json.dumps(values))
    again = installation_secrets(tmp_path)
    assert again["books_secret_key"] != first["books_secret_key"]
    assert again["bridge_secret_key"] == first["bridge_secret_key"]
