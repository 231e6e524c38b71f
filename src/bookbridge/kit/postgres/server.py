"""Starts, shares, revives and stops the embedded server of one data directory."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg

from bookbridge.kit.postgres.binaries import usable_binaries
from bookbridge.kit.postgres.cluster import (
    SUPERUSER,
    Layout,
    make_cluster,
    make_data_dir,
    make_home,
    write_conf,
)
from bookbridge.kit.postgres.errors import EmbeddedPostgresError
from bookbridge.kit.postgres.identity import Identity, identity_for
from bookbridge.kit.postgres.postmaster import (
    POLL_SECONDS,
    clear_stale_lock,
    is_alive,
    running_postmaster,
)
from bookbridge.kit.private_files import locked, open_lock, share_lock, try_lock

HOST = "127.0.0.1"
START_SECONDS_MAX = 120.0  # Recovery after a crash replays up to max_wal_size of log.
STOP_SECONDS_MAX = 60.0
LOCK_SECONDS_MAX = START_SECONDS_MAX + STOP_SECONDS_MAX
PROBE_SECONDS_MAX = 5
SPAWNS_MAX = 5
LOG_LINES_SHOWN = 8


class EmbeddedPostgres:
    """One user of the server of a data directory; the last user to leave stops it.

    Users are counted with a shared lock on a file, which a killed process gives back too.
    """

    def __init__(self, data_dir: Path | str, *, is_throwaway: bool = False) -> None:
        self._layout = Layout(Path(data_dir).expanduser().absolute())
        self._is_throwaway = is_throwaway
        self._users: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def admin_url(self) -> str:
        """The superuser's URL: only for making roles and databases."""
        password = quote(self._layout.password_file.read_text(), safe="")
        return (
            f"postgresql://{SUPERUSER}:{password}@{HOST}:{self._port}/postgres"
            "?require_auth=scram-sha-256"
        )

    def start(self) -> None:
        """Attach to the running server, or make and start it; returns when it answers.

        Raises EmbeddedPostgresError with what to do.
        """
        if self._users is not None:
            return
        make_data_dir(self._layout.data_dir)
        try:
            with locked(self._layout.start_lock, LOCK_SECONDS_MAX):
                self._users = open_lock(self._layout.users_lock)
                share_lock(self._users)
                try:
                    self._make_it_answer()
                except BaseException:
                    self._leave()
                    raise
        except (TimeoutError, PermissionError) as error:
            raise EmbeddedPostgresError(
                f"The embedded Postgres in {self._layout.data_dir} cannot be used ({error}). "
                "Does it belong to another user? Choose a --data-dir of your own."
            ) from error

    def ensure_running(self) -> bool:
        """Start the server again if it has died; True if it had. Cheap enough for every second."""
        if self._process is not None:
            self._process.poll()
        if running_postmaster(self._layout.cluster) is not None:
            return False
        with locked(self._layout.start_lock, LOCK_SECONDS_MAX):
            self._make_it_answer()
        return True

    def stop(self) -> None:
        """Leave the server; stop it if nobody else uses it."""
        if self._users is None:
            return
        with locked(self._layout.start_lock, LOCK_SECONDS_MAX):
            self._leave()

    def _leave(self) -> None:
        assert self._users is not None
        try:
            if try_lock(self._users):
                self._shut_down()
        finally:
            os.close(self._users)
            self._users = None
            if self._process is not None and self._process.poll() is None:
                # The server stays, for others: it is nobody's child to wait for.
                self._process.returncode = 0
            self._process = None

    def _make_it_answer(self) -> None:
        """Called under the start lock, so that one process at a time starts or stops."""
        identity: Identity | None = None
        spawns = 0
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            found = running_postmaster(self._layout.cluster)
            if found is not None and found.is_ready and self._answers(found.port):
                self._port = found.port
                return
            is_starting = self._process is not None and self._process.poll() is None
            if found is None and not is_starting:
                if spawns == SPAWNS_MAX:
                    break
                identity = identity or identity_for(self._layout.data_dir)
                self._spawn(identity, is_new_port=spawns > 0)
                spawns += 1
            time.sleep(POLL_SECONDS)
        raise EmbeddedPostgresError(
            f"The embedded Postgres does not start. The end of {self._layout.log} says: "
            + " | ".join(self._log_end())
        )

    def _spawn(self, identity: Identity, *, is_new_port: bool) -> None:
        make_home(self._layout, identity)
        binaries = usable_binaries(self._layout.data_dir, identity)
        make_cluster(self._layout, identity, binaries, is_throwaway=self._is_throwaway)
        clear_stale_lock(self._layout.cluster)
        port = self._choose_port(is_new=is_new_port)
        write_conf(self._layout, identity, port=port, is_throwaway=self._is_throwaway)
        self._process = identity.popen(
            [binaries / "postgres", "-D", self._layout.cluster],
            self._layout.log,
            # A killed test run leaves no server behind; a killed command does, for the next one.
            ends_with_us=self._is_throwaway and sys.platform == "linux",
        )

    def _choose_port(self, *, is_new: bool) -> int:
        """The port of last time, as processes know it by its URL; another one if that is taken."""
        remembered = self._layout.port_file
        if not is_new and remembered.exists():
            port = int(remembered.read_text())
            if _is_free(port):
                return port
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port = int(probe.getsockname()[1])
        remembered.write_text(str(port))
        return port

    def _answers(self, port: int) -> bool:
        self._port = port
        try:
            with psycopg.connect(self.admin_url, connect_timeout=PROBE_SECONDS_MAX) as probe:
                probe.execute("SELECT 1")
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise EmbeddedPostgresError(
                    f"The server of {self._layout.cluster} refuses the password in "
                    f"{self._layout.password_file}. Restore that file from a backup."
                ) from error
            return False
        return True

    def _shut_down(self) -> None:
        """Fast shutdown: sessions are ended, everything committed is on disk."""
        for stop_signal in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            found = running_postmaster(self._layout.cluster)
            if found is None:
                return
            os.kill(found.pid, stop_signal)
            deadline = time.monotonic() + STOP_SECONDS_MAX
            while time.monotonic() < deadline:
                if self._process is not None:
                    self._process.poll()
                if not is_alive(found.pid):
                    return
                time.sleep(POLL_SECONDS)

    def _log_end(self) -> list[str]:
        try:
            return self._layout.log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
        except OSError:
            return []


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
