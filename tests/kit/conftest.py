"""Temporary folders that the user whom Postgres runs as may enter."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def tmp_root() -> Iterator[Path]:
    """Not pytest's tmp_path, whose parents are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="bookbridge-kit-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def data_dir(tmp_root: Path) -> Path:
    return tmp_root / "data"
