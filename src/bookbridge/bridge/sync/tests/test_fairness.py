"""One worker, many clients: nobody waits for another's thirty thousand invoices."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest
from django.db import connection as database
from django.utils import timezone

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.connectors.pandle.tests.source import COMPANY
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.sync.models import Dataset, Refresh
from bookbridge.bridge.sync.operations import request_refresh, turns
from bookbridge.bridge.sync.operations.queueing import defer_run, end_patience
from bookbridge.bridge.sync.rules import PATIENCE, Urgency
from bookbridge.bridge.sync.tests.conftest import ANALYST, Linked, link
from bookbridge.bridge.sync.tests.http_source import HttpSource
from bookbridge.bridge.sync.tests.queue import all_turns, next_turn

# Short turns, so that a list of a few dozen pages is as a giant's.
TURN_PAGES = 5
HUGE_PAGES = 8 * TURN_PAGES
FIRST_TYPES = (DataType.CHART_OF_ACCOUNTS, DataType.SUPPLIERS, DataType.INVOICES, DataType.BILLS)


def huge(request: httpx.Request) -> httpx.Response | None:
    """A list of customers that takes many turns, ten on each page."""
    if request.url.path != f"/api/v1/companies/{COMPANY}/customers":
        return None
    page = int(request.url.params["page"])
    ids = range(page * 10, page * 10 + 10) if page <= HUGE_PAGES else range(0)
    data = [
        {
            "id": str(one),
            "type": "customers",
            "attributes": {"name": f"Customer {one}"},
            "relationships": {},
        }
        for one in ids
    ]
    return httpx.Response(200, json={"data": data, "meta": {"total-count": HUGE_PAGES * 10}})


@pytest.fixture
def giant(committed_db: str, source: HttpSource, monkeypatch: pytest.MonkeyPatch) -> Linked:
    monkeypatch.setattr(turns, "TURN_PAGES", TURN_PAGES)
    source.trouble = huge
    return link(source, name="A client with a giant")


@pytest.fixture
def small(committed_db: str, giant: Linked) -> Iterator[Linked]:
    running = HttpSource()
    yield link(running, name="A small client")
    running.close()


def ask(linked: Linked, *types: DataType, urgency: Urgency = Urgency.ASKED) -> list[Dataset]:
    with client_scope(linked.client.id):
        return request_refresh(
            client_id=linked.client.id,
            company_id=linked.company.id,
            connection_id=linked.connection.id,
            data_types=types or None,
            actor=ANALYST,
            at=timezone.now(),
            urgency=urgency,
            is_first=urgency is Urgency.FIRST_LINK,
        )


def queue(linked: Linked, count: int, urgency: Urgency = Urgency.ASKED) -> None:
    """Jobs of so many connections of the client, which have nothing to do."""
    with client_scope(linked.client.id):
        for _ in range(count):
            connection = Connection.objects.create(
                client_id=linked.client.id,
                company_id=linked.company.id,
                integration_key="vjms",
                status=Connection.Status.LINKED,
                created_at=timezone.now(),
            )
            Refresh.objects.create(
                client_id=linked.client.id,
                company_id=linked.company.id,
                connection=connection,
                requested_at=timezone.now(),
                is_full=False,
                urgency=urgency,
            )
            defer_run(linked.client.id, connection.id)


def is_complete(linked: Linked) -> bool:
    with client_scope(linked.client.id):
        return not Refresh.objects.filter(
            connection_id=linked.connection.id, completed_at=None
        ).exists()


@pytest.mark.parametrize("of_giant", [Urgency.FIRST_LINK, Urgency.SCHEDULED])
def test_a_first_link_is_done_in_a_few_turns_while_a_giant_is_read(
    giant: Linked, small: Linked, of_giant: Urgency
) -> None:
    dataset = ask(giant, DataType.CUSTOMERS, urgency=of_giant)[0]
    # Its first turn ends because somebody as urgent waits.
    queue(small, 1, urgency=of_giant)
    assert next_turn() == str(giant.connection.id)
    ask(small, *FIRST_TYPES, urgency=Urgency.FIRST_LINK)
    asked_before = len(giant.source.asked("/customers?page="))
    of_small, of_both = 0, 0
    while not is_complete(small):
        of_small += next_turn() == str(small.connection.id)
        of_both += 1
    # They take turns, or the small one alone has them where the giant is less urgent.
    assert of_small >= of_both / 2 - 1
    assert of_small == of_both or of_giant is Urgency.FIRST_LINK
    meanwhile = len(giant.source.asked("/customers?page=")) - asked_before
    assert meanwhile <= TURN_PAGES * (of_both - of_small)
    assert giant.fresh(dataset).status == Dataset.Status.FETCHING
    all_turns()
    done = giant.fresh(dataset)
    assert done.status == Dataset.Status.COMPLETE
    assert giant.certificate(dataset).outcome == "COMPLETE"
    assert len(giant.records(DataType.CUSTOMERS)) == HUGE_PAGES * 10
    # A page that was committed before a turn ended is not asked for again.
    assert set(Counter(giant.source.asked("/customers?page=")).values()) == {1}


def test_a_turn_goes_on_while_nobody_waits(giant: Linked) -> None:
    dataset = ask(giant, DataType.CUSTOMERS)[0]
    assert all_turns() == [str(giant.connection.id)]
    assert giant.fresh(dataset).status == Dataset.Status.COMPLETE


def test_a_turn_that_ends_says_how_far_it_has_come(giant: Linked, small: Linked) -> None:
    dataset = ask(giant, DataType.CUSTOMERS)[0]
    ask(small, DataType.SUPPLIERS)
    next_turn()
    halted = giant.fresh(dataset)
    assert halted.status == "Fetching" and halted.total is not None
    assert 0 < halted.fetched < HUGE_PAGES * 10 <= halted.total
    assert re.match(r"Fetching customers: \d+ of about 400", halted.status_description)
    assert (halted.runs, halted.run_token) == (0, None)


def waiting() -> list[str]:
    """The clients of the waiting jobs, in the order in which they will be taken."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT args->>'client_id' FROM procrastinate_jobs WHERE status = 'todo' "
            "AND task_name = 'sync.run_connection' ORDER BY priority DESC, id"
        )
        return [row[0] for row in cursor.fetchall()]


