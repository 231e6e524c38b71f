"""The two halves as the command line sees them: names, settings modules, variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DATA_DIR_VARIABLE = "BOOKBRIDGE_DATA_DIR"
ROOT_DATA_DIR = Path("/var/lib/bookbridge")


@dataclass(frozen=True)
class Half:
    """A Django project: its name is its settings package, its database and its roles' prefix."""

    name: str

    @property
    def settings_module(self) -> str:
        return f"bookbridge.{self.name}.settings"

    def variable(self, suffix: str) -> str:
        return f"BOOKBRIDGE_{self.name.upper()}_{suffix}"

    def has_own_server(self, environment: Mapping[str, str]) -> bool:
        """True when a database URL is set, so that the embedded server is not used."""
        return bool(environment.get(self.variable("DATABASE_URL"), "").strip())


BOOKS = Half("books")
BRIDGE = Half("bridge")
HALVES = (BOOKS, BRIDGE)


def half_named(name: str) -> Half:
    return next(half for half in HALVES if half.name == name)


def default_data_dir() -> Path:
    """`BOOKBRIDGE_DATA_DIR`, else the user's own; for root one that Postgres' user may enter."""
    chosen = os.environ.get(DATA_DIR_VARIABLE, "").strip()
    if chosen:
        return Path(chosen).expanduser()
    if os.geteuid() == 0:
        return ROOT_DATA_DIR
    return Path("~/.local/share/bookbridge").expanduser()
