"""The change feed: whatever happens, what was read adds up to what there is."""

from __future__ import annotations

import datetime as dt
import threading
import time
from typing import Any

import pytest
from django.db import connection as database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookbridge.bridge.api.tests.books import LinkedCompany, linked_company
from bookbridge.bridge.api.tests.cast import Api, new_api
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.contract import MappedRecord
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.records.changes import Cursor, changes_after, cursor_of, first_cursor
from bookbridge.bridge.records.operations import Merge
from bookbridge.bridge.records.place import Place

NOW = dt.datetime(2026, 2, 1, 9, tzinfo=dt.UTC)
CUSTOMERS, LINES = DataType.CUSTOMERS, DataType.BANK_TRANSACTIONS
WAIT_SECONDS = 60


def place_of(company: LinkedCompany) -> Place:
    return Place(company.api.client_id, company.company_id, company.connection_id)


def merge(place: Place, data_type: DataType, names: dict[str, str], at: dt.datetime = NOW) -> None:
    """The type's whole list, as a sync would bring it: what it lacks is gone."""
    work = Merge(place, data_type, "test-1", at)
    for one, name in names.items():
        body: dict[str, Any] = {"id": one, "customerName": name}
        if data_type is CUSTOMERS:
            body["metadata"] = {"isDeleted": False}
        work.add(MappedRecord(one, body, None, None, [("customers", one)]))
    work.finish()


@pytest.fixture
def place(lender: Api) -> Place:
    return place_of(linked_company(lender))


def walk(place: Place, mirror: dict[Any, str], cursor: str, size: int) -> str:
    """Read on until nothing more is said, and keep a mirror as an application would."""
    while True:
        with client_scope(place.client_id):
            page = changes_after(cursor_of(cursor, place.company_id), size)
        assert len(page.changes) <= size
        for change in page.changes:
            key = (change.data_type, change.id)
            # Strict: what is added is new to the reader, what is modified is known to it.
            assert (key in mirror) == (change.kind == "modified") or change.kind == "removed"
            if change.kind == "removed":
                mirror.pop(key, None)
            else:
                mirror[key] = change.body
        cursor = page.next_cursor.text
        if not page.has_more:
            return cursor


def current(place: Place) -> dict[Any, str]:
    with client_scope(place.client_id), database.cursor() as cursor:
        cursor.execute(
            "SELECT data_type, record_id, body::text FROM records_record"
            " WHERE company_id = %s AND NOT is_deleted",
            [place.company_id],
        )
        return {(row[0], row[1]): row[2] for row in cursor.fetchall()}


LISTS = st.dictionaries(st.sampled_from(["1", "2", "3", "10", "x"]), st.sampled_from("ab"))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([CUSTOMERS, LINES]), LISTS),
        st.tuples(st.just("page"), st.integers(1, 3)),
        st.tuples(st.just("walk"), st.integers(1, 3)),
    ),
    max_size=12,
)


@pytest.mark.django_db
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_what_a_reader_keeps_is_what_there_is_whatever_happens(
    lender: Api, steps: list[tuple[Any, Any]]
) -> None:
    """Two readers: one from the beginning to the end, one that reads while things change."""
    place = place_of(linked_company(lender))
    start = first_cursor(place.company_id, list(DataType)).text
    mirror: dict[Any, str] = {}
    cursor = start
    for what, more in steps:
        if isinstance(what, DataType):
            merge(place, what, more)
        elif what == "walk":
            cursor = walk(place, mirror, cursor, more)
            assert mirror == current(place)
        else:
            with client_scope(place.client_id):
                page = changes_after(cursor_of(cursor, place.company_id), more)
            for change in page.changes:
                key = (change.data_type, change.id)
                if change.kind == "removed":
                    mirror.pop(key, None)
                else:
                    assert (key in mirror) == (change.kind == "modified")
                    mirror[key] = change.body
            cursor = page.next_cursor.text
    walk(place, mirror, cursor, 2)
    assert mirror == current(place)
    whole: dict[Any, str] = {}
    walk(place, whole, start, 3)
    assert whole == mirror


