"""Companies that are too large for memory are mapped as small ones are."""

from __future__ import annotations

from typing import Any

import pytest

from bookbridge.bridge.connectors import spilling
from bookbridge.bridge.connectors.pandle.mapping import lookups
from bookbridge.bridge.connectors.pandle.tests.cast import as_json, map_all
from bookbridge.bridge.connectors.spilling import Index, ListIndex
from bookbridge.bridge.datatypes import DataType


def everything() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for data_type in DataType:
        records, rejected = map_all(data_type)
        found[data_type.value] = (
            {key: (as_json(one.body), one.sources) for key, one in records.items()},
            rejected,
        )
    return found


def test_what_goes_beyond_memory_is_mapped_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = everything()
    monkeypatch.setattr(spilling, "KEPT_MAX", 1)
    monkeypatch.setattr(spilling, "WAITING_MAX", 2)
    monkeypatch.setattr(lookups, "KEPT_MAX", 1)
    assert everything() == expected


def test_an_index_keeps_what_was_put_in_whatever_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spilling, "KEPT_MAX", 5)
    monkeypatch.setattr(spilling, "WAITING_MAX", 7)
    index: Index[int] = Index()
    lists: ListIndex[int] = ListIndex()
    for number in range(40):
        index["Invoice", str(number)] = number
        lists.add(str(number % 3), number)
    index["Invoice", "2"], index["Invoice", "30"] = -2, -30
    changed = {2: -2, 30: -30}
    for number in range(40):
        assert index.get(("Invoice", str(number))) == changed.get(number, number)
    assert ("Invoice", "39") in index and ("Bill", "39") not in index
    assert index.get("nothing") is None
    for rest in range(3):
        assert lists.of(str(rest)) == list(range(rest, 40, 3))
    assert lists.of("nothing") == []
