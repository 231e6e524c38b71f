"""A source that is down holds everything that reads it, quietly, and lets it go on by itself."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import Counter

import httpx
from django.db import connection, connections
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections.models import Connection, ConnectionFailure
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.integrations.health import health_of, hold_on
from bookbridge.bridge.integrations.models import (
    IntegrationSettings,
    SourceHealth,
    SourceOutage,
)
from bookbridge.bridge.integrations.watching import Source, look
from bookbridge.bridge.sync.models import Dataset, Refresh, SyncSetting
from bookbridge.bridge.sync.operations.holding import hold_source, resume_source
from bookbridge.bridge.sync.operations.schedules import next_allowed, queue_due_datasets
from bookbridge.bridge.sync.operations.working import run_connection
from bookbridge.bridge.sync.tests.conftest import Linked, link

Status = Dataset.Status
SECONDS_MAX = 60
MINUTE = dt.timedelta(minutes=1)
UP = {"state": "operational", "message": "All services are running."}


def host_of(linked: Linked) -> Source:
    return Source("vjms", linked.source.url)


def jobs(name: str) -> list[ProcrastinateJob]:
    return list(ProcrastinateJob.objects.filter(task_name=name).order_by("scheduled_at"))


def run(linked: Linked) -> None:
    run_connection(client_id=linked.client.id, connection_id=linked.connection.id)


def datasets(linked: Linked) -> list[Dataset]:
    with client_scope(linked.client.id):
        return list(Dataset.objects.filter(connection_id=linked.connection.id))


def close(linked: Linked, **page: object) -> None:
    linked.source.is_down = True
    linked.source.page = {"state": "maintenance", "message": "Disks.", **page}


def reopen(linked: Linked) -> None:
    linked.source.is_down, linked.source.page = False, dict(UP)


def test_one_answer_of_503_holds_every_connection_to_the_host(linked: Linked) -> None:
    other = link(linked.source, name="Another lender")
    linked.source.is_down = True
    linked.request(DataType.CUSTOMERS, DataType.SUPPLIERS)
    run(linked)
    met = linked.source.turned_away
    other.request(DataType.CUSTOMERS)
    run(other)

    assert linked.source.turned_away == met
    begun = [one.data_type for one in datasets(linked) if one.started_at is not None]
    assert begun == ["customers"], "only the first met it"
    assert [one.started_at for one in datasets(other)] == [None], "nothing was begun"
    for one in (*datasets(linked), *datasets(other)):
        assert one.status == Status.QUEUED
        assert one.status_description == "Pandle is in maintenance; this resumes by itself."
        assert one.attempts == 0 and one.not_before is not None
    for one in (linked, other):
        assert one.status() == Connection.Status.LINKED
        with client_scope(one.client.id):
            assert not ConnectionFailure.objects.exists()


def test_the_hold_ends_by_a_look_and_everything_goes_on(linked: Linked) -> None:
    close(linked)
    linked.request(DataType.CUSTOMERS)
    run(linked)
    chain = jobs("integrations.look_at_source")
    assert len(chain) == 1 and chain[0].scheduled_at is not None
    look(host_of(linked), timezone.now(), chain=chain[0].args["chain"])
    assert len(jobs("integrations.look_at_source")) == 2, "the next look is planned"
    assert not jobs("sync.resume_source")

    reopen(linked)
    look(host_of(linked), timezone.now())
    assert [job.args["host"] for job in jobs("sync.resume_source")] == [linked.source.url]
    resume_source(integration_key="vjms", host=linked.source.url, at=timezone.now())
    wakes = jobs("sync.wake_connection")
    assert wakes[0].scheduled_at is not None
    assert wakes[0].scheduled_at - timezone.now() < dt.timedelta(seconds=1)
    with client_scope(linked.client.id):
        Dataset.objects.update(not_before=None)
    run(linked)
    assert [one.status for one in datasets(linked)] == [Status.COMPLETE]
    outage = SourceOutage.objects.get()
    assert outage.ended_at is not None and outage.origin == SourceOutage.Origin.STATUS_PAGE


def test_the_status_page_tells_the_expected_end_also_while_the_api_answers(linked: Linked) -> None:
    end = (timezone.now() + 2 * MINUTE).isoformat()
    linked.source.page = {"state": "maintenance", "current": {"to": end}}
    look(host_of(linked), timezone.now())
    linked.source.seen.clear()
    linked.request(DataType.CUSTOMERS)
    run(linked)

    assert linked.source.seen == []
    assert "until about " in datasets(linked)[0].status_description
    assert "UK time; this resumes by itself." in datasets(linked)[0].status_description


def test_retry_after_is_the_expected_end_where_no_page_tells_one(linked: Linked) -> None:
    linked.source.is_down, linked.source.down_headers = True, {"Retry-After": "3600"}
    linked.request(DataType.CUSTOMERS)
    run(linked)

    expected = SourceHealth.objects.get().expected_at
    assert expected is not None
    assert 59 * MINUTE < expected - timezone.now() <= 60 * MINUTE


def test_a_new_expected_end_is_told_to_whoever_waits(linked: Linked) -> None:
    close(linked)
    linked.request(DataType.CUSTOMERS)
    run(linked)
    close(linked, current={"to": (timezone.now() + 30 * MINUTE).isoformat()})
    look(host_of(linked), timezone.now())

    assert len(jobs("sync.hold_source")) == 2
    hold_source(integration_key="vjms", host=linked.source.url, at=timezone.now())
    assert "until about" in datasets(linked)[0].status_description


def test_a_503_of_one_path_alone_holds_nobody_else(linked: Linked) -> None:
    def trouble(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(503) if request.url.path.endswith("/customers") else None

    other = link(linked.source, name="Another lender")
    linked.source.trouble = trouble
    linked.request(DataType.CUSTOMERS)
    run(linked)
    assert datasets(linked)[0].status == Status.QUEUED
    assert hold_on("vjms", linked.source.url, timezone.now()) is None
    assert other.sync(DataType.SUPPLIERS)["suppliers"].status == Status.COMPLETE


def test_a_page_that_was_forgotten_gives_way_to_an_api_that_answers(linked: Linked) -> None:
    now = timezone.now()
    linked.source.page = {"state": "maintenance", "message": "Since Tuesday."}
    look(host_of(linked), now)
    look(host_of(linked), now + dt.timedelta(hours=1))
    assert hold_on("vjms", linked.source.url, now) is not None
    for later in (13 * 60, 13 * 60 + 5, 30 * 60):
        look(host_of(linked), now + later * MINUTE)
        assert hold_on("vjms", linked.source.url, now) is None
    assert SourceOutage.objects.count() == 1
    reopen(linked)
    look(host_of(linked), now + dt.timedelta(hours=40))
    linked.source.page = {"state": "maintenance"}
    look(host_of(linked), now + dt.timedelta(hours=41))
    assert hold_on("vjms", linked.source.url, now) is not None, "a new word counts again"


def test_a_host_that_nobody_uses_any_more_is_left_alone(linked: Linked) -> None:
    close(linked)
    look(host_of(linked), timezone.now())
    (planned,) = jobs("integrations.look_at_source")
    with client_scope(linked.client.id):
        IntegrationSettings.objects.update(is_enabled=False)
    look(host_of(linked), timezone.now(), chain=planned.args["chain"])

    assert jobs("integrations.look_at_source") == [planned]


def test_looks_that_find_nobody_at_home_are_no_alarm(linked: Linked) -> None:
    linked.source.close()
    look(host_of(linked), timezone.now())

    found = health_of("vjms", linked.source.url, timezone.now())
    assert (found.state, found.is_down) == ("unknown", False)
    assert not SourceOutage.objects.exists()


def test_a_read_refused_just_as_the_source_comes_back_does_not_wait(linked: Linked) -> None:
    """The hold ends between the refusal and the note that the read waits."""
    dataset = linked.request(DataType.CUSTOMERS)[0]
    close(linked)
    asked, go_on = threading.Event(), threading.Event()
    honest = linked.source.answer

    def slow_page(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/status.json" and not asked.is_set():
            asked.set()
            assert go_on.wait(SECONDS_MAX)
        return honest(request)

    def read() -> None:
        try:
            linked.run(dataset)
        finally:
            connections.close_all()

    linked.source.answer = slow_page
    reader = threading.Thread(target=read)
    reader.start()
    assert asked.wait(SECONDS_MAX)
    with client_scope(linked.client.id):
        Dataset.objects.select_for_update().get(id=dataset.id)
        go_on.set()
        wait_until_somebody_waits_for_a_lock()
        reopen(linked)
        look(host_of(linked), timezone.now() + MINUTE)
    reader.join(SECONDS_MAX)

    found = linked.fresh(dataset)
    assert found.status == Status.QUEUED
    assert found.not_before is not None and found.not_before <= timezone.now()


def wait_until_somebody_waits_for_a_lock() -> None:
    until = time.monotonic() + SECONDS_MAX
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) "
                "WHERE NOT granted AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")


def test_schedules_stay_away_from_announced_windows_and_people_are_still_tried(
    linked: Linked,
) -> None:
    now = timezone.now()
    with client_scope(linked.client.id):
        SyncSetting.objects.create(
            client_id=linked.client.id, data_type="customers", sync_schedule_hours=1
        )
    due = now + dt.timedelta(hours=3)
    window = {"from": (due - MINUTE).isoformat(), "to": (due + MINUTE).isoformat(), "reason": "x"}
    linked.source.page = {**UP, "planned": [window]}
    look(host_of(linked), now)
    assert next_allowed(linked.connection, due) == due + MINUTE
    assert queue_due_datasets(at=due) == 0
    assert linked.sync(DataType.SUPPLIERS)["suppliers"].status == Status.COMPLETE
    assert queue_due_datasets(at=due + MINUTE) == 1


def test_a_thousand_connections_do_not_start_in_the_same_second(linked: Linked) -> None:
    with client_scope(linked.client.id):
        copies = [
            Connection(
                client_id=linked.client.id,
                company_id=linked.company.id,
                integration_key="vjms",
                source_host=linked.source.url,
                status=Connection.Status.LINKED,
                created_at=timezone.now(),
            )
            for _ in range(1000)
        ]
        Connection.objects.bulk_create(copies)
        Refresh.objects.bulk_create(
            Refresh(
                client_id=linked.client.id,
                company_id=linked.company.id,
                connection=one,
                requested_at=timezone.now(),
                requested_by="Schedule",
                is_full=True,
            )
            for one in copies
        )
    at = timezone.now()
    count = resume_source(integration_key="vjms", host=linked.source.url, at=at)

    assert count == 1000
    starts = [job.scheduled_at for job in jobs("sync.wake_connection") if job.scheduled_at]
    seconds = Counter(int((one - at).total_seconds()) for one in starts)
    assert len(starts) == 1000
    assert max(seconds.values()) <= 7
    assert max(seconds) < 600


def test_nothing_resumes_while_the_source_is_down_again(linked: Linked) -> None:
    close(linked)
    linked.request(DataType.CUSTOMERS)
    run(linked)

    assert resume_source(integration_key="vjms", host=linked.source.url, at=timezone.now()) == 0


def test_only_maintenance_holds(linked: Linked) -> None:
    for state in ("degraded", "operational", "unknown"):
        linked.source.page = {"state": state}
        look(host_of(linked), timezone.now())
        assert hold_on("vjms", linked.source.url, timezone.now()) is None, state
