"""`bookbridge serve` and the commands beside it, as people and accidents treat them."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from bookbridge.kit.installation.halves import BOOKS, BRIDGE
from bookbridge.kit.installation.own_server import postgres_url
from bookbridge.kit.postgres import EmbeddedPostgres
from bookbridge.kit.postgres.postmaster import is_alive, running_postmaster
from tests.conftest import Installation


@pytest.fixture
def fresh(tmp_root: Path) -> Iterator[Installation]:
    installation = Installation(tmp_root / "data")
    yield installation
    if installation.process is not None:
        installation.stop()


def status(url: str | urllib.request.Request) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def wait_for(question: Callable[[], object], seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


CHANGE_PASSWORDS = """
from django.contrib.auth import get_user_model
for user in get_user_model().objects.all():
    user.set_password("another one altogether")
    user.save()
"""


def companies_status(ready: dict[str, str]) -> int:
    """The public API's answer to the first key."""
    key = base64.b64encode(ready["api_key"].encode()).decode()
    request = urllib.request.Request(
        f"{ready['api_url']}/companies", headers={"Authorization": f"Basic {key}"}
    )
    return status(request)


def test_the_whole_life_of_an_installation(fresh: Installation) -> None:
    """Start, accidents to every part, an orderly stop, and a second start with the same keys."""
    ready = fresh.start()
    assert stat.S_IMODE(fresh.ready_file.stat().st_mode) == 0o600
    assert stat.S_IMODE((fresh.data_dir / "first-run.json").stat().st_mode) == 0o600
    assert all(ready.values()), ready
    assert status(ready["bridge_url"]) == status(f"{ready['books_url']}/status.json") == 200
    assert companies_status(ready) == 200
    before = fresh.children()
    assert set(before) == {"books serve", "books worker", "bridge serve", "bridge worker"}

    os.kill(fresh.postmaster(), signal.SIGKILL)
    os.kill(before["books serve"], signal.SIGKILL)
    os.kill(before["bridge worker"], signal.SIGKILL)
    wait_for(lambda: status(f"{ready['books_url']}/status.json") == 200)
    wait_for(lambda: set(fresh.children()) == set(before))

    assert fresh.command("books", "showmigrations", "--plan").count("[ ]") == 0
    assert fresh.process is not None
    assert fresh.process.poll() is None, "a command that shares the server does not stop it"
    assert status(f"{ready['books_url']}/status.json") == 200

    assert fresh.stop(signal.SIGTERM) == 0
    assert not fresh.ready_file.exists()
    assert running_postmaster(fresh.data_dir / "postgres" / "data") is None
    fresh.command("books", "shell", "--verbosity", "0", "--command", CHANGE_PASSWORDS)
    again = fresh.start()
    assert again == {**ready, "books_email": None, "books_password": None}
    assert companies_status(again) == 200


def test_children_end_with_a_killed_supervisor_and_the_next_start_works(
    fresh: Installation,
) -> None:
    ready = fresh.start()
    below = fresh.children()
    assert fresh.process is not None
    fresh.process.kill()
    fresh.process.wait()
    wait_for(lambda: not any(is_alive(pid) for pid in below.values()))
    wait_for(lambda: status(ready["books_url"]) == 0)
    assert fresh.start() == ready


def test_a_command_starts_and_stops_the_server_for_itself(fresh: Installation) -> None:
    fresh.command("books", "migrate", "--verbosity", "0")
    assert "[ ]" not in fresh.command("books", "showmigrations", "--plan")
    assert running_postmaster(fresh.data_dir / "postgres" / "data") is None


def test_a_taken_port_is_one_sentence(fresh: Installation) -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", fresh.books_port))
        squatter.listen()
        refused = subprocess.run(
            [
                *[sys.executable, "-m", "bookbridge.cli", "serve"],
                *["--data-dir", str(fresh.data_dir), "--bridge-port", str(fresh.bridge_port)],
                *["--books-port", str(fresh.books_port)],
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "--books-port" in refused.stderr


def test_roles_of_one_half_cannot_enter_the_other_and_no_app_role_has_powers(
    fresh: Installation,
) -> None:
    fresh.command("books", "showmigrations")
    fresh.command("bridge", "showmigrations")
    secrets = json.loads((fresh.data_dir / "secrets.json").read_text())
    with EmbeddedPostgres(fresh.data_dir) as server:
        place = server.admin_url.split("@")[1].split("/")[0]
        for half, other in ((BOOKS, BRIDGE), (BRIDGE, BOOKS)):
            for role in ("app", "owner"):
                password = secrets[f"{half.name}_{role}_password"]
                sign_in = f"postgresql://{half.name}_{role}:{password}@{place}"
                with psycopg.connect(f"{sign_in}/{half.name}") as own:
                    row = own.execute(
                        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb "
                        "FROM pg_roles WHERE rolname = current_user"
                    ).fetchone()
                assert row == (False,)
                with pytest.raises(psycopg.OperationalError, match="permission denied"):
                    psycopg.connect(f"{sign_in}/{other.name}")


def test_a_half_is_prepared_on_a_server_of_the_users_own(tmp_root: Path) -> None:
    with EmbeddedPostgres(tmp_root / "server") as server:
        prepared = subprocess.run(
            [sys.executable, "-m", "bookbridge.cli", "prepare_database", "books"],
            env={**os.environ, "BOOKBRIDGE_ADMIN_DATABASE_URL": server.admin_url},
            capture_output=True,
            text=True,
            check=True,
        )
        values = dict(line.split("=", 1) for line in prepared.stdout.splitlines())
        other = Installation(tmp_root / "other", environment=values)
        other.command("books", "migrate", "--verbosity", "0")
        with psycopg.connect(values["BOOKBRIDGE_BOOKS_DATABASE_URL"]) as connection:
            connection.execute("SELECT count(*) FROM ledger_posting")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("CREATE TABLE mine (x int)")
        assert not (tmp_root / "other" / "postgres").exists()


def test_any_spelling_of_a_connection_becomes_a_url() -> None:
    assert (
        postgres_url("host=db port=5433 dbname=books user=me password='p w'")
        == "postgresql://me:p%20w@db:5433/books"
    )
