"""What differs between two versions of a body, by JSON pointer: pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

DIFFERENCES_MAX = 200
_INDEX = re.compile(r"/[0-9]+(?=/|$)")


class _Absent:
    """Stands where one of the two bodies has no such field."""


ABSENT = _Absent()


@dataclass(frozen=True)
class FieldChange:
    """One field that is not the same, by its JSON pointer; ABSENT where a side lacks it."""

    pointer: str
    before: Any
    after: Any

    @property
    def field(self) -> str:
        """The pointer without places in lists: `/lineItems/*/taxAmount`."""
        return _INDEX.sub("/*", self.pointer)

    def facts(self) -> dict[str, Any]:
        """As it is shown: a side that lacks the field is left out."""
        sides = {"before": self.before, "after": self.after}
        shown = {name: value for name, value in sides.items() if value is not ABSENT}
        return {"pointer": self.pointer, **shown}


def differences(before: Any, after: Any) -> Iterator[FieldChange]:
    """The smallest fields that differ; lists are compared place by place."""
    yield from _walk("", before, after)


def _walk(pointer: str, before: Any, after: Any) -> Iterator[FieldChange]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*before, *after)):
            step = name.replace("~", "~0").replace("/", "~1")
            yield from _walk(f"{pointer}/{step}", before.get(name, ABSENT), after.get(name, ABSENT))
    elif isinstance(before, list) and isinstance(after, list):
        for index in range(max(len(before), len(after))):
            yield from _walk(f"{pointer}/{index}", _at(before, index), _at(after, index))
    elif type(before) is not type(after) or before != after:
        yield FieldChange(pointer, before, after)


def _at(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else ABSENT
