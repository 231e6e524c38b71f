"""The environment of one half's processes: its own settings, and none of the other's."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path

from bookbridge.kit.databases import HalfDatabase
from bookbridge.kit.installation.halves import HALVES, Half

WILDCARD_HOSTS = frozenset({"0.0.0.0", "::"})  # noqa: S104 (compared with, not listened on)
LOOPBACK = "127.0.0.1"


def half_environment(
    half: Half,
    *,
    base: Mapping[str, str],
    data_dir: Path,
    secrets: Mapping[str, str],
    database: HalfDatabase | None,
    is_owner: bool = False,
) -> dict[str, str]:
    """What a process of `half` sees; the owner's URL only where it may change the schema.

    Variables that are set already win, so that every value can be chosen from outside.
    """
    others = tuple(f"BOOKBRIDGE_{other.name.upper()}_" for other in HALVES if other != half)
    owner_variable = half.variable("OWNER_DATABASE_URL")
    values = {
        half.variable("SECRET_KEY"): secrets[f"{half.name}_secret_key"],
        "BOOKBRIDGE_OUTBOX": str(data_dir / "outbox"),
        "BOOKBRIDGE_DATA_DIR": str(data_dir),
    }
    if half.name == "bridge" and not base.get("BOOKBRIDGE_BRIDGE_KEYS", "").strip():
        values["BOOKBRIDGE_BRIDGE_KEYS_FILE"] = str(data_dir / "bridge-keys.json")
    values.update({name: value for name, value in base.items() if not name.startswith(others)})
    values["DJANGO_SETTINGS_MODULE"] = half.settings_module
    if database is not None:
        values[half.variable("DATABASE_URL")] = database.app_url
        values[owner_variable] = database.owner_url
    if not is_owner:
        values.pop(owner_variable, None)
    return values


def detached_environment(half: Half, base: Mapping[str, str]) -> dict[str, str]:
    """What a command sees that needs no database, and leaves none behind."""
    return {
        half.variable("SECRET_KEY"): "of-no-use",
        half.variable("DATABASE_URL"): "postgresql://nobody@127.0.0.1:1/none",
        **base,
        "DJANGO_SETTINGS_MODULE": half.settings_module,
    }


def with_addresses(
    environment: dict[str, str], half: Half, *, host: str, port: int
) -> dict[str, str]:
    """Adds the public address and the host names that the half answers to, unless chosen."""
    visible = LOOPBACK if host in WILDCARD_HOSTS else host
    shown = f"[{visible}]" if ":" in visible else visible
    hosts = dict.fromkeys([shown, "127.0.0.1", "localhost", "[::1]"])
    if host in WILDCARD_HOSTS:
        hosts[socket.gethostname()] = None
    defaults = {
        half.variable("URL"): f"http://{shown}:{port}",
        half.variable("HOSTS"): ",".join(hosts),
    }
    return {**defaults, **environment}
