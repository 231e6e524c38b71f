"""The pytest plugin of both halves: one Postgres a session, real roles, real row security.

The server is the embedded one in a temporary directory, or the one that
`BOOKBRIDGE_TEST_SERVER_URL` (a superuser's URL) names.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from bookbridge.kit.databases import HalfDatabase, prepare_half
from bookbridge.kit.live_half import LiveHalf
from bookbridge.kit.postgres import EmbeddedPostgres

TEST_DATA = Path(os.environ.get("BOOKBRIDGE_TEST_DATA", "../shared"))
HALVES = ("books", "bridge")


@dataclass
class TestServer:
    """A Postgres server for one test session and the databases made on it."""

    __test__ = False
    admin_url: str
    prefix: str = field(default_factory=lambda: f"t{secrets.token_hex(4)}")
    databases: list[str] = field(default_factory=list)

    def prepare(self, half: str) -> HalfDatabase:
        name = f"{self.prefix}_{half}"
        self.databases.append(name)
        return prepare_half(
            self.admin_url,
            database=name,
            role_prefix=name,
            owner_password=secrets.token_hex(12),
            app_password=secrets.token_hex(12),
        )

    def clone(self, template: str) -> str:
        """A copy of a database, with the template's privileges; returns its name."""
        name = f"{template}_{secrets.token_hex(3)}"
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        return name

    def drop(self, name: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def clean(self) -> None:
        for name in self.databases:
            self.drop(name)
            with psycopg.connect(self.admin_url, autocommit=True) as admin:
                for role in (f"{name}_app", f"{name}_owner"):
                    admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


_server: TestServer | None = None


def _start_server(config: pytest.Config) -> TestServer:
    url = os.environ.get("BOOKBRIDGE_TEST_SERVER_URL", "")
    if not url:
        # Not pytest's tmp_path: its parents are closed to the user that Postgres runs as.
        folder = Path(tempfile.mkdtemp(prefix="bookbridge-test-"))
        embedded = EmbeddedPostgres(folder, is_throwaway=True)
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
        embedded.start()
        config.add_cleanup(embedded.stop)
        url = embedded.admin_url
    server = TestServer(url)
    config.add_cleanup(server.clean)
    return server


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, args: list[str]
) -> Generator[None, None, None]:
    """Settings read the environment at import, so the test values stand before Django does."""
    half = next((name for name in HALVES if any(f"bookbridge/{name}" in a for a in args)), None)
    if half is not None:
        _prepare_half(early_config, half)
    yield


def _prepare_half(early_config: pytest.Config, half: str) -> None:
    global _server
    os.environ["DJANGO_SETTINGS_MODULE"] = f"bookbridge.{half}.settings"
    _server = _start_server(early_config)
    database = _server.prepare(half)
    upper = half.upper()
    os.environ[f"BOOKBRIDGE_{upper}_DATABASE_URL"] = database.app_url
    os.environ[f"BOOKBRIDGE_{upper}_OWNER_DATABASE_URL"] = database.owner_url
    os.environ[f"BOOKBRIDGE_{upper}_SECRET_KEY"] = secrets.token_urlsafe(40)
    os.environ.setdefault("BOOKBRIDGE_BRIDGE_KEYS", f"test:{secrets.token_urlsafe(32)}")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: object) -> Iterator[None]:
    """Migrates once, as the owner; tests run as the app role."""
    from django.core.management import call_command
    from django.db import connections

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        connections["owner"].close()
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections.close_all()


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: object) -> Iterator[str]:
    """A database of its own, where commits are real; yields its name."""
    with database_of_its_own(django_db_blocker) as name:
        yield name


@contextmanager
def database_of_its_own(django_db_blocker: object) -> Iterator[str]:
    """A copy of the database that tests use at this moment, in its place until the end."""
    from django.db import connections

    assert _server is not None
    template = str(connections["default"].settings_dict["NAME"])
    connections.close_all()
    name = _server.clone(template)
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        for alias in ("default", "owner"):
            connections[alias].settings_dict["NAME"] = name
        try:
            yield name
        finally:
            connections.close_all()
            for alias in ("default", "owner"):
                connections[alias].settings_dict["NAME"] = template
            _server.drop(name)


@pytest.fixture
def half_server(committed_db: str) -> Iterator[LiveHalf]:
    """This half's real web server and worker, on a database shared with the test."""
    live = LiveHalf(os.environ["DJANGO_SETTINGS_MODULE"].split(".")[1], app_url(committed_db))
    try:
        live.start()
        yield live
    finally:
        live.stop()


def app_url(database: str) -> str:
    """The app role's URL for a cloned database, for processes that a test starts."""
    half = os.environ["DJANGO_SETTINGS_MODULE"].split(".")[1].upper()
    return make_conninfo(os.environ[f"BOOKBRIDGE_{half}_DATABASE_URL"], dbname=database)


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of outside data; the test is skipped where it is absent."""
    if not TEST_DATA.is_dir():
        pytest.skip(f"no outside data at {TEST_DATA} (set BOOKBRIDGE_TEST_DATA)")
    return TEST_DATA