def test_clients_take_turns_however_many_connections_each_has(giant: Linked, small: Linked) -> None:
    queue(giant, 6)
    queue(small, 3)
    ours, theirs = str(small.client.id), str(giant.client.id)
    assert waiting() == [theirs, ours, theirs, ours, theirs, ours, theirs, theirs, theirs]


def test_who_comes_later_is_not_behind_all_who_came_before(giant: Linked, small: Linked) -> None:
    queue(giant, 20)
    for _ in range(5):
        next_turn()
    queue(small, 1)
    assert waiting().index(str(small.client.id)) <= 1


def test_a_wish_makes_nightly_work_of_the_same_connection_urgent(
    giant: Linked, small: Linked
) -> None:
    ask(giant, DataType.SUPPLIERS, urgency=Urgency.SCHEDULED)
    ask(small, DataType.SUPPLIERS, urgency=Urgency.SCHEDULED)
    assert waiting()[0] == str(giant.client.id)
    ask(small, DataType.SUPPLIERS, DataType.CUSTOMERS)
    assert waiting() == [str(small.client.id), str(giant.client.id)]


def test_nightly_work_that_waits_for_long_goes_ahead(giant: Linked, small: Linked) -> None:
    ask(giant, DataType.SUPPLIERS, urgency=Urgency.SCHEDULED)
    queue(small, 3)
    assert waiting()[-1] == str(giant.client.id)
    soon = timezone.now() + dt.timedelta(seconds=1)
    assert end_patience(at=soon) == 0
    assert end_patience(at=soon + PATIENCE) > 0
    assert str(giant.client.id) in waiting()[:4]
    ask(small, DataType.SUPPLIERS, urgency=Urgency.FIRST_LINK)
    assert waiting().index(str(giant.client.id)) < len(waiting()) - 1
