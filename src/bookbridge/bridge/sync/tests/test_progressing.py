"""A read that ends its worker each time is given up; one asked for meanwhile is compared too."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import httpx
import pytest
from django.db import connection as database
from django.utils import timezone

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.sync.models import Certificate, Dataset, Refresh
from bookbridge.bridge.sync.operations.analysing import analyse
from bookbridge.bridge.sync.operations.reconciliation import reconcile_refresh
from bookbridge.bridge.sync.operations.working import run_connection
from bookbridge.bridge.sync.rules import RUNS_MAX
from bookbridge.bridge.sync.tests.conftest import Linked
from bookbridge.kit.testing import app_url

# One run of the connection in a process of its own, as a worker would make it.
RUN = """
import sys, uuid, django
django.setup()
from bookbridge.bridge.sync.operations.working import run_connection
run_connection(client_id=uuid.UUID(sys.argv[1]), connection_id=uuid.UUID(sys.argv[2]))
"""


class Deadly:
    """Ends the process that asks for customers, as one that takes all memory would be ended."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.killed = 0

    def __call__(self, request: httpx.Request) -> httpx.Response | None:
        if request.url.path.endswith("/customers") and self.process is not None:
            self.killed += 1
            self.process.send_signal(signal.SIGKILL)
        return None

    def run(self, linked: Linked, database_name: str) -> int:
        environment = {
            **os.environ,
            "BOOKBRIDGE_BRIDGE_DATABASE_URL": app_url(database_name),
            "BOOKBRIDGE_BRIDGE_ALLOW_PRIVATE_HOSTS": "true",
        }
        ids = [str(linked.client.id), str(linked.connection.id)]
        self.process = subprocess.Popen([sys.executable, "-c", RUN, *ids], env=environment)
        return self.process.wait(timeout=120)


@pytest.mark.database
def test_a_read_that_kills_its_worker_each_time_is_given_up_and_says_why(
    committed_db: str, linked: Linked
) -> None:
    first, second = linked.request(DataType.CUSTOMERS, DataType.SUPPLIERS)
    deadly = Deadly()
    linked.source.trouble = deadly
    assert deadly.run(linked, committed_db) == -signal.SIGKILL
    with client_scope(linked.client.id):
        Dataset.objects.filter(id=first.id).update(runs=RUNS_MAX - 1)
    assert deadly.run(linked, committed_db) == -signal.SIGKILL
    assert linked.fresh(first).runs == RUNS_MAX
    assert deadly.run(linked, committed_db) == 0
    assert deadly.killed == 2
    ended = linked.fresh(first)
    assert ended.status == "InternalError"
    assert f"ended its worker {RUNS_MAX} times in a row" in ended.error_message
    # The others are read all the same, and the refresh ends.
    assert linked.fresh(second).status == "Complete"
    with client_scope(linked.client.id):
        assert Refresh.objects.get().completed_at is not None


def test_a_run_that_comes_on_is_not_counted_against_its_dataset(linked: Linked) -> None:
    dataset = linked.request(DataType.CUSTOMERS)[0]
    with client_scope(linked.client.id):
        Dataset.objects.update(runs=RUNS_MAX - 1)
    seen: list[int] = []

    def noting(request: httpx.Request) -> httpx.Response | None:
        seen.append(linked.fresh(dataset).runs)
        database.close()
        return None

    linked.source.trouble = noting
    assert linked.run(dataset).status == "Complete"
    assert (seen[0], seen[-1]) == (RUNS_MAX, 1)


def test_a_comparison_that_kills_its_worker_each_time_is_given_up(linked: Linked) -> None:
    linked.request(DataType.CUSTOMERS)
    with client_scope(linked.client.id):
        Dataset.objects.update(status="Complete", completed_at=timezone.now())
        Refresh.objects.update(is_full=True, runs=RUNS_MAX)
        refresh = Refresh.objects.get()
    reconcile_refresh(client_id=linked.client.id, refresh_id=refresh.id)
    with client_scope(linked.client.id):
        refresh.refresh_from_db()
    assert refresh.outcome == Certificate.Outcome.NOT_COMPARED
    assert refresh.completed_at is not None


def test_a_read_of_everything_asked_for_while_a_type_is_in_progress_is_compared(
    linked: Linked,
) -> None:
    busy = linked.request(DataType.INVOICES)[0]
    everything = linked.request()
    assert "invoices" not in {one.data_type for one in everything}
    run_connection(client_id=linked.client.id, connection_id=linked.connection.id)
    assert linked.fresh(busy).status == "Complete"
    with client_scope(linked.client.id):
        outcomes = {one.is_full: one.outcome for one in Refresh.objects.all()}
    assert outcomes == {False: "NOT_COMPARED", True: "RECONCILED"}


def test_a_type_read_before_the_reports_of_a_later_request_is_no_difference(
    linked: Linked,
) -> None:
    """It was in progress, read of books that have changed since: everything is read once more."""
    attributes = linked.source.records.lists["invoices"][0]["attributes"]
    kept = dict(attributes)
    attributes.update({"total-amount": "1.00", "net-amount": "1.00", "tax-amount": "0.00"})
    busy = linked.request(DataType.INVOICES)[0]
    linked.run(busy)
    attributes.update(kept)
    with client_scope(linked.client.id):
        Dataset.objects.filter(id=busy.id).update(status="Fetching", completed_at=None)
    linked.request()
    run_connection(client_id=linked.client.id, connection_id=linked.connection.id)
    with client_scope(linked.client.id):
        full = Refresh.objects.filter(is_full=True).order_by("requested_at")
        assert [(one.reread, one.outcome) for one in full] == [(0, "MOVED"), (1, "")]


def test_the_application_may_have_its_tables_analysed(linked: Linked) -> None:
    assert analyse()
