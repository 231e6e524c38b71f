"""A better mapping is replayed over what was fetched: shown first, then released."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from bookbridge.bridge.connectors import registry
from bookbridge.bridge.connectors.contract import MappedRecord, RejectedRecord, SourceRecords
from bookbridge.bridge.connectors.pandle.connector import PandleConnector
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.sync.tests.conftest import Linked
from bookbridge.bridge.sync.tests.test_deletions import api_of

CUSTOMERS = DataType.CUSTOMERS


class NextMapping(PandleConnector):
    """The connector's next release: it writes one customer's name in capitals."""

    mapping_version = "pandle-next"

    def map(
        self, data_type: DataType, records: SourceRecords
    ) -> Iterator[MappedRecord | RejectedRecord]:
        for record in super().map(data_type, records):
            if isinstance(record, MappedRecord) and record.id in self.in_capitals:
                name = record.body["customerName"].upper()
                yield dataclasses.replace(record, body={**record.body, "customerName": name})
            else:
                yield record

    in_capitals: tuple[str, ...] = ("501",)


@pytest.fixture
def deploy(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Puts another release of the connector into service."""

    def put(connector: Any) -> None:
        for name, one in list(registry.CONNECTORS.items()):
            if isinstance(one, PandleConnector):
                monkeypatch.setitem(registry.CONNECTORS, name, connector)

    return put


def replay(linked: Linked, *words: str) -> str:
    out = io.StringIO()
    call_command("replay_mapping", str(linked.connection.id), *words, stdout=out)
    return out.getvalue()


def modified(linked: Linked) -> dict[str, Any]:
    return {key: row.modified_at for key, row in linked.records(CUSTOMERS).items()}


def test_a_new_mapping_is_shown_then_released_and_the_source_is_not_asked(
    linked: Linked, deploy: Callable[[Any], None]
) -> None:
    linked.sync(CUSTOMERS)
    before, asked = modified(linked), len(linked.source.seen)
    deploy(NextMapping())
    shown = replay(linked, "--show-diff")
    assert "customers (pandle-1 to pandle-next): 1 change, 0 added, 0 deleted" in shown
    assert "1 x /customerName" in shown and "501: Acme Ltd -> ACME LTD" in shown
    assert "Nothing was written" in shown
    assert modified(linked) == before
    assert "; released" in replay(linked, "--release", "--data-type", "customers")
    after = modified(linked)
    assert [key for key in after if after[key] != before[key]] == ["501"]
    assert linked.records(CUSTOMERS)["501"].body["customerName"] == "ACME LTD"
    assert len(linked.source.seen) == asked
    assert "as it was" in replay(linked)
    path = f"/companies/{linked.company.id}/data/customers/501/versions"
    new, old = api_of(linked).get(path).body["results"]
    assert new["isMadeByMapping"] and not old["isMadeByMapping"]
    assert new["mappingChangedAt"] == new["knownFrom"] and old["mappingChangedAt"] is None
    assert new["sourceChangedAt"] == old["sourceChangedAt"] == old["knownFrom"]
    assert (new["mappingVersion"], old["mappingVersion"]) == ("pandle-next", "pandle-1")
    assert new["changes"] == [
        {"pointer": "/customerName", "before": "Acme Ltd", "after": "ACME LTD"}
    ]


def test_a_sync_by_a_new_mapping_writes_what_the_source_changed_and_holds_the_rest(
    linked: Linked, deploy: Callable[[Any], None]
) -> None:
    linked.sync(CUSTOMERS)
    deploy(NextMapping())
    linked.source.records.attributes("customers", "502")["business-name"] = "Renamed Ltd"
    done = linked.sync(CUSTOMERS)
    records = linked.records(CUSTOMERS)
    assert records["502"].body["customerName"] == "Renamed Ltd"
    assert records["501"].body["customerName"] == "Acme Ltd"
    facts = json.loads(linked.certificate(done["customers"]).text)
    assert facts["records"]["heldForRelease"] == 1
    again = linked.sync(CUSTOMERS)
    facts = json.loads(linked.certificate(again["customers"]).text)
    assert facts["records"]["heldForRelease"] == 1 and facts["records"]["isUnchanged"]
    replay(linked, "--release")
    assert linked.records(CUSTOMERS)["501"].body["customerName"] == "ACME LTD"
    facts = json.loads(linked.certificate(linked.sync(CUSTOMERS)["customers"]).text)
    assert facts["records"]["heldForRelease"] == 0 and facts["records"]["written"] == 0


def test_a_new_mapping_that_changes_nothing_is_released_by_the_next_sync(
    linked: Linked, deploy: Callable[[Any], None]
) -> None:
    linked.sync(CUSTOMERS)
    before = modified(linked)
    same = NextMapping()
    same.in_capitals = ()
    deploy(same)
    linked.sync(CUSTOMERS)
    assert modified(linked) == before
    assert "customers (pandle-next to pandle-next): as it was" in replay(linked)


def test_a_connection_must_be_named_and_there(committed_db: str) -> None:
    with pytest.raises(CommandError, match="Name one connection"):
        call_command("replay_mapping")
    with pytest.raises(CommandError, match="no such connection"):
        call_command("replay_mapping", "00000000-0000-0000-0000-000000000000")
