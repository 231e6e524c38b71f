"""Each half's database: on the embedded server unless a URL says otherwise."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bookbridge.kit.databases import HalfDatabase, prepare_half
from bookbridge.kit.installation.environment import half_environment
from bookbridge.kit.installation.halves import Half
from bookbridge.kit.installation.secrets import installation_secrets
from bookbridge.kit.postgres import EmbeddedPostgres
from bookbridge.kit.postgres.cluster import make_data_dir
from bookbridge.kit.private_files import locked

LOCK_SECONDS_MAX = 60.0


def prepare_embedded(half: Half, server: EmbeddedPostgres, data_dir: Path) -> HalfDatabase:
    """The half's roles and database on the embedded server, made when they are missing."""
    secrets = installation_secrets(data_dir)
    # Two commands that start together must not both create the same role.
    with locked(data_dir / "prepare.lock", LOCK_SECONDS_MAX):
        return prepare_half(
            server.admin_url,
            database=half.name,
            role_prefix=half.name,
            owner_password=secrets[f"{half.name}_owner_password"],
            app_password=secrets[f"{half.name}_app_password"],
        )


@contextmanager
def open_half(half: Half, data_dir: Path, *, is_owner: bool = False) -> Iterator[dict[str, str]]:
    """The environment for one command of a half, with its database up for that time."""
    make_data_dir(data_dir)
    secrets = installation_secrets(data_dir)
    if half.has_own_server(os.environ):
        yield half_environment(
            half,
            base=os.environ,
            data_dir=data_dir,
            secrets=secrets,
            database=None,
            is_owner=is_owner,
        )
        return
    with EmbeddedPostgres(data_dir) as server:
        yield half_environment(
            half,
            base=os.environ,
            data_dir=data_dir,
            secrets=secrets,
            database=prepare_embedded(half, server, data_dir),
            is_owner=is_owner,
        )
