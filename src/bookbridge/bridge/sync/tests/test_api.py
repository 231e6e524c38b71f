"""Refreshing data through the public API."""

from __future__ import annotations

import base64
import datetime as dt
import json
import uuid
from typing import Any

import pytest

from bookbridge.bridge.api.tests.books import LinkedCompany, linked_company
from bookbridge.bridge.api.tests.cast import NOW, Api
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.datatypes import ORDER, DataType
from bookbridge.bridge.sync.models import Certificate, Dataset
from bookbridge.bridge.sync.operations import is_genuine
from bookbridge.bridge.sync.operations.certificates import issue


@pytest.fixture
def acme(lender: Api) -> LinkedCompany:
    return linked_company(lender)


def test_one_data_type_is_queued_once_at_a_time(acme: LinkedCompany) -> None:
    path = f"{acme.path}/data/queue/invoices"
    queued = acme.api.post(path)
    assert queued.status == 200
    body = queued.body
    assert (body["status"], body["dataType"], body["progress"]) == ("Queued", "invoices", 0)
    assert (body["isCompleted"], body["isErrored"]) == (False, False)
    assert "completed" not in body
    assert acme.api.get(f"{acme.path}/data/history/{body['id']}").body == body
    again = acme.api.post(path)
    assert again.status == 400
    assert again.error.startswith("DatasetAlreadyInProgressException: Cannot queue invoices")


def test_a_named_connection_is_refreshed_alone(acme: LinkedCompany) -> None:
    path = f"{acme.path}/data/queue/customers?connectionId="
    assert acme.api.post(f"{path}{uuid.uuid4()}").status == 404
    assert acme.api.post(f"{path}x").status == 400
    queued = acme.api.post(f"{path}{acme.connection_id}")
    assert queued.body["connectionId"] == str(acme.connection_id)


def test_what_cannot_be_queued_says_why(acme: LinkedCompany, lender: Api) -> None:
    assert lender.post(f"{acme.path}/data/queue/nonsense").status == 400
    answer = lender.post(f"{acme.path}/data/queue/purchaseOrders")
    assert answer.status == 404 and "not supported by platform(s) Pandle" in answer.error
    lender.call("PATCH", acme.connection_path, {"status": "Unlinked"})
    assert lender.post(f"{acme.path}/data/queue/invoices").status == 400
    assert lender.post(f"{acme.path}/data/all").status == 400
    assert lender.post(f"/companies/{uuid.uuid4()}/data/all").status == 404


def test_everything_is_queued_with_an_empty_204(acme: LinkedCompany) -> None:
    answer = acme.api.post(f"{acme.path}/data/all")
    assert (answer.status, answer.response.content) == (204, b"")
    history = acme.api.get(f"{acme.path}/data/history?pageSize=500").body
    assert history["totalResults"] == len(ORDER)
    status = acme.api.get(f"{acme.path}/dataStatus").body
    assert {one["currentStatus"] for one in status.values()} == {"Queued"}


def test_the_older_request_for_company_info_works(acme: LinkedCompany) -> None:
    answer = acme.api.post(f"{acme.path}/data/info")
    assert (answer.status, answer.body["dataType"]) == (200, "company")


def test_history_is_newest_first_and_can_be_queried(acme: LinkedCompany) -> None:
    done = acme.dataset(DataType.INVOICES, requested_at=NOW - dt.timedelta(days=1))
    failed = acme.dataset(DataType.BILLS, "FetchError", error_message="Gone", completed_at=NOW)

    def ids(parameters: str) -> list[str]:
        body = acme.api.get(f"{acme.path}/data/history?{parameters}").body
        return [one["id"] for one in body["results"]]

    assert ids("") == [str(failed.id), str(done.id)]
    assert ids("orderBy=requested") == [str(done.id), str(failed.id)]
    assert ids("query=status!=Complete%26%26status!=NotSupported") == [str(failed.id)]
    assert ids("query=dataType=invoices") == [str(done.id)]
    assert acme.api.get(f"{acme.path}/data/history?query=isCompleted=true").status == 400
    bad = acme.api.get(f"{acme.path}/data/history/{failed.id}").body
    assert (bad["isErrored"], bad["isCompleted"], bad["errorMessage"]) == (True, False, "Gone")
    assert bad["progress"] == 100


def test_status_tells_the_newest_and_the_newest_complete(acme: LinkedCompany) -> None:
    complete = acme.dataset(DataType.INVOICES, requested_at=NOW - dt.timedelta(days=1))
    newest = acme.dataset(DataType.INVOICES, "Fetching")
    status = acme.api.get(f"{acme.path}/dataStatus").body
    assert status["invoices"] == {
        "dataType": "invoices",
        "currentStatus": "Fetching",
        "latestSyncId": str(newest.id),
        "lastSuccessfulSync": "2026-02-01T09:00:00Z",
        "latestSuccessfulSyncId": str(complete.id),
    }
    assert status["bills"] == {"dataType": "bills", "currentStatus": "Initial"}


class FakeSession:
    """Whose certificate it is, as the engine's session says."""

    def __init__(self, acme: LinkedCompany) -> None:
        self.place = self
        self.client_id = acme.api.client_id
        self.company_id = acme.company_id
        self.connection_id = acme.connection_id


