"""A read that is cancelled stops at its next page and writes nothing more."""

from __future__ import annotations

import uuid

import httpx
import pytest
from django.db import connections
from django.utils import timezone

from bookbridge.bridge.api.tests.books import linked_company
from bookbridge.bridge.api.tests.cast import Api
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.records.models import RawRecord
from bookbridge.bridge.sync.models import Certificate, Dataset, Refresh
from bookbridge.bridge.sync.operations import NotInProgressError, cancel_dataset
from bookbridge.bridge.sync.operations.working import run_connection
from bookbridge.bridge.sync.tests.conftest import ANALYST, Linked


def cancel(linked: Linked, dataset: Dataset) -> Dataset:
    with client_scope(linked.client.id):
        return cancel_dataset(
            client_id=linked.client.id,
            company_id=linked.company.id,
            dataset_id=dataset.id,
            actor=ANALYST,
            at=timezone.now(),
        )


def test_a_read_cancelled_in_mid_list_writes_nothing_more(linked: Linked) -> None:
    first, second = linked.request(DataType.CUSTOMERS, DataType.SUPPLIERS)

    def cancelling(request: httpx.Request) -> httpx.Response | None:
        if request.url.path.endswith("/customers") and not linked.fresh(first).is_completed:
            cancel(linked, first)
        connections.close_all()
        return None

    linked.source.trouble = cancelling
    run_connection(client_id=linked.client.id, connection_id=linked.connection.id)
    ended = linked.fresh(first)
    assert (ended.status, ended.status_description) == ("Cancelled", "Cancelled by An analyst.")
    assert not ended.is_errored and ended.completed_at is not None
    assert len(linked.source.asked("/customers")) == 1
    assert linked.records(DataType.CUSTOMERS) == {}
    with client_scope(linked.client.id):
        assert not RawRecord.objects.filter(resource="customers").exists()
        assert Refresh.objects.get().completed_at is not None
    # The other read of the same refresh is not concerned.
    assert linked.fresh(second).status == "Complete"


def test_a_refresh_with_a_cancelled_read_is_not_compared(linked: Linked) -> None:
    made = linked.request()
    cancel(linked, next(one for one in made if one.data_type == "invoices"))
    run_connection(client_id=linked.client.id, connection_id=linked.connection.id)
    with client_scope(linked.client.id):
        refresh = Refresh.objects.get()
        certificate = Certificate.objects.get(refresh_id=refresh.id, dataset_id=None)
    assert refresh.outcome == Certificate.Outcome.NOT_COMPARED
    assert "not every data type was read: invoices" in certificate.text


def test_what_has_ended_cannot_be_cancelled(linked: Linked) -> None:
    done = linked.sync(DataType.CUSTOMERS)["customers"]
    with pytest.raises(NotInProgressError, match="ended already: Complete"):
        cancel(linked, done)
    assert linked.fresh(done).status == "Complete"


def test_a_client_cancels_its_own_reads_and_no_others(lender: Api, stranger: Api) -> None:
    acme = linked_company(lender)
    queued = acme.api.post(f"{acme.path}/data/queue/invoices").body
    path = f"{acme.path}/data/history/{queued['id']}/cancel"
    assert stranger.post(path).status == 404
    answer = acme.api.post(path)
    assert (answer.status, answer.body["status"]) == (200, "Cancelled")
    assert (answer.body["isCompleted"], answer.body["isErrored"]) == (False, False)
    assert acme.api.post(path).status == 400
    assert acme.api.post(f"{acme.path}/data/history/{uuid.uuid4()}/cancel").status == 404
    assert acme.api.post(f"{acme.path}/data/queue/invoices").status == 200
