"""Lineage of a connector that marks nothing: found by changing one value after another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from bookbridge.bridge.connectors.contract import (
    MappedRecord,
    RawRecord,
    RejectedRecord,
    Resource,
    SourceRecords,
)
from bookbridge.bridge.connectors.tracing import Figure, Origin
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.evidence.lineage import Explained, explain, explaining
from bookbridge.bridge.evidence.lineage.view import RawView

BILL = {"net": 100.5, "tax": 20.1, "who": "Acme", "due": "2026-01-31", "paid": False, "to": "7"}


class Plain:
    """Maps bills that look up whom they are to."""

    resources = {name: Resource(name) for name in ("bills", "people")}

    def map(
        self, data_type: DataType, records: SourceRecords
    ) -> Iterator[MappedRecord | RejectedRecord]:
        for record in records.all("bills"):
            raw = json.loads(record.body, parse_float=Decimal)
            person = records.get("people", raw["to"])
            if person is None:
                yield RejectedRecord("bills", record.id, "nobody")
                continue
            body = {
                "id": record.id,
                "total": raw["net"] + raw["tax"],
                "net": raw["net"],
                "name": raw["who"].upper(),
                "due": f"{raw['due']}T00:00:00",
                "status": "Paid" if raw["paid"] else "Open",
                "toRef": {"id": person.id, "name": json.loads(person.body)["name"]},
                "kind": "bill",
            }
            yield MappedRecord(record.id, body, None, None, [("bills", record.id)])


def view(**changes: Any) -> RawView:
    raws = [
        ("bills", "1", BILL | changes),
        ("bills", "2", BILL),
        ("people", "7", {"name": "Ada", "shoe": 40}),
        *(("people", str(number), {"name": f"Person {number}"}) for number in range(20, 60)),
    ]
    return RawView(
        {(name, one): RawRecord(one, json.dumps(raw).encode()) for name, one, raw in raws},
        frozenset(),
    )


def explained(found: RawView) -> Explained:
    result = explain(Plain(), DataType.BILLS, found, "1", [("bills", "1")])
    assert result is not None
    return result


def test_each_field_is_traced_by_what_moves_it() -> None:
    result = explained(view())
    told = {
        one.pointer: (one.kind, {f"{at.resource}/{at.id}{at.pointer}" for at in one.origins})
        for one in result.fields
    }
    assert told == {
        "/id": ("copied", {"bills/1/id"}),
        "/total": ("derived", {"bills/1/net", "bills/1/tax"}),
        "/net": ("copied", {"bills/1/net"}),
        "/name": ("derived", {"bills/1/who"}),
        "/due": ("derived", {"bills/1/due"}),
        "/status": ("derived", {"bills/1/paid"}),
        "/toRef/id": ("copied", {"bills/1/to"}),
        "/toRef/name": ("copied", {"people/7/name"}),
        "/kind": ("constant", set()),
    }
    assert result.limits == []


def test_a_record_that_is_refused_has_no_lineage() -> None:
    refused = view(to="999")
    assert explain(Plain(), DataType.BILLS, refused, "1", [("bills", "1")]) is None


def test_what_was_left_out_for_its_cost_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "LEAVES_MAX", 3)
    assert explained(view()).limits == ["Only 3 values of the raw records were tried."]


def test_figures_remember_what_they_were_made_of() -> None:
    one, two = (
        Figure.of(Decimal(number), frozenset({Origin("bills", "1", f"/{number}")}))
        for number in (1, 2)
    )
    for made in (
        one + two,
        two - one,
        one * two,
        one / two,
        sum([one, two], Decimal(0)),
        Decimal(5) + one - two,
        round(one * two, 1),
        -(one + two),
        abs(one - two),
        (one + two).quantize(Decimal("0.01")),
    ):
        assert isinstance(made, Figure) and {at.pointer for at in made.origins} == {"/1", "/2"}
    assert one + 1 == 2 and isinstance(one + 1, Figure)
    assert max(one, two) is two