def certified(acme: LinkedCompany, dataset: Dataset, facts: dict[str, Any]) -> Certificate:
    with client_scope(acme.api.client_id):
        return issue(
            session=FakeSession(acme),
            refresh_id=dataset.refresh_id,
            dataset_id=dataset.id,
            kind=Certificate.Kind.DATASET,
            outcome=Certificate.Outcome.INCOMPLETE,
            facts=facts,
            at=NOW,
        )


def test_a_certificate_is_served_as_it_was_signed(acme: LinkedCompany) -> None:
    dataset = acme.dataset(DataType.INVOICES)
    path = f"{acme.path}/data/history/{dataset.id}/certificate"
    assert acme.api.get(path).status == 404
    rejection = {"resource": "invoices", "id": "7", "reason": "It has no date."}
    doubt = {"id": "8", "warning": "The lines come to 1.00 and the total is 2.00."}
    facts = {"records": {"rejections": [rejection], "warnings": [doubt]}}
    issued = certified(acme, dataset, facts)
    body = acme.api.get(path).body
    assert (body["text"], body["certificate"]) == (issued.text, json.loads(issued.text))
    assert (body["outcome"], body["reconciliation"]) == ("INCOMPLETE", None)
    assert base64.b64decode(body["signature"]) == bytes(issued.signature)
    assert is_genuine(issued)
    validation = acme.api.get(f"{acme.path}/sync/{dataset.id}/validation").body
    assert [one["itemId"] for one in validation["errors"]] == ["7"]
    assert validation["warnings"] == [
        {
            "ruleId": "invoices-doubtful",
            "itemId": "8",
            "message": doubt["warning"],
            "validatorName": "InvoicesValidator",
        }
    ]


def test_a_dataset_without_a_certificate_has_nothing_to_validate(acme: LinkedCompany) -> None:
    dataset = acme.dataset(DataType.INVOICES, "Fetching")
    body = acme.api.get(f"{acme.path}/sync/{dataset.id}/validation").body
    assert body == {"errors": [], "warnings": []}
    assert acme.api.get(f"{acme.path}/sync/{uuid.uuid4()}/validation").status == 404


def setting(data_type: str, **more: Any) -> dict[str, Any]:
    return {
        "dataType": data_type,
        "fetchOnFirstLink": False,
        "syncSchedule": 24,
        "syncOrder": 3,
        **more,
    }


def chosen(api: Api, path: str) -> dict[str, dict[str, Any]]:
    return {one["dataType"]: one for one in api.get(path).body["settings"]}


def test_a_company_may_override_its_clients_settings(acme: LinkedCompany) -> None:
    api, path = acme.api, f"{acme.path}/syncSettings"
    before = api.get(path).body
    assert (before["companyId"], before["overridesDefaults"]) == (str(acme.company_id), False)
    assert len(before["settings"]) == len(ORDER)
    client = {"settings": [setting("invoices"), setting("bills")], "overridesDefaults": True}
    answer = api.post("/profile/syncSettings", {**client, "clientId": str(api.client_id)})
    assert (answer.status, answer.response.content) == (204, b"")
    assert chosen(api, path)["invoices"]["syncSchedule"] == 24
    own = {"settings": [setting("invoices", syncSchedule=1)], "overridesDefaults": True}
    assert api.post(path, {**own, "companyId": str(acme.company_id)}).status == 204
    assert chosen(api, path)["invoices"]["syncSchedule"] == 1
    assert chosen(api, path)["bills"]["syncSchedule"] == 24
    assert chosen(api, "/profile/syncSettings")["invoices"]["syncSchedule"] == 24
    assert api.get(path).body["overridesDefaults"] is True
    assert api.post(path, {"settings": [], "overridesDefaults": False}).status == 204
    assert chosen(api, path)["invoices"]["syncSchedule"] == 24


@pytest.mark.parametrize(
    "bad",
    [
        setting("nonsense"),
        setting("invoices", syncSchedule=-1),
        setting("invoices", syncSchedule=10**12),
        setting("invoices", syncFromUtc="2020-01-01T00:00:00Z", syncFromWindow=3),
        {"dataType": "invoices"},
    ],
)
def test_settings_that_cannot_be_used_change_nothing(
    acme: LinkedCompany, bad: dict[str, Any]
) -> None:
    path = f"{acme.path}/syncSettings"
    body = {"settings": [setting("bills"), bad], "overridesDefaults": True}
    assert acme.api.post(path, body).status == 400
    assert acme.api.get(path).body["overridesDefaults"] is False


def test_settings_of_types_that_no_source_has_are_accepted_and_idle(acme: LinkedCompany) -> None:
    path = f"{acme.path}/syncSettings"
    body = {"settings": [setting("commerce-orders")], "overridesDefaults": True}
    assert acme.api.post(path, body).status == 204
    assert "commerce-orders" not in chosen(acme.api, path)


def test_a_stranger_queues_and_reads_nothing(acme: LinkedCompany, stranger: Api) -> None:
    dataset = acme.dataset(DataType.INVOICES)
    for path in ("dataStatus", "data/history", f"data/history/{dataset.id}", "syncSettings"):
        assert stranger.get(f"{acme.path}/{path}").status == 404
    for path in ("data/all", "data/queue/invoices"):
        assert stranger.post(f"{acme.path}/{path}").status == 404
    own = linked_company(stranger)
    crossed = f"{own.path}/data/history/{dataset.id}"
    assert stranger.get(crossed).status == 404
    assert stranger.get(f"{crossed}/certificate").status == 404
