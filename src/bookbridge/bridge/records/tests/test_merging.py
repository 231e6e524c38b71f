"""Merging records of any number: what is met, met twice, refused and gone."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from bookbridge.bridge.api.tests.books import linked_company
from bookbridge.bridge.api.tests.cast import Api
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.contract import MappedRecord
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.records.models import Record, SupersededVersion
from bookbridge.bridge.records.operations import Merge, seen
from bookbridge.bridge.records.operations import normalised as merging
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.records.tests.test_changes import NOW, place_of

CUSTOMERS, LINES = DataType.CUSTOMERS, DataType.BANK_TRANSACTIONS


@pytest.fixture(params=["few", "many"])
def place(lender: Api, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Where few ids are remembered by the worker, and where many are by the database."""
    monkeypatch.setattr(merging, "BATCH_RECORDS_MAX", 3)
    monkeypatch.setattr(seen, "BATCH_RECORDS_MAX", 3)
    monkeypatch.setattr(seen, "FEW_MAX", 4 if request.param == "many" else 1000)
    return place_of(linked_company(lender))


def record(number: int, name: str, source: int | None = None) -> MappedRecord:
    body = {"id": str(number), "customerName": name, "metadata": {"isDeleted": False}}
    made_from = ("customers", str(source or number))
    return MappedRecord(str(number), body, None, None, [made_from])


def merge(
    place: Place,
    records: Iterable[MappedRecord],
    *,
    data_type: DataType = CUSTOMERS,
    refused: Iterable[int] = (),
) -> tuple[Merge, int]:
    work = Merge(place, data_type, "test-1", NOW)
    for one in records:
        work.add(one)
    for number in refused:
        work.refuse(("customers", str(number)))
    return work, work.finish()


def live(place: Place) -> set[str]:
    with client_scope(place.client_id):
        return set(Record.objects.filter(is_deleted=False).values_list("record_id", flat=True))


def test_what_is_not_met_is_gone_and_what_did_not_change_is_not_written(place: Place) -> None:
    first, gone = merge(place, [record(number, "a") for number in range(1, 12)])
    assert (first.written, gone) == (11, 0)
    again, gone = merge(place, [record(number, "a") for number in range(1, 12)])
    assert (again.written, gone) == (0, 0)
    less, gone = merge(place, [record(number, "a") for number in range(3, 12)])
    assert (less.written, gone) == (2, 2)
    assert live(place) == {str(number) for number in range(3, 12)}
    last, gone = merge(place, [])
    assert gone == 9 and live(place) == set() and last.counts() == (0, 11)


def test_of_two_records_with_one_id_the_first_counts(place: Place) -> None:
    twice = [*(record(number, "first") for number in range(1, 9)), record(1, "second")]
    work, _gone = merge(place, [*twice, record(8, "second")])
    assert sorted(work.repeated_ids) == ["1", "8"] and work.repeated == 2
    with client_scope(place.client_id):
        assert {one.body["customerName"] for one in Record.objects.all()} == {"first"}


def test_what_was_made_of_refused_records_stays(place: Place) -> None:
    merge(place, [record(number, "a") for number in range(1, 10)])
    _work, gone = merge(place, [record(9, "a")], refused=range(1, 8))
    assert gone == 1 and live(place) == {"1", "2", "3", "4", "5", "6", "7", "9"}


def test_records_without_a_deletion_flag_are_removed_and_their_versions_say_so(
    place: Place,
) -> None:
    merge(place, [record(number, "a") for number in range(1, 6)], data_type=LINES)
    _work, gone = merge(place, [record(1, "b")], data_type=LINES)
    assert gone == 4 and live(place) == {"1"}
    with client_scope(place.client_id):
        kept = SupersededVersion.objects.order_by("change_id")
        assert kept.filter(is_removed=False).count() == 5
        assert kept.filter(is_removed=True, known_to=None).count() == 4
    merge(place, [record(1, "b"), record(2, "a")], data_type=LINES)
    with client_scope(place.client_id):
        back = kept.get(is_removed=True, record_id="2")
        assert back.until_change_id == Record.objects.get(record_id="2").change_id


def test_a_record_that_is_only_made_of_others_is_no_new_version(place: Place) -> None:
    merge(place, [record(1, "a")])
    work, _gone = merge(place, [record(1, "a", source=7)])
    assert work.written == 0
    with client_scope(place.client_id):
        assert Record.objects.get().sources == [["customers", "7"]]
        assert not SupersededVersion.objects.exists()


def test_what_another_wrote_meanwhile_is_not_gone(place: Place) -> None:
    work = Merge(place, CUSTOMERS, "test-1", NOW)
    work.begin()
    merge(place, [record(7, "another's")])
    work.add(record(1, "ours"))
    assert work.finish() == 0
    assert live(place) == {"1", "7"}
