"""Postgres URLs as Django's settings, and a half's database with its two roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bookbridge.kit.env import SettingError

CONNECT_TIMEOUT_SECONDS = 10
# How soon each end gives up a peer whose machine or network is gone without a word: until then a
# session keeps its row locks, and by default that takes hours.
PEER_SILENT_SECONDS, PEER_ASKED_EVERY_SECONDS, PEER_ASKED_TIMES = 10, 5, 3
PEER_UNHEARD_MILLISECONDS = 25_000
OUR_END = {
    "keepalives_idle": PEER_SILENT_SECONDS,
    "keepalives_interval": PEER_ASKED_EVERY_SECONDS,
    "keepalives_count": PEER_ASKED_TIMES,
    "tcp_user_timeout": PEER_UNHEARD_MILLISECONDS,
}
SERVERS_END = {
    "tcp_keepalives_idle": PEER_SILENT_SECONDS,
    "tcp_keepalives_interval": PEER_ASKED_EVERY_SECONDS,
    "tcp_keepalives_count": PEER_ASKED_TIMES,
    "tcp_user_timeout": PEER_UNHEARD_MILLISECONDS,
}


@dataclass(frozen=True)
class HalfDatabase:
    """Where one half's data lives: URLs of the owner (migrations) and of the app (the rest)."""

    owner_url: str
    app_url: str


def django_database(url: str, setting: str) -> dict[str, Any]:
    """Django's settings for a `postgresql://` URL; raises SettingError naming the setting."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise SettingError(
            f"{setting} is not a Postgres URL ({error}). "
            "Write postgresql://user:password@host:5432/database."
        ) from error
    options = {
        key: value
        for key, value in parts.items()
        if key not in {"user", "password", "host", "port", "dbname"}
    }
    options.setdefault("connect_timeout", CONNECT_TIMEOUT_SECONDS)
    for name, value in OUR_END.items():
        options.setdefault(name, value)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", ""),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def prepare_half(
    admin_url: str, *, database: str, role_prefix: str, owner_password: str, app_password: str
) -> HalfDatabase:
    """Create, or bring up to date, a half's database with its owner and app roles.

    Safe to repeat. The app role can neither change the schema nor bypass row-level security, and
    no role but these two may connect to the database.
    """
    owner, app = f"{role_prefix}_owner", f"{role_prefix}_app"
    with psycopg.connect(admin_url, autocommit=True) as admin:
        for role, password in ((owner, owner_password), (app, app_password)):
            _ensure_role(admin, role, password)
            for name, value in SERVERS_END.items():
                admin.execute(
                    sql.SQL("ALTER ROLE {} SET {} = {}").format(
                        sql.Identifier(role), sql.Identifier(name), sql.Literal(value)
                    )
                )
        exists = admin.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", (database,)
        ).fetchone()
        if not exists:
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                    sql.Identifier(database), sql.Identifier(owner)
                )
            )
        for statement in (
            "REVOKE ALL ON DATABASE {db} FROM PUBLIC",
            "GRANT CONNECT, TEMPORARY ON DATABASE {db} TO {app}",
        ):
            admin.execute(
                sql.SQL(statement).format(db=sql.Identifier(database), app=sql.Identifier(app))
            )
    with psycopg.connect(make_conninfo(admin_url, dbname=database), autocommit=True) as inside:
        for statement in (
            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
            "GRANT ALL ON SCHEMA public TO {owner}",
            "GRANT USAGE ON SCHEMA public TO {app}",
            "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public "
            "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
            "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public "
            "GRANT USAGE, SELECT ON SEQUENCES TO {app}",
        ):
            inside.execute(
                sql.SQL(statement).format(owner=sql.Identifier(owner), app=sql.Identifier(app))
            )
    return HalfDatabase(
        owner_url=make_conninfo(admin_url, dbname=database, user=owner, password=owner_password),
        app_url=make_conninfo(admin_url, dbname=database, user=app, password=app_password),
    )


def _ensure_role(admin: psycopg.Connection, role: str, password: str) -> None:
    exists = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    verb = "ALTER" if exists else "CREATE"
    admin.execute(
        sql.SQL(
            verb + " ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD {}"
        ).format(sql.Identifier(role), sql.Literal(password))
    )
