"""Typed readers of `BOOKBRIDGE_*` environment variables that fail at start with a remedy."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off", ""})


class SettingError(ValueError):
    """A setting is missing or malformed; the sentence names it and says what to write."""

    code = "setting_invalid"


@dataclass(frozen=True)
class Env:
    """Reads variables from the process environment, or from a mapping in tests."""

    source: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def text(self, name: str, default: str | None = None) -> str:
        value = self.source.get(name, "").strip()
        if value:
            return value
        if default is None:
            raise SettingError(f"{name} is not set. Add it to the environment; see .env.example.")
        return default

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.source.get(name)
        if value is None:
            return default
        word = value.strip().lower()
        if word in TRUE_WORDS:
            return True
        if word in FALSE_WORDS:
            return False
        raise SettingError(f"{name} is {value!r}. Write 'true' or 'false'.")

    def whole_number(self, name: str, default: int, minimum: int, maximum: int) -> int:
        value = self.source.get(name, "").strip()
        if not value:
            return default
        if not value.isdigit() or not minimum <= int(value) <= maximum:
            raise SettingError(
                f"{name} is {value!r}. Write a whole number from {minimum} to {maximum}."
            )
        return int(value)

    def words(self, name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A comma-separated list."""
        value = self.source.get(name)
        if value is None:
            return default
        return tuple(word.strip() for word in value.split(",") if word.strip())
