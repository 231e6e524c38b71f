"""Mass deletions wait for an administrator; single ones are proved and can be undone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone

from bookbridge.bridge.api.tests.cast import Api
from bookbridge.bridge.clients.operations import create_api_key
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections.models import ConnectionEvent
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.sync.models import Certificate, Dataset
from bookbridge.bridge.sync.tests.conftest import ANALYST, Linked

CUSTOMERS = DataType.CUSTOMERS


@pytest.fixture
def crowd(linked: Linked) -> Linked:
    """A company with 603 customers, read once."""
    customers = linked.source.records.lists["customers"]
    template = json.dumps(customers[0])
    for number in range(1000, 1600):
        customers.append(json.loads(template.replace('"501"', f'"{number}"')))
    linked.sync(CUSTOMERS)
    return linked


def api_of(linked: Linked) -> Api:
    with client_scope(linked.client.id):
        _key, raw = create_api_key(
            client_id=linked.client.id, name="tests", actor=ANALYST, at=timezone.now()
        )
    return Api(linked.client.id, raw)


def path_of(linked: Linked) -> str:
    return f"/companies/{linked.company.id}/connections/{linked.connection.id}/deletions"


def lose(linked: Linked, ids: range) -> list[Any]:
    """These are gone from the list, and answer 404 by their ids."""
    customers = linked.source.records.lists["customers"]
    lost = [one for one in customers if int(one["id"]) in ids]
    customers[:] = [one for one in customers if int(one["id"]) not in ids]
    return lost


def live(linked: Linked) -> int:
    return sum(not one.is_deleted for one in linked.records(CUSTOMERS).values())


def test_what_vanishes_in_a_mass_stays_until_an_administrator_confirms_it(crowd: Linked) -> None:
    api, path = api_of(crowd), path_of(crowd)
    lose(crowd, range(1000, 1061))  # 61 of 603: more than 50, more than a tenth
    certificate = crowd.certificate(crowd.sync(CUSTOMERS)["customers"])
    assert certificate.outcome == Certificate.Outcome.INCOMPLETE
    assert "61 of 603 records vanished at once" in certificate.text
    assert live(crowd) == 603
    held = api.get(path).body["results"]
    assert [(one["status"], one["missing"], one["live"]) for one in held] == [("Waiting", 61, 603)]
    assert held[0]["recordIds"][:2] == ["1000", "1001"] and held[0]["resource"] == "customers"
    with client_scope(crowd.client.id):
        events = ConnectionEvent.objects.values_list("message", flat=True)
        assert sum("61 of 603 customers are gone" in one for one in events) == 1
    answer = api.post(f"{path}/confirm", {"resources": ["customers"]})
    assert answer.status == 200 and answer.body["results"][0]["status"] == "Confirmed"
    assert answer.body["results"][0]["decidedBy"] == "API: tests"
    run_what_waits(crowd)
    assert live(crowd) == 542
    gone = api.get(f"/companies/{crowd.company.id}/data/customers/1000/versions").body["results"]
    assert gone[0]["isDeleted"] and not gone[1]["isDeleted"]
    assert "confirmed by API: tests" in gone[0]["deletions"][0]["evidence"]
    assert api.post(f"{path}/confirm").status == 409
    certificate = crowd.certificate(crowd.sync(CUSTOMERS)["customers"])
    assert certificate.outcome == Certificate.Outcome.COMPLETE


def test_a_rejected_mass_deletion_is_not_asked_about_again(crowd: Linked) -> None:
    api, path = api_of(crowd), path_of(crowd)
    lost = lose(crowd, range(1000, 1100))
    crowd.sync(CUSTOMERS)
    assert api.post(f"{path}/reject").body["results"][0]["status"] == "Rejected"
    crowd.sync(CUSTOMERS)
    assert [one["status"] for one in api.get(path).body["results"]] == ["Rejected"]
    assert live(crowd) == 603
    more = lose(crowd, range(1100, 1120))
    crowd.sync(CUSTOMERS)
    assert [one["status"] for one in api.get(path).body["results"]] == ["Waiting", "Rejected"]
    crowd.source.records.lists["customers"].extend([*lost, *more])
    crowd.sync(CUSTOMERS)
    assert [one["status"] for one in api.get(path).body["results"]] == ["Withdrawn", "Rejected"]


def run_what_waits(linked: Linked) -> None:
    with client_scope(linked.client.id):
        waiting = list(Dataset.objects.filter(completed_at=None))
    for dataset in waiting:
        linked.run(dataset)


def test_few_deletions_need_nobody_and_what_comes_back_is_there_again(crowd: Linked) -> None:
    lost = lose(crowd, range(1000, 1003))
    crowd.sync(CUSTOMERS)
    assert live(crowd) == 600
    crowd.source.records.lists["customers"].extend(lost)
    crowd.sync(CUSTOMERS)
    assert live(crowd) == 603
    api = api_of(crowd)
    path = f"/companies/{crowd.company.id}/data/customers/1001/versions"
    found = api.get(f"{path}?includeRecord=true").body["results"]
    assert [one["isDeleted"] for one in found] == [False, True, False]
    assert found[1]["deletions"][0]["evidence"] == "404 by its id"
    assert found[0]["record"] == found[2]["record"]
    assert found[1]["knownTo"] == found[0]["knownFrom"] and found[0]["knownTo"] is None
    assert {"pointer": "/status", "before": "Active", "after": "Archived"} in found[1]["changes"]


def test_an_id_that_is_used_again_for_another_record_is_a_new_version(linked: Linked) -> None:
    linked.sync(CUSTOMERS)
    lost = lose(linked, range(503, 504))
    linked.sync(CUSTOMERS)
    lost[0]["attributes"]["business-name"] = "Somebody Else Ltd"
    linked.source.records.lists["customers"].extend(lost)
    linked.sync(CUSTOMERS)
    record = linked.records(CUSTOMERS)["503"]
    assert not record.is_deleted and record.body["customerName"] == "Somebody Else Ltd"


def test_a_stranger_neither_sees_nor_decides(crowd: Linked, stranger: Api) -> None:
    lose(crowd, range(1000, 1100))
    crowd.sync(CUSTOMERS)
    assert stranger.get(path_of(crowd)).status == 404
    assert stranger.post(f"{path_of(crowd)}/confirm").status == 404
    assert live(crowd) == 603
