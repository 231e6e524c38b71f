"""`bookbridge backup FILE` and `bookbridge restore FILE`."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from bookbridge.kit.installation.databases import prepare_embedded
from bookbridge.kit.installation.halves import HALVES, Half
from bookbridge.kit.postgres import EmbeddedPostgres
from bookbridge.kit.postgres.cluster import make_data_dir
from bookbridge.kit.private_files import write_private
from bookbridge.upkeep.archive import Manifest, existing, read_archive, write_archive
from bookbridge.upkeep.dumping import dump_database, restore_database
from bookbridge.upkeep.errors import UpkeepError

# Without them nothing that is sealed in the databases can be read again.
KEY_FILES = ("secrets.json", "bridge-keys.json", "first-run.json")
Say = Callable[[str], None]


def back_up(data_dir: Path, target: Path, *, with_keys: bool, say: Say) -> Manifest:
    """Copy both databases, and the keys unless told otherwise, while everything runs on.

    Each database is copied as it was at one moment. Raises UpkeepError.
    """
    if target.exists():
        raise UpkeepError(f"{target} exists. Choose a new name: a back-up is never overwritten.")
    if not target.parent.is_dir():
        raise UpkeepError(f"There is no folder {target.parent}. Make it first.")
    at = dt.datetime.now(dt.UTC)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as name:
        folder = Path(name)
        files: dict[str, Path] = {}
        with _owners_urls(data_dir) as urls:
            for half, url in urls.items():
                say(f"copying {half.name}")
                files[f"{half.name}.dump"] = folder / f"{half.name}.dump"
                dump_database(url, files[f"{half.name}.dump"])
        if with_keys:
            for path in existing(data_dir / key for key in KEY_FILES):
                files[f"keys/{path.name}"] = path
        say("writing the archive")
        return write_archive(target, files, has_keys=with_keys, at=at)


def restore(source: Path, data_dir: Path, *, say: Say) -> Manifest:
    """Put a back-up into an empty data directory, or into empty databases of your own.

    Nothing is changed unless the whole archive is sound. Raises UpkeepError.
    """
    _require_empty(data_dir)
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data_dir.parent, prefix=".restore-") as name:
        folder = Path(name)
        say("checking the archive")
        manifest = read_archive(source, folder)
        make_data_dir(data_dir)
        for path in existing(folder / key for key in KEY_FILES):
            write_private(data_dir / path.name, path.read_text())
        with _owners_urls(data_dir) as urls:
            for half, url in urls.items():
                _require_no_tables(half, url)
            for half, url in urls.items():
                say(f"restoring {half.name}")
                restore_database(url, folder / f"{half.name}.dump")
    return manifest


@contextmanager
def _owners_urls(data_dir: Path) -> Iterator[dict[Half, str]]:
    """For each half a URL that reads and writes everything, with its server up for that time."""
    embedded = [half for half in HALVES if not half.has_own_server(os.environ)]
    urls = {half: _own_url(half) for half in HALVES if half not in embedded}
    if not embedded:
        yield urls
        return
    with EmbeddedPostgres(data_dir) as server:
        for half in embedded:
            prepare_embedded(half, server, data_dir)
            urls[half] = make_conninfo(server.admin_url, dbname=half.name)
        yield {half: urls[half] for half in HALVES}


def _own_url(half: Half) -> str:
    name = half.variable("OWNER_DATABASE_URL")
    url = os.environ.get(name, "").strip()
    if not url:
        raise UpkeepError(f"{name} is not set. The owner's URL is needed to copy {half.name}.")
    return url


def _require_empty(data_dir: Path) -> None:
    if data_dir.exists() and any(data_dir.iterdir()):
        raise UpkeepError(
            f"{data_dir} is not empty. A back-up is restored into an empty folder: name another "
            "with --data-dir, or move this one away."
        )


def _require_no_tables(half: Half, url: str) -> None:
    with psycopg.connect(url) as database:
        row = database.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
    if row is not None and row[0]:
        raise UpkeepError(
            f"The database of {half.name} has {row[0]} tables. Restore into an empty one."
        )
