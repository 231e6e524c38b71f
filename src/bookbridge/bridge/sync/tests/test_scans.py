"""The engine against a source behind real HTTP: nothing lost, nothing doubled."""

from __future__ import annotations

import json

import httpx
import pytest

from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.datatypes import ORDER, DataType
from bookbridge.bridge.sync.models import Certificate, Dataset
from bookbridge.bridge.sync.operations import is_genuine
from bookbridge.bridge.sync.tests.conftest import Linked

Status = Dataset.Status


def test_a_first_sync_reads_every_type_and_certifies_it(linked: Linked) -> None:
    done = linked.sync()
    assert set(done) == {one.value for one in ORDER}
    assert {key: one.status for key, one in done.items() if one.status != Status.COMPLETE} == {}
    certificate = linked.certificate(done["invoices"])
    facts = json.loads(certificate.text)
    assert certificate.outcome == Certificate.Outcome.COMPLETE, facts["doubts"]
    said = facts["lists"]["invoices"]
    assert said["sourceSaid"] == said["fetched"] == said["stored"]
    assert is_genuine(certificate)
    certificate.text = certificate.text.replace("COMPLETE", "COMPLETE ")
    assert not is_genuine(certificate)


def test_a_second_sync_of_an_unchanged_source_writes_no_record(linked: Linked) -> None:
    linked.sync()
    before = {key: row.modified_at for key, row in linked.records(DataType.INVOICES).items()}
    done = linked.sync()
    assert {one.status for one in done.values()} == {Status.COMPLETE}
    facts = json.loads(linked.certificate(done["invoices"]).text)
    assert facts["records"]["isUnchanged"] and facts["records"]["written"] == 0
    after = {key: row.modified_at for key, row in linked.records(DataType.INVOICES).items()}
    assert before == after


def test_a_changed_record_alone_is_written(linked: Linked) -> None:
    linked.sync(DataType.CUSTOMERS)
    before = {key: row.modified_at for key, row in linked.records(DataType.CUSTOMERS).items()}
    linked.source.records.attributes("customers", "501")["business-name"] = "Acme Renamed Ltd"
    linked.sync(DataType.CUSTOMERS)
    after = linked.records(DataType.CUSTOMERS)
    assert after["501"].body["customerName"] == "Acme Renamed Ltd"
    assert [key for key in after if after[key].modified_at != before[key]] == ["501"]


def test_a_record_that_answers_404_by_its_id_is_deleted(linked: Linked) -> None:
    linked.sync(DataType.CUSTOMERS)
    customers = linked.source.records.lists["customers"]
    customers[:] = [one for one in customers if one["id"] != "503"]
    linked.sync(DataType.CUSTOMERS)
    gone = linked.records(DataType.CUSTOMERS)["503"]
    assert gone.is_deleted
    assert gone.body["metadata"] == {"isDeleted": True}
    assert gone.body["status"] == "Archived"
    done = linked.sync(DataType.CUSTOMERS)
    again = linked.records(DataType.CUSTOMERS)["503"]
    assert again.modified_at == gone.modified_at
    assert json.loads(linked.certificate(done["customers"]).text)["records"]["deleted"] == 1


def test_a_list_that_leaves_out_a_record_does_not_delete_it(linked: Linked) -> None:
    """It still answers by its id: the certificate says so and the record stays."""
    linked.sync(DataType.CUSTOMERS)
    hidden = linked.source.records.record("customers", "503")

    def leave_out(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/customers"):
            return None
        page = int(request.url.params["page"])
        data = [one for one in linked.source.records.lists["customers"] if one is not hidden]
        shown = data if page == 1 else []
        return httpx.Response(200, json={"data": shown, "meta": {"total-count": len(data)}})

    linked.source.trouble = leave_out
    done = linked.sync(DataType.CUSTOMERS)
    assert not linked.records(DataType.CUSTOMERS)["503"].is_deleted
    certificate = linked.certificate(done["customers"])
    assert certificate.outcome == Certificate.Outcome.INCOMPLETE
    assert "answers by its id" in certificate.text


def test_a_customer_missing_from_the_first_list_makes_it_incomplete(linked: Linked) -> None:
    def leave_out(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/customers") or request.url.params["page"] != "1":
            return None
        data = linked.source.records.lists["customers"]
        return httpx.Response(200, json={"data": data[1:], "meta": {"total-count": len(data)}})

    linked.source.trouble = leave_out
    done = linked.sync(DataType.CUSTOMERS)
    certificate = linked.certificate(done["customers"])
    assert certificate.outcome == Certificate.Outcome.INCOMPLETE
    assert "the source says 3 records and gave 2" in certificate.text


@pytest.mark.parametrize("answer", ["empty", "error"])
def test_a_list_in_trouble_deletes_nothing(linked: Linked, answer: str) -> None:
    customers = linked.source.records.lists["customers"]
    template = json.dumps(customers[0])
    for number in range(1000, 1060):
        customers.append(json.loads(template.replace('"501"', f'"{number}"')))
    linked.sync(DataType.CUSTOMERS)
    assert len(linked.records(DataType.CUSTOMERS)) == 63

    def broken(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/customers"):
            return None
        if answer == "error":
            return httpx.Response(500, json={"errors": ["Oh no"]})
        return httpx.Response(200, json={"data": [], "meta": {"total-count": 0}})

    linked.source.trouble = broken
    for _ in range(1 if answer == "error" else 3):
        linked.sync(DataType.CUSTOMERS)
    assert not any(one.is_deleted for one in linked.records(DataType.CUSTOMERS).values())


def test_one_types_failure_does_not_stop_the_others(linked: Linked) -> None:
    def broken(request: httpx.Request) -> httpx.Response | None:
        if request.url.path.endswith("/projects"):
            return httpx.Response(200, json={"data": {"what": "is this"}})
        return None

    linked.source.trouble = broken
    done = linked.sync(DataType.TRACKING_CATEGORIES, DataType.CUSTOMERS)
    assert done["trackingCategories"].status == Status.FETCH_ERROR
    assert "projects" in done["trackingCategories"].error_message
    assert done["customers"].status == Status.COMPLETE
    assert linked.status() == Connection.Status.LINKED


def test_a_source_without_credit_notes_says_not_supported(linked: Linked) -> None:
    linked.source.records.absent.add("credit_notes")
    done = linked.sync(DataType.CREDIT_NOTES, DataType.CUSTOMERS)
    assert done["creditNotes"].status == Status.NOT_SUPPORTED
    assert done["customers"].status == Status.COMPLETE
