"""The page about writing a connector, followed step by step by somebody who has only that page."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bookbridge.bridge.connectors.registry import ConnectorPlaceError, add_connectors
from bookbridge.bridge.connectors.skeleton import SkeletonError, write_skeleton
from tests.conftest import ROOT
from tests.connectors.tiny_ledger import TinyLedgerConnector

PAGE = (ROOT / "docs" / "writing-a-connector.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent
RUFF, OURS = ("--no-cache",), str(ROOT / "pyproject.toml")
PLACE = "acme_books:AcmeBooksConnector"
WRITE = 'bookbridge bridge new_connector "Acme Books"'
REGISTER = f"BOOKBRIDGE_BRIDGE_CONNECTORS={PLACE}"
CUSTOMERS = [{"id": str(one), "name": f"Buyer {one}", "email": None} for one in range(1, 6)]
LIST_INTEGRATIONS = """
import django
django.setup()
from bookbridge.bridge.connectors.registry import CONNECTORS
print({key: one.manifest.name for key, one in CONNECTORS.items()})
"""


def run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(command),
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def run_its_tests(folder: Path) -> subprocess.CompletedProcess[str]:
    pytest_of_its_own = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    return run(folder, *pytest_of_its_own, "acme_books", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Step 1, by the command itself; needs no database."""
    assert WRITE in PAGE
    folder = tmp_path_factory.mktemp("desk")
    words = ["bridge", "--data-dir", str(folder / "data"), "new_connector", "Acme Books"]
    done = run(folder, sys.executable, "-m", "bookbridge.cli", *words)
    assert done.returncode == 0, done.stderr
    assert PLACE in done.stdout
    assert not (folder / "data").exists()
    return folder


def test_what_is_written_passes_lint_and_types_as_it_is(written: Path) -> None:
    for command in (
        ["ruff", "check", *RUFF, "acme_books"],
        ["ruff", "check", *RUFF, "--config", OURS, "acme_books"],
        ["ruff", "format", "--check", *RUFF, "--config", OURS, "acme_books"],
        [
            "mypy",
            "--config-file=",
            "--strict",
            "--cache-dir",
            str(written / "cache"),
            "-p",
            "acme_books",
        ],
    ):
        done = run(written, str(BIN / command[0]), *command[1:])
        assert done.returncode == 0, done.stdout + done.stderr


def test_its_tests_say_what_to_fill_in_and_pass_when_that_is_done(written: Path) -> None:
    assert "pytest acme_books" in PAGE
    at_first = run_its_tests(written)
    assert at_first.returncode == 1, at_first.stdout
    assert "write the platform's own host" in at_first.stdout
    assert "into fixtures, from the platform's documentation" in at_first.stdout
    manifest = written / "acme_books" / "manifest.py"
    text = manifest.read_text()
    manifest.write_text(text.replace("https://acme-books.invalid", "https://api.acmebooks.com"))
    fixture = written / "acme_books" / "tests" / "fixtures" / "customers.json"
    fixture.write_text(json.dumps(CUSTOMERS))
    done = run_its_tests(written)
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_one_line_registers_it(written: Path) -> None:
    assert REGISTER in PAGE
    name, _, place = REGISTER.partition("=")
    path = os.pathsep.join([str(written), *filter(None, [os.getenv("PYTHONPATH")])])
    environment = {
        "PYTHONPATH": path,
        "DJANGO_SETTINGS_MODULE": "bookbridge.bridge.settings",
        "BOOKBRIDGE_BRIDGE_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "BOOKBRIDGE_BRIDGE_SECRET_KEY": "only-for-this",
    }
    found = run(written, sys.executable, "-c", LIST_INTEGRATIONS, **environment, **{name: place})
    assert "'acme': 'Acme Books'" in found.stdout, found.stderr


def test_a_line_that_names_nothing_says_what_to_write() -> None:
    for place in ("tests.connectors.tiny_ledger:NoSuchConnector", "no_such_package:Any", "words"):
        with pytest.raises(ConnectorPlaceError, match="Write package"):
            add_connectors([place])
    with pytest.raises(ConnectorPlaceError, match="a key of its own"):
        add_connectors([f"{__name__}:ImpostorConnector"])


class ImpostorConnector(TinyLedgerConnector):
    """It has Pandle's key."""

    manifest = dataclasses.replace(TinyLedgerConnector.manifest, key="vjms")


def test_nothing_that_is_there_is_overwritten(written: Path) -> None:
    with pytest.raises(SkeletonError, match="is there already: nothing was written"):
        write_skeleton(name="Acme Books", into=written, taken=())


@pytest.mark.parametrize("name", ["9 lives", "a/b", "", "x" * 60])
def test_a_name_that_makes_no_package_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SkeletonError, match="makes no package"):
        write_skeleton(name=name, into=tmp_path, taken=())
    assert not list(tmp_path.iterdir())


def test_a_key_that_is_taken_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SkeletonError, match="--key"):
        write_skeleton(name="Acme Books", into=tmp_path, taken={"acme"})
    made = write_skeleton(name="Acme Books", into=tmp_path, taken={"acme"}, key="acm2")
    assert 'key="acm2"' in (made.folder / "manifest.py").read_text()


def test_the_longest_name_still_passes_lint(tmp_path: Path) -> None:
    write_skeleton(name="Extraordinarily Long Book Co24", into=tmp_path, taken=())
    done = run(tmp_path, str(BIN / "ruff"), "check", *RUFF, "--config", OURS, ".")
    assert done.returncode == 0, done.stdout


def test_in_our_own_tree_it_passes_lint_too(tmp_path: Path) -> None:
    """There, imports of ours are no library's and are sorted as a block of their own."""
    made = write_skeleton(name="Acme", into=tmp_path / "in", taken=(), our_tree=tmp_path)
    known = ["--config", "lint.isort.known-first-party=['bookbridge']"]
    done = run(tmp_path, str(BIN / "ruff"), "check", *RUFF, "--config", OURS, *known, ".")
    assert done.returncode == 0, done.stdout
    assert "\n\nfrom bookbridge" in (made.folder / "client.py").read_text()
