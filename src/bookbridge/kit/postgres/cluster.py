"""The data directory of the embedded server: made by initdb, tuned by one included file."""

from __future__ import annotations

import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from bookbridge.kit.postgres.binaries import MAJOR_VERSION
from bookbridge.kit.postgres.errors import EmbeddedPostgresError
from bookbridge.kit.postgres.identity import Identity
from bookbridge.kit.private_files import write_private

SUPERUSER = "postgres"
INCLUDED = "bookbridge.conf"
LOG_BYTES_MAX = 10_000_000
TUNING = {
    "unix_socket_directories": "''",
    "listen_addresses": "'127.0.0.1'",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_line_prefix": "'%m [%p] %u@%d '",
}
# For tests, whose data nobody will miss after a power cut; a killed server still loses nothing.
THROWAWAY = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Layout:
    """Where everything of the embedded server lies below the data directory."""

    data_dir: Path

    @property
    def home(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def cluster(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def password_file(self) -> Path:
        return self.data_dir / "postgres-password"

    @property
    def port_file(self) -> Path:
        return self.home / "port"

    @property
    def start_lock(self) -> Path:
        return self.data_dir / "postgres-start.lock"

    @property
    def users_lock(self) -> Path:
        return self.data_dir / "postgres-users.lock"


def make_data_dir(data_dir: Path) -> None:
    """Make the data directory; root's may be passed through, so that Postgres reaches its own."""
    mode = 0o711 if os.geteuid() == 0 else 0o700
    try:
        data_dir.mkdir(mode=mode, parents=True, exist_ok=True)
        is_ours = data_dir.stat().st_uid == os.geteuid()
        # An empty folder was made for us; one with contents is never touched.
        if is_ours and not any(data_dir.iterdir()):
            data_dir.chmod(mode)
    except OSError as error:
        raise EmbeddedPostgresError(
            f"Cannot use the data directory {data_dir} ({error.strerror}). "
            "Choose another one with --data-dir."
        ) from error


def make_home(layout: Layout, identity: Identity) -> None:
    closed = identity.first_closed_folder(layout.data_dir)
    if closed is not None:
        raise EmbeddedPostgresError(
            f"Postgres does not run as root but as a user who may not enter {closed}: choose a "
            "--data-dir elsewhere, such as /var/lib/bookbridge, or let others pass with "
            f"'chmod o+x {closed}'."
        )
    layout.home.mkdir(mode=0o700, exist_ok=True)
    layout.home.chmod(0o700)
    if identity.switch and layout.home.stat().st_uid != identity.uid:
        _adopt(layout.home, identity)
    if layout.log.exists() and layout.log.stat().st_size > LOG_BYTES_MAX:
        layout.log.replace(layout.log.with_suffix(".log.1"))
    layout.log.touch(mode=0o600)
    identity.own(layout.log)


def _adopt(home: Path, identity: Identity) -> None:
    """Give everything to the user that runs the server now.

    A volume that moves to another machine or container keeps numbers of users that mean others.
    """
    for parent, folders, files in os.walk(home):
        for name in (*folders, *files):
            os.chown(Path(parent) / name, identity.uid, identity.gid, follow_symlinks=False)
    # Last, so that an interrupted start does it again.
    identity.own(home)


def make_cluster(layout: Layout, identity: Identity, binaries: Path, *, is_throwaway: bool) -> None:
    """Run initdb unless it was done; an interrupted one starts over."""
    version = layout.cluster / "PG_VERSION"
    if version.exists():
        found = version.read_text().strip()
        if found != MAJOR_VERSION:
            raise EmbeddedPostgresError(
                f"The data in {layout.cluster} was written by Postgres {found}, and this release "
                f"ships {MAJOR_VERSION}. Dump it with the release that wrote it, then restore."
            )
        return
    fresh = layout.home / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    write_private(layout.password_file, secrets.token_urlsafe(32))
    # initdb reads it as the user that runs it, who may not read ours.
    handed_over = layout.home / "initdb-password"
    write_private(handed_over, layout.password_file.read_text())
    identity.own(handed_over)
    command: list[str | Path] = [binaries / "initdb", "--pgdata", fresh, "--username", SUPERUSER]
    command += ["--encoding", "UTF8", "--locale", "C.UTF-8", "--locale-provider", "builtin"]
    command += ["--auth", "scram-sha-256", "--pwfile", handed_over]
    command += ["--no-sync"] if is_throwaway else []
    try:
        made = identity.run(*command)
    finally:
        handed_over.unlink()
    if made.returncode:
        raise EmbeddedPostgresError(f"initdb failed in {layout.home}: {made.stderr.strip()}")
    with (fresh / "postgresql.conf").open("a") as conf:
        conf.write(f"\ninclude_if_exists = '{INCLUDED}'\n")
    fresh.rename(layout.cluster)


def write_conf(layout: Layout, identity: Identity, *, port: int, is_throwaway: bool) -> None:
    """Settings of ours, rewritten at each start; `ALTER SYSTEM` still overrides them."""
    values = {**TUNING, **(THROWAWAY if is_throwaway else {}), "port": str(port)}
    path = layout.cluster / INCLUDED
    text = "# Written at each start of Bookbridge. Use ALTER SYSTEM for settings of your own.\n"
    path.write_text(text + "".join(f"{name} = {value}\n" for name, value in values.items()))
    path.chmod(0o600)
    identity.own(path)
