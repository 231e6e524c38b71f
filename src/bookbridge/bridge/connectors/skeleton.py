"""Writes the folder of a new connector from templates: it runs, and says what is missing."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from string import Template

TEMPLATES = Path(__file__).parent / "templates" / "connector"
SUFFIX = ".txt"
PACKAGE = Path(__file__).parents[2]
NAME = re.compile(r"[A-Za-z][A-Za-z0-9 _-]{1,29}")
KEY_LENGTH = 4


class SkeletonError(ValueError):
    """The folder cannot be written; the sentence says why."""

    code = "skeleton_refused"


@dataclass(frozen=True)
class Skeleton:
    """What was written: the folder, and where the bridge finds the connector."""

    folder: Path
    place: str


def write_skeleton(
    *,
    name: str,
    into: Path,
    taken: Collection[str],
    key: str | None = None,
    our_tree: Path = PACKAGE,
) -> Skeleton:
    """Write `into/NAME/` and return it; nothing that is there already is touched.

    Raises SkeletonError for a name that makes no Python package, a key that is taken, or a folder
    that exists."""
    if not NAME.fullmatch(name.strip()):
        raise SkeletonError(
            f"{name!r} makes no package: begin with a letter, and use letters, digits and spaces."
        )
    words = [word for word in re.split(r"[ _-]+", name.strip()) if word]
    folder_name = "_".join(words).lower()
    key = key or "".join(words).lower().ljust(KEY_LENGTH, "0")[:KEY_LENGTH]
    if key in taken:
        raise SkeletonError(f"The key {key!r} is taken: choose another with --key.")
    class_name = "".join(word[0].upper() + word[1:] for word in words) + "Connector"
    folder = into / folder_name
    if folder.exists():
        raise SkeletonError(f"{folder} is there already: nothing was written.")
    values = {
        "name": name.strip(),
        "class_name": class_name,
        "folder": folder_name,
        "folder_host": folder_name.replace("_", "-"),
        "key": key,
        "source_id": str(uuid.uuid4()),
        "integration_id": str(uuid.uuid4()),
    }
    for template in sorted(TEMPLATES.rglob(f"*{SUFFIX}")):
        place = folder / template.relative_to(TEMPLATES).with_suffix("")
        place.parent.mkdir(parents=True, exist_ok=True)
        text = Template(template.read_text(encoding="utf-8")).substitute(values)
        place.write_text(_sorted_imports(text, into, our_tree), encoding="utf-8")
    return Skeleton(folder, f"{folder_name}:{class_name}")


def _sorted_imports(text: str, into: Path, our_tree: Path) -> str:
    """In our own tree our imports are a block of their own; elsewhere they are a library's."""
    if our_tree not in into.resolve().parents:
        return text
    return re.sub(r"(\nimport \w+\n)(from bookbridge\.)", r"\1\n\2", text)
