"""A back-up restored into an empty directory is the same installation; the doctor knows the ill."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bookbridge.demo.installation import Ready
from bookbridge.demo.syncing import BridgeApi
from tests.conftest import Installation
from tests.stories.conftest import NAMES
from tests.stories.world import Business, Linked, World


def bookbridge(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bookbridge.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    # Not pytest's tmp_path: its parents are closed to the user that Postgres runs as.
    made = Path(tempfile.mkdtemp(prefix="bookbridge-upkeep-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def linked(shared_world: World, shop: Business) -> Linked:
    shared_world.proxy.lie = shared_world.proxy.pause = None
    made = shared_world.link(shop)
    shared_world.await_sync(made)
    return made


@pytest.fixture(scope="module")
def backup(shared_world: World, linked: Linked, folder: Path) -> Path:
    target = folder / "backup.tar"
    done = bookbridge("backup", str(target), "--data-dir", str(shared_world.running.data_dir))
    assert done.returncode == 0, done.stderr
    assert "Keep it where only you can read it" in done.stdout
    assert target.stat().st_mode & 0o777 == 0o600
    return target


def test_a_restored_backup_has_every_record_every_key_and_every_sign_in(
    shared_world: World, linked: Linked, shop: Business, backup: Path, folder: Path
) -> None:
    data_dir = folder / "restored"
    done = bookbridge("restore", str(backup), "--data-dir", str(data_dir))
    assert done.returncode == 0, done.stderr
    running = Installation(data_dir, environment={"BOOKBRIDGE_BRIDGE_ALLOW_PRIVATE_HOSTS": "true"})
    values = running.start()
    ready = Ready(**{name: str(values[name]) for name in NAMES}, outbox=Path(values["outbox"]))
    api = BridgeApi(ready)
    try:
        # The first run's values still open what they opened.
        assert values["api_key"] == shared_world.ready.api_key
        restored = World(running, ready, shared_world.proxy, api)
        for path in ("data/invoices", "data/customers", "data/payments"):
            assert restored.records(linked, path) == shared_world.records(linked, path)
        # Tokens are sealed with the keys that came along: the source can be read at once.
        datasets = restored.refresh(linked)
        assert {one["status"] for one in datasets.values()} <= {"Complete", "NotSupported"}
        assert "all is well" in running.command("books", "check_ledger")
    finally:
        api.close()
        running.stop()


def test_a_damaged_backup_and_a_folder_in_use_are_refused(
    shared_world: World, backup: Path, folder: Path
) -> None:
    damaged = folder / "damaged.tar"
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 0xFF
    damaged.write_bytes(content)
    done = bookbridge("restore", str(damaged), "--data-dir", str(folder / "elsewhere"))
    assert done.returncode == 1
    assert "damaged" in done.stderr
    assert not (folder / "elsewhere").exists()
    in_use = bookbridge("restore", str(backup), "--data-dir", str(shared_world.running.data_dir))
    assert in_use.returncode == 1
    assert "is not empty" in in_use.stderr
    again = bookbridge("backup", str(backup), "--data-dir", str(shared_world.running.data_dir))
    assert again.returncode == 1
    assert "never overwritten" in again.stderr


def test_the_doctor_finds_a_sound_installation_sound_and_an_open_secret_bad(
    shared_world: World, linked: Linked
) -> None:
    data_dir = shared_world.running.data_dir
    sound = bookbridge("doctor", "--data-dir", str(data_dir))
    assert sound.returncode == 0, sound.stdout
    assert "The schema is up to date." in sound.stdout
    assert "Workers that show signs of life:" in sound.stdout
    assert "The key ring holds" in sound.stdout
    secrets = data_dir / "secrets.json"
    secrets.chmod(0o644)
    try:
        ill = bookbridge("doctor", "--data-dir", str(data_dir))
    finally:
        secrets.chmod(0o600)
    assert ill.returncode == 1
    assert f"chmod 600 {secrets}" in ill.stdout
