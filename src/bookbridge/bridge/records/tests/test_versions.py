"""Every version of a record, and what was known at any time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection as database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookbridge.bridge.api.tests.books import LinkedCompany, linked_company
from bookbridge.bridge.api.tests.cast import Api
from bookbridge.bridge.clients.sealing import KEY_BYTES, SealingKey
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.contract import MappedRecord, RawRecord
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.records.as_of import relation
from bookbridge.bridge.records.bodies import BodyBox
from bookbridge.bridge.records.models import SupersededRaw, SupersededVersion
from bookbridge.bridge.records.operations import Merge, delete_records, store_raw
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.records.raw_history import raw_version
from bookbridge.bridge.records.tests.test_changes import CUSTOMERS, LINES, NOW, merge, place_of

MONTHS = DataType.BALANCE_SHEET


def at(hours: int) -> dt.datetime:
    return NOW + dt.timedelta(hours=hours)


def known(place: Place, when: dt.datetime | None) -> dict[tuple[str, str], tuple[str, bool]]:
    """What `as_of` says of a time, deleted records too."""
    source = relation(when)
    with client_scope(place.client_id), database.cursor() as cursor:
        cursor.execute(
            f"SELECT data_type, record_id, body->>'customerName', is_deleted"
            f" FROM {source.text} AS record WHERE company_id = %s",
            [*source.params, place.company_id],
        )
        return {(row[0], row[1]): (row[2], row[3]) for row in cursor.fetchall()}


LISTS = st.dictionaries(st.sampled_from(["1", "2", "10"]), st.sampled_from("ab"))


@pytest.mark.django_db
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.tuples(st.sampled_from([CUSTOMERS, LINES]), LISTS), max_size=8))
def test_a_read_as_of_a_time_is_what_a_read_at_that_time_was(
    lender: Api, steps: list[tuple[DataType, dict[str, str]]]
) -> None:
    place = place_of(linked_company(lender))
    seen = [known(place, None)]
    for hours, (data_type, names) in enumerate(steps, start=1):
        merge(place, data_type, names, at(hours))
        seen.append(known(place, None))
    for hours, then in enumerate(seen):
        assert known(place, at(hours)) == then
        assert known(place, at(hours) + dt.timedelta(minutes=30)) == then
    assert known(place, NOW - dt.timedelta(days=1)) == {}


@pytest.fixture
def acme(lender: Api) -> LinkedCompany:
    company = linked_company(lender)
    company.dataset(CUSTOMERS)
    company.dataset(LINES)
    company.dataset(MONTHS)
    return company


def versions(company: LinkedCompany, path: str) -> list[Any]:
    answer = company.api.get(f"{company.path}/data/{path}")
    assert answer.status == 200, answer.body
    found: list[Any] = answer.body["results"]
    assert answer.body["totalResults"] == len(found)
    return found


def test_versions_tell_what_changed_and_from_when_on_it_was_known(acme: LinkedCompany) -> None:
    place = place_of(acme)
    merge(place, CUSTOMERS, {"1": "First"}, at(1))
    merge(place, CUSTOMERS, {"1": "First"}, at(2))
    merge(place, CUSTOMERS, {"1": "Second"}, at(3))
    merge(place, CUSTOMERS, {}, at(4))
    gone, second, first = versions(acme, "customers/1/versions?includeRecord=true")
    assert (first["knownFrom"], first["knownTo"]) == ("2026-02-01T10:00:00Z", second["knownFrom"])
    assert (second["knownTo"], gone["knownTo"]) == (gone["knownFrom"], None)
    assert first["changes"] == [] and first["record"]["customerName"] == "First"
    assert second["changes"] == [{"pointer": "/customerName", "before": "First", "after": "Second"}]
    assert gone["isDeleted"] and gone["modifiedDate"] == "2026-02-01T13:00:00Z"
    assert {"pointer": "/metadata/isDeleted", "before": False, "after": True} in gone["changes"]
    assert versions(acme, "customers/1/versions")[0]["record"] is None
    assert acme.api.get(f"{acme.path}/data/customers/2/versions").status == 404
    assert acme.api.get(f"{acme.path}/data/customers/1/versions?includeRecord=7").status == 400


def test_statements_have_versions_of_each_month(acme: LinkedCompany) -> None:
    place = place_of(acme)
    merge(place, MONTHS, {"2026-01": "a", "2026-02": "a"}, at(1))
    merge(place, MONTHS, {"2026-01": "b", "2026-02": "a"}, at(2))
    found = versions(acme, "financials/balanceSheet/versions")
    assert [one["id"] for one in found] == ["2026-01", "2026-02", "2026-01"]
    assert found[0]["changes"] == [{"pointer": "/customerName", "before": "a", "after": "b"}]


def test_a_record_without_a_deletion_flag_that_goes_and_comes_back_shows_the_gap(
    acme: LinkedCompany,
) -> None:
    place = place_of(acme)
    for hours, names in ((1, {"7": "a"}), (2, {}), (3, {"7": "a"})):
        merge(place, LINES, names, at(hours))
    path = f"{acme.connection_path}/data/bankAccounts/%20/bankTransactions/7/versions"
    assert acme.api.get(path).status == 404  # it belongs to no account of this name
    with client_scope(place.client_id):
        kept = SupersededVersion.objects.order_by("change_id")
        assert [(one.is_removed, one.known_to) for one in kept] == [(False, at(2)), (True, at(3))]
    assert known(place, at(2)) == {} and len(known(place, at(3))) == 1


def test_a_record_that_moves_between_data_types_is_gone_here_and_new_there(
    acme: LinkedCompany,
) -> None:
    """An invoice that its owner turned into a credit note."""
    place = place_of(acme)

    def bring(data_type: DataType, ids: list[str], hours: int) -> None:
        work = Merge(place, data_type, "test-1", at(hours))
        for one in ids:
            body = {"id": one, "metadata": {"isDeleted": False}}
            work.add(MappedRecord(one, body, None, None, [("documents", one)]))
        work.finish()

    bring(DataType.INVOICES, ["9"], 1)
    bring(DataType.CREDIT_NOTES, [], 1)
    bring(DataType.INVOICES, [], 2)
    bring(DataType.CREDIT_NOTES, ["9"], 2)
    states = {key: gone for key, (_name, gone) in known(place, None).items()}
    assert states == {("invoices", "9"): True, ("creditNotes", "9"): False}
    assert set(known(place, at(1))) == {("invoices", "9")}


def test_earlier_raw_bodies_are_kept_sealed_and_found_by_time(acme: LinkedCompany) -> None:
    place = place_of(acme)
    box = BodyBox(SealingKey("c", b"k" * KEY_BYTES), place.connection_id)

    def store(body: bytes, scan: int) -> int:
        records = [RawRecord("501", body)]
        return store_raw(
            place=place, box=box, resource="customers", scan=scan, records=records, at=at(scan)
        )

    def raw_at(hours: int) -> tuple[bytes, bool, bool]:
        found = raw_version(
            place=place, box=box, resource="customers", source_id="501", at=at(hours)
        )
        assert found is not None
        return found.body, found.deleted_at is not None, found.is_exact

    with client_scope(place.client_id):
        assert [store(b"one", 1), store(b"one", 2), store(b"two", 3)] == [1, 0, 1]
        delete_records(
            place=place, resource="customers", scan=4, ids=["501"], evidence="404", at=at(4)
        )
        store(b"three", 5)
        bodies = {hours: raw_at(hours) for hours in range(7)}
        kept = list(SupersededRaw.objects.order_by("known_from"))
    assert bodies == {
        0: (b"one", False, False),
        1: (b"one", False, True),
        2: (b"one", False, True),
        3: (b"two", False, True),
        4: (b"two", True, True),
        5: (b"three", False, True),
        6: (b"three", False, True),
    }
    assert [(one.changed_scan, one.until_scan) for one in kept] == [(1, 3), (3, 5)]
    assert kept[1].deletion_evidence == "404"
    assert all(b"one" not in bytes(one.body) for one in kept)
