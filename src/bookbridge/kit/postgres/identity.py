"""Who Postgres runs as. It refuses to run as root, so root gives it a system user of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bookbridge.kit.postgres.errors import EmbeddedPostgresError
from bookbridge.kit.processes.parent import end_with_parent

SERVICE_USER = "bookbridge-pg"
COMMAND_TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Identity:
    """The user that owns the data and runs the server; `switch` when that is not ourselves."""

    uid: int
    gid: int
    switch: bool

    def popen(
        self, command: Sequence[str | Path], log: Path, *, ends_with_us: bool = False
    ) -> subprocess.Popen[bytes]:
        """Start a process that outlives terminal signals, in `/`, with its output in `log`.

        `ends_with_us` also ends it with this process, however that ends.
        """
        us = os.getpid()
        with log.open("ab") as output:
            return subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=_environment(),
                start_new_session=True,
                user=self.uid if self.switch else None,
                group=self.gid if self.switch else None,
                extra_groups=[] if self.switch else None,
                # Called after the change of user, which would undo it.
                preexec_fn=partial(end_with_parent, us, signal.SIGINT) if ends_with_us else None,
            )

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd="/",
            env=_environment(),
            timeout=COMMAND_TIMEOUT_SECONDS,
            check=False,
            user=self.uid if self.switch else None,
            group=self.gid if self.switch else None,
            extra_groups=[] if self.switch else None,
        )

    def own(self, path: Path) -> None:
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def first_closed_folder(self, path: Path) -> Path | None:
        """The outermost folder on the way to `path` (itself included) that we may not enter."""
        if not self.switch:
            return None
        script = 'for p in "$@"; do test -x "$p" || { printf %s "$p"; exit 1; }; done'
        folders = [*reversed(path.parents), path]
        answer = self.run("/bin/sh", "-c", script, "sh", *folders)
        return Path(answer.stdout) if answer.returncode else None


def identity_for(data_dir: Path) -> Identity:
    """Ourselves; for root the owner of the data directory or, if that is root, the system user."""
    if os.geteuid() != 0:
        return Identity(os.geteuid(), os.getegid(), switch=False)
    owner = data_dir.stat().st_uid
    try:
        account = pwd.getpwuid(owner) if owner != 0 else _service_account()
    except KeyError:
        # A mounted folder of somebody unknown here, whom Postgres' programs would not run as.
        account = _service_account()
    return Identity(account.pw_uid, account.pw_gid, switch=True)


def _service_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SERVICE_USER)
    except KeyError:
        pass
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        raise EmbeddedPostgresError(
            f"Postgres does not run as root, and this system has no useradd to make the user "
            f"{SERVICE_USER!r}. Make that user yourself, or run this command as another user."
        )
    command = [useradd, "--system", "--user-group", "--no-create-home"]
    command += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", SERVICE_USER]
    made = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=COMMAND_TIMEOUT_SECONDS
    )
    try:
        # Another first start may have made it in the meantime: only its existence counts.
        return pwd.getpwnam(SERVICE_USER)
    except KeyError:
        raise EmbeddedPostgresError(
            f"Could not make the system user {SERVICE_USER!r} ({made.stderr.strip()}). "
            "Make it yourself, or run this command as another user."
        ) from None


def _environment() -> dict[str, str]:
    """Nothing of ours: PG* variables or secrets in the environment are not the server's."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