def test_nothing_turns_up_behind_a_reader_when_writers_commit_out_of_order(
    committed_db: str,
) -> None:
    """The first writer has its ids and does not commit; the second must not overtake it."""
    place = place_of(linked_company(new_api("Lender Ltd")))
    has_written, may_commit = threading.Event(), threading.Event()

    def first() -> None:
        with client_scope(place.client_id):
            merge(place, CUSTOMERS, {"1": "a", "2": "a"})
            has_written.set()
            assert may_commit.wait(WAIT_SECONDS)
        database.close()

    def second() -> None:
        merge(place, LINES, {"7": "b"})
        database.close()

    writers = [threading.Thread(target=first), threading.Thread(target=second)]
    writers[0].start()
    assert has_written.wait(WAIT_SECONDS)
    writers[1].start()
    wait_for_the_second(writers[1])
    mirror: dict[Any, str] = {}
    cursor = walk(place, mirror, first_cursor(place.company_id, list(DataType)).text, 10)
    assert mirror == current(place)
    may_commit.set()
    for writer in writers:
        writer.join(WAIT_SECONDS)
    walk(place, mirror, cursor, 10)
    assert mirror == current(place)
    assert len(mirror) == 3


def wait_for_the_second(writer: threading.Thread) -> None:
    """Until it waits for its turn, or, which would be wrong, is done."""
    query = (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    until = time.monotonic() + WAIT_SECONDS
    while writer.is_alive():
        with database.cursor() as cursor:
            cursor.execute(query)
            if cursor.fetchone()[0]:
                return
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture
def acme(lender: Api) -> LinkedCompany:
    company = linked_company(lender)
    place = place_of(company)
    merge(place, CUSTOMERS, {"1": "a", "2": "b", "3": "c"})
    merge(place, LINES, {"7": "d"})
    return company


def changes(company: LinkedCompany, parameters: str = "") -> Any:
    return company.api.get(f"{company.path}/data/changes?{parameters}")


def test_the_feed_tells_what_was_added_then_what_became_of_it(acme: LinkedCompany) -> None:
    first = changes(acme).body
    assert [one["id"] for one in first["added"]] == ["1", "2", "3", "7"]
    assert first["added"][0]["record"] == {
        "modifiedDate": "2026-02-01T09:00:00Z",
        "id": "1",
        "customerName": "a",
        "metadata": {"isDeleted": False},
    }
    assert not first["hasMore"] and not first["modified"] and not first["removed"]
    quiet = changes(acme, f"cursor={first['nextCursor']}").body
    assert not quiet["added"] and not quiet["hasMore"]
    merge(place_of(acme), CUSTOMERS, {"1": "a", "2": "renamed", "4": "new"})
    then = changes(acme, f"cursor={quiet['nextCursor']}").body
    assert [one["id"] for one in then["added"]] == ["4"]
    assert [one["record"]["customerName"] for one in then["modified"]] == ["renamed"]
    assert [one["id"] for one in then["removed"]] == ["3"]
    assert then["removed"][0]["record"]["metadata"] == {"isDeleted": True}


def test_the_feed_is_read_in_pages_and_by_data_type(acme: LinkedCompany) -> None:
    page = changes(acme, "pageSize=1&dataTypes=customers").body
    seen = [one["id"] for one in page["added"]]
    while page["hasMore"]:
        page = changes(acme, f"pageSize=1&cursor={page['nextCursor']}").body
        seen += [one["id"] for one in page["added"]]
    assert seen == ["1", "2", "3"]
    other = changes(acme, f"dataTypes=bankTransactions&cursor={page['nextCursor']}")
    assert other.status == 400 and "other data types" in other.error
    assert "'colours'" in changes(acme, "dataTypes=colours").error
    assert changes(acme, "pageSize=0").status == 400


def test_a_cursor_from_elsewhere_is_a_400_that_says_what_to_do(
    acme: LinkedCompany, stranger: Api
) -> None:
    other = linked_company(acme.api)
    cursor = changes(acme).body["nextCursor"]
    broken = cursor[:-6] + ("A" if cursor[-6] != "A" else "B") + cursor[-5:]
    for answer in (
        changes(other, f"cursor={cursor}"),
        changes(acme, f"cursor={broken}"),
        changes(acme, "cursor=nonsense"),
        changes(acme, "cursor=%C3%A9"),
        changes(acme, "cursor=" + "a" * 3000),
        changes(acme, f"cursor={Cursor(acme.company_id, ('customers',), 1, 10**15, 10**15).text}"),
    ):
        assert answer.status == 400 and "Begin again without one." in answer.error
    assert stranger.get(f"{acme.path}/data/changes").status == 404
