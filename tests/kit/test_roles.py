"""What the roles of a half may do, on a real server."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from bookbridge.kit.databases import (
    OUR_END,
    SERVERS_END,
    HalfDatabase,
    django_database,
    prepare_half,
)
from bookbridge.kit.postgres import EmbeddedPostgres


@pytest.fixture(scope="module")
def halves() -> Iterator[dict[str, HalfDatabase]]:
    """Both halves' databases on one server for the whole module."""
    folder = Path(tempfile.mkdtemp(prefix="bookbridge-kit-"))
    folder.chmod(0o711)
    with EmbeddedPostgres(folder / "data") as server:
        yield {
            half: prepare_half(
                server.admin_url,
                database=half,
                role_prefix=half,
                owner_password=f"{half}-owner",
                app_password=f"{half}-app",
            )
            for half in ("books", "bridge")
        }
    shutil.rmtree(folder, ignore_errors=True)


def test_the_roles_of_a_half_cannot_enter_the_other_halfs_database(
    halves: dict[str, HalfDatabase],
) -> None:
    for mine, theirs in (("books", "bridge"), ("bridge", "books")):
        for url in (halves[mine].app_url, halves[mine].owner_url):
            with psycopg.connect(url):
                """Its own is open to it."""
            with pytest.raises(psycopg.OperationalError, match="permission denied"):
                psycopg.connect(make_conninfo(url, dbname=theirs))


def test_the_app_role_changes_no_schema_and_bypasses_nothing(
    halves: dict[str, HalfDatabase],
) -> None:
    with psycopg.connect(halves["books"].app_url) as app:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE mine (id int)")
        app.rollback()
        rights = app.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles "
            "WHERE rolname = current_user"
        ).fetchone()
    assert rights == (False, False, False, False)


def test_the_app_role_may_not_empty_a_table(halves: dict[str, HalfDatabase]) -> None:
    with psycopg.connect(halves["books"].owner_url) as owner:
        owner.execute("CREATE TABLE kept (id int)")
    with (
        psycopg.connect(halves["books"].app_url) as app,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        app.execute("TRUNCATE kept")


def test_a_peer_that_falls_silent_is_given_up_within_seconds_at_both_ends(
    halves: dict[str, HalfDatabase],
) -> None:
    """By default a cut-off machine's session would keep its row locks for hours."""
    options = django_database(halves["bridge"].app_url, "A_SETTING")["OPTIONS"]
    assert options["keepalives_idle"] <= 30
    with psycopg.connect(halves["bridge"].app_url, **OUR_END) as app:
        for name, value in SERVERS_END.items():
            shown = app.execute(
                "SELECT setting FROM pg_settings WHERE name = %s", (name,)
            ).fetchone()
            assert shown == (str(value),)
