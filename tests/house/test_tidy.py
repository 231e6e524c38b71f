"""What a reviewer would otherwise have to look for by hand."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "bookbridge"
LINES_MAX = 300
# Set by one of our processes for another, never by a person.
INTERNAL = {"BOOKBRIDGE_FIRST_RUN", "BOOKBRIDGE_FIRST_RUN_PASSWORD", "BOOKBRIDGE_PARENT_PID"}
NOT_OURS = {".git", ".venv", ".hypothesis", ".mypy_cache", "node_modules"}
BANNED_MODULES = {"utils", "util", "services", "helpers", "helper", "managers", "signals"}


def modules() -> list[Path]:
    return [
        path
        for path in SOURCE.rglob("*.py")
        if "migrations" not in path.parts and "tests" not in path.parts
    ]


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_no_module_is_too_long() -> None:
    long = {
        str(path.relative_to(ROOT)): len(text_of(path).splitlines())
        for path in modules()
        if len(text_of(path).splitlines()) > LINES_MAX
    }
    assert not long


def test_no_module_is_called_by_a_word_that_means_nothing() -> None:
    assert not [path for path in modules() if path.stem in BANNED_MODULES]


def test_every_module_says_what_lives_in_it() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules()
        if text_of(path).strip() and ast.get_docstring(ast.parse(text_of(path))) is None
    ]
    assert not silent


@pytest.mark.parametrize("word", ["TODO", "FIXME", "breakpoint("])
def test_nothing_is_left_behind(word: str) -> None:
    assert not [str(path) for path in modules() if word in text_of(path)]


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    read = {
        name
        for path in modules()
        for name in re.findall(r"BOOKBRIDGE_[A-Z_]*[A-Z]", text_of(path))
        if not name.endswith("_")
    }
    documented = set(re.findall(r"BOOKBRIDGE_[A-Z_]*[A-Z]", text_of(ROOT / ".env.example")))
    named_in_parts = {name for name in documented if name.endswith("DATABASE_URL")}
    assert read - INTERNAL - documented == set()
    assert documented - read - named_in_parts == set()


def test_no_page_has_inline_code() -> None:
    inline = re.compile(r"\sstyle=|\son[a-z]+=|<script>|<style")
    guilty = [
        str(path.relative_to(ROOT))
        for path in SOURCE.rglob("*.html")
        if inline.search(text_of(path))
    ]
    assert not guilty


def test_pins_carry_hashes_and_no_addresses() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = text_of(path)
        assert "://" not in text
        assert "--index" not in text
        assert "--find-links" not in text
        assert text.count("==") <= text.count("--hash=sha256:")


def test_no_outside_data_is_in_the_repository() -> None:
    large = [
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*")
        if path.is_file()
        and not NOT_OURS & set(path.parts)
        and path.suffix in {".csv", ".gz", ".ofx", ".qif"}
    ]
    assert not large
