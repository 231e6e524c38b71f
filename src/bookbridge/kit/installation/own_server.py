"""Makes a half's database and roles on a server of the user's own."""

from __future__ import annotations

import os
import secrets
from urllib.parse import quote, urlencode

from psycopg.conninfo import conninfo_to_dict

from bookbridge.kit.databases import prepare_half
from bookbridge.kit.env import SettingError
from bookbridge.kit.installation.halves import Half

ADMIN_VARIABLE = "BOOKBRIDGE_ADMIN_DATABASE_URL"
PASSWORD_BYTES = 32


def prepare_own_server(half: Half, database: str) -> dict[str, str]:
    """The variables to set; run again, it gives both roles new passwords.

    The administrator's URL comes by the environment, as arguments are visible to every user.
    """
    admin_url = os.environ.get(ADMIN_VARIABLE, "").strip()
    if not admin_url:
        raise SettingError(
            f"{ADMIN_VARIABLE} is not set. Give it the URL of a role that may create roles and "
            "databases, such as postgresql://postgres:password@host:5432/postgres."
        )
    made = prepare_half(
        admin_url,
        database=database,
        role_prefix=database,
        owner_password=secrets.token_urlsafe(PASSWORD_BYTES),
        app_password=secrets.token_urlsafe(PASSWORD_BYTES),
    )
    return {
        half.variable("DATABASE_URL"): postgres_url(made.app_url),
        half.variable("OWNER_DATABASE_URL"): postgres_url(made.owner_url),
    }


def postgres_url(conninfo: str) -> str:
    """A connection string of any spelling as a `postgresql://` URL."""
    parts = {key: str(value) for key, value in conninfo_to_dict(conninfo).items()}
    user, password = parts.pop("user", ""), parts.pop("password", "")
    host, port, name = parts.pop("host", ""), parts.pop("port", "5432"), parts.pop("dbname", "")
    if host.startswith("/"):
        parts["host"], host = host, ""
    place = f"[{host}]" if ":" in host else host
    query = f"?{urlencode(parts)}" if parts else ""
    return (
        f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}@{place}:{port}"
        f"/{quote(name, safe='')}{query}"
    )
