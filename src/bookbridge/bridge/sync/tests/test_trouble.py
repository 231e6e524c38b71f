"""What goes wrong outside: each ends in a state, a sentence and nothing half done."""

from __future__ import annotations

import datetime as dt
import threading

import httpx
import pytest
from django.db import connections
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections.models import Connection, ConnectionFailure
from bookbridge.bridge.connections.operations import delete_connection, hide_secrets, token_source
from bookbridge.bridge.connectors.errors import PermanentError
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.integrations.http import source_client
from bookbridge.bridge.integrations.queries import app_keys
from bookbridge.bridge.records.models import RawRecord, Record
from bookbridge.bridge.sync.models import Dataset, RateBudget, Refresh
from bookbridge.bridge.sync.operations.working import run_connection
from bookbridge.bridge.sync.tests.conftest import ANALYST, Linked, link

Status = Dataset.Status


def at_customers(response: httpx.Response) -> object:
    def answer(request: httpx.Request) -> httpx.Response | None:
        return response if request.url.path.endswith("/customers") else None

    return answer


def let_through(linked: Linked) -> None:
    """The time that the source asked for is up."""
    linked.source.trouble = None
    with client_scope(linked.client.id):
        RateBudget.objects.update(not_before=None)


@pytest.mark.parametrize(("header", "seconds"), [({"Retry-After": "90"}, 90), ({}, 30)])
def test_maintenance_puts_the_dataset_back_and_it_resumes_by_itself(
    linked: Linked, header: dict[str, str], seconds: int
) -> None:
    linked.source.trouble = at_customers(
        httpx.Response(503, json={"errors": ["Maintenance"]}, headers=header)
    )
    first, second = linked.request(DataType.CUSTOMERS, DataType.SUPPLIERS)
    waiting = linked.run(first)
    assert waiting.status == Status.QUEUED
    assert "maintenance" in waiting.status_description
    assert waiting.not_before is not None
    wait = waiting.not_before - timezone.now()
    assert dt.timedelta(seconds=seconds - 5) < wait <= dt.timedelta(seconds=seconds)
    # The other dataset waits too, without asking the source in vain.
    asked = len(linked.source.seen)
    assert linked.run(second).status == Status.QUEUED
    assert len(linked.source.seen) == asked
    with client_scope(linked.client.id):
        assert not ConnectionFailure.objects.exists()
    let_through(linked)
    assert linked.run(first).status == Status.COMPLETE
    assert linked.run(second).status == Status.COMPLETE
    assert linked.status() == Connection.Status.LINKED


def test_the_connection_is_woken_when_its_wait_is_over(linked: Linked) -> None:
    linked.source.trouble = at_customers(
        httpx.Response(503, json={"errors": ["Maintenance"]}, headers={"Retry-After": "90"})
    )
    linked.request(DataType.CUSTOMERS, DataType.SUPPLIERS, DataType.TAX_RATES)
    ours = {"client_id": linked.client.id, "connection_id": linked.connection.id}
    run_connection(**ours)
    wake = ProcrastinateJob.objects.get(task_name="sync.wake_connection")
    assert wake.scheduled_at is not None
    assert dt.timedelta(seconds=80) < wake.scheduled_at - timezone.now() < dt.timedelta(seconds=91)
    let_through(linked)
    with client_scope(linked.client.id):
        Dataset.objects.update(not_before=None)
    run_connection(**ours)
    with client_scope(linked.client.id):
        assert {one.status for one in Dataset.objects.all()} == {Status.COMPLETE}
        assert Refresh.objects.get().completed_at is not None


def test_a_rate_limit_is_obeyed_by_every_worker(linked: Linked) -> None:
    linked.source.trouble = at_customers(
        httpx.Response(429, json={"errors": ["Slow down"]}, headers={"Retry-After": "60"})
    )
    first, second = linked.request(DataType.CUSTOMERS, DataType.SUPPLIERS)
    assert linked.run(first).status == Status.QUEUED
    asked = len(linked.source.seen)
    held = linked.run(second)
    assert held.status == Status.QUEUED and "limits the rate" in held.status_description
    assert held.attempts == 0
    assert len(linked.source.seen) == asked
    let_through(linked)
    assert linked.run(second).status == Status.COMPLETE


def test_a_page_of_html_is_tried_again_later_with_a_clear_reason(linked: Linked) -> None:
    linked.source.trouble = at_customers(httpx.Response(200, html="<html>Welcome!</html>"))
    waiting = linked.run(linked.request(DataType.CUSTOMERS)[0])
    assert waiting.status == Status.QUEUED
    assert "instead of JSON" in waiting.status_description
    assert linked.records(DataType.CUSTOMERS) == {}
    linked.source.trouble = None
    assert linked.run(waiting).status == Status.COMPLETE


def test_a_failure_that_stays_ends_in_an_error(linked: Linked) -> None:
    linked.source.trouble = at_customers(httpx.Response(500))
    dataset = linked.request(DataType.CUSTOMERS)[0]
    for _ in range(16):
        dataset = linked.run(dataset)
    assert dataset.status == Status.FETCH_ERROR
    assert "500" in dataset.error_message
    with client_scope(linked.client.id):
        assert ConnectionFailure.objects.filter(status="Active").count() == 1


