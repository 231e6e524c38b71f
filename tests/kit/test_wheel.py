"""The wheel made from the checkout is the whole product: it serves with its own pages and looks."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import Installation

ROOT = Path(__file__).parent.parent.parent
# Tests, and pages for who reads the source, are in no wheel.
LEFT_OUT = re.compile(r"(^|/)(tests|__pycache__)/|\.egg-info/|(^|/)conftest\.py$|\.md$")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    # Not pytest's tmp_path: its parents are closed to the user that Postgres runs as.
    made = Path(tempfile.mkdtemp(prefix="bookbridge-wheel-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def wheel(folder: Path) -> Path:
    # Built from a copy: setuptools keeps what it finds in a build folder beside the sources.
    copy = folder / "checkout"
    kept = ("pyproject.toml", "README.md", "LICENSE", "requirements", "src")
    copy.mkdir()
    for name in kept:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(source, copy / name, ignore=ignored)
        else:
            shutil.copy(source, copy / name)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
         "--disable-pip-version-check", "--wheel-dir", str(folder), str(copy)],
        check=True,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    (made,) = folder.glob("*.whl")
    return made


def test_every_page_style_picture_and_translation_is_inside(wheel: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "src/bookbridge"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    wanted = {
        name.removeprefix("src/")
        for name in listed.stdout.split()
        if not LEFT_OUT.search(name) and (ROOT / name).exists()
    }
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    assert wanted - inside == set()


def test_what_is_installed_from_the_wheel_serves_its_pages(wheel: Path, folder: Path) -> None:
    installed = folder / "installed"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target",
         str(installed), "--disable-pip-version-check", str(wheel)],
        check=True,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    home = folder / "home"
    home.mkdir(mode=0o711)
    running = Installation(
        home / "data", environment={"PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    )
    seen = subprocess.run(
        [sys.executable, "-c", "import bookbridge; print(bookbridge.__file__)"],
        env={**os.environ, **running.environment},
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    assert seen.stdout.strip().startswith(str(installed))
    try:
        ready = running.start()
        for url in (f"{ready['bridge_url']}/signin", f"{ready['books_url']}/users/sign_in"):
            page = httpx.get(url)
            assert page.status_code == 200
            styles = re.findall(r'<link[^>]+href="([^"]+\.css)"', page.text)
            assert styles
            for style in styles:
                reply = httpx.get(httpx.URL(url).join(style))
                assert (reply.status_code, reply.headers["content-type"][:8]) == (200, "text/css")
    finally:
        running.stop()
