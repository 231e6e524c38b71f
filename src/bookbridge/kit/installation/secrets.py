"""Random secrets of an installation: made once, kept in files of mode 600."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from pathlib import Path

from bookbridge.kit.private_files import locked, write_private_json

LOCK_SECONDS_MAX = 10.0
SECRET_BYTES = 32
NAMES = tuple(
    f"{half}_{kind}"
    for half in ("books", "bridge")
    for kind in ("secret_key", "owner_password", "app_password")
)


def installation_secrets(data_dir: Path, names: Iterable[str] = NAMES) -> dict[str, str]:
    """Every named secret, making those that do not exist yet."""
    path = data_dir / "secrets.json"
    with locked(data_dir / "secrets.lock", LOCK_SECONDS_MAX):
        values: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        missing = [name for name in names if name not in values]
        if missing:
            values.update({name: secrets.token_urlsafe(SECRET_BYTES) for name in missing})
            write_private_json(path, values)
    return values