def test_a_lapsed_token_is_renewed_once_and_the_rotated_pair_is_kept(linked: Linked) -> None:
    linked.source.access_token = "access-lapsed"
    assert linked.sync(DataType.CUSTOMERS)["customers"].status == Status.COMPLETE
    assert linked.source.refreshes == 1
    linked.source.access_token = "access-lapsed-again"
    assert linked.sync(DataType.CUSTOMERS)["customers"].status == Status.COMPLETE
    assert linked.source.refreshes == 2


def test_two_workers_never_renew_the_same_token_at_once(linked: Linked) -> None:
    linked.source.access_token = "access-lapsed"
    linked.source.token_delay_seconds = 0.5
    got: list[str] = []

    def work() -> None:
        with client_scope(linked.client.id):
            keys = app_keys(linked.client.id, "vjms")
        with source_client() as http:
            got.append(token_source(linked.connection, keys, http).access_token("access-1"))
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert linked.source.refreshes == 1
    assert got == ["access-2"] * 4


def test_a_source_that_repeats_what_it_was_sent_spreads_no_secret(linked: Linked) -> None:
    """Its words are stored and shown."""

    def talkative(request: httpx.Request) -> httpx.Response | None:
        said = f"I do not like {request.headers['authorization']} today"
        return httpx.Response(418, json={"errors": [said]})

    linked.source.trouble = talkative
    ended = linked.sync(DataType.CUSTOMERS)["customers"]
    assert "I do not like Bearer [hidden] today" in ended.error_message
    linked.source.token_says = "no {refresh_token} from {client_secret}"
    linked.source.is_revoked, linked.source.access_token = True, "access-lapsed"
    ended = linked.sync(DataType.CUSTOMERS)["customers"]
    assert "no [hidden] from [hidden]" in ended.error_message
    with client_scope(linked.client.id):
        found = Connection.objects.get(id=linked.connection.id)
    assert "no [hidden] from [hidden]" in found.deauthorisation_reason


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("spent: q7ZtR0xLw93mNcVb2KdQ8sTy", "spent: [hidden]"),
        (f"digest {'0f' * 20}", "digest [hidden]"),
        ("company 0198f2b4-6b1c-7d2e-9f00-a1b2c3d4e5f6 is unknown", None),
        (
            "https://books.example/api/v1/companies/77001/customers?page=2&size=100 answered 503",
            None,
        ),
        ("The list bank_accounts/31001/bank_transactions does not end.", None),
    ],
)
def test_long_random_words_of_a_source_are_no_news(said: str, kept: str | None) -> None:
    error = PermanentError(said)
    hide_secrets(error, [])
    assert str(error) == (kept or said)


def test_a_revoked_grant_deauthorises_and_keeps_what_was_read(linked: Linked) -> None:
    linked.sync(DataType.CUSTOMERS)
    linked.source.is_revoked = True
    linked.source.access_token = "access-lapsed"
    first, second = linked.request(DataType.CUSTOMERS, DataType.SUPPLIERS)
    assert linked.run(first).status == Status.AUTH_ERROR
    assert linked.status() == Connection.Status.DEAUTHORIZED
    assert linked.run(second).status == Status.AUTH_ERROR
    assert "link the company again" in linked.fresh(second).error_message
    assert len(linked.records(DataType.CUSTOMERS)) == 3


@pytest.mark.database
def test_another_client_can_neither_read_nor_write_with_the_apps_role(linked: Linked) -> None:
    linked.sync(DataType.CUSTOMERS)
    stranger = link(linked.source, name="A stranger")
    with client_scope(stranger.client.id):
        assert not Record.objects.filter(company_id=linked.company.id).exists()
        assert not Connection.objects.filter(id=linked.connection.id).exists()
        assert Record.objects.update(is_deleted=True) == 0
    assert not Record.objects.exists()
    with (
        pytest.raises(Exception, match="row-level security"),
        client_scope(stranger.client.id),
    ):
        Dataset.objects.bulk_create(
            [
                Dataset(
                    client_id=linked.client.id,
                    company_id=linked.company.id,
                    connection_id=linked.connection.id,
                    refresh_id=linked.company.id,
                    data_type="customers",
                    requested_at=timezone.now(),
                )
            ]
        )


def test_a_connection_deleted_in_mid_read_ends_quietly(linked: Linked) -> None:
    def deleting(request: httpx.Request) -> httpx.Response | None:
        if request.url.path.endswith("/customers"):
            with client_scope(linked.client.id):
                delete_connection(
                    client_id=linked.client.id,
                    connection_id=linked.connection.id,
                    actor=ANALYST,
                    at=timezone.now(),
                )
            connections.close_all()
        return None

    dataset = linked.request(DataType.CUSTOMERS)[0]
    linked.source.trouble = deleting
    run_connection(client_id=linked.client.id, connection_id=linked.connection.id)
    with client_scope(linked.client.id):
        assert not Dataset.objects.filter(id=dataset.id).exists()
        assert not RawRecord.objects.exists()
