"""Warning signs in the books of somebody who goes back and changes things."""

from __future__ import annotations

import copy
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.evidence.finding import (
    gaps,
    last_year_end,
    reporting_date,
    told_changes,
    was_reported,
    weight,
)
from bookbridge.bridge.evidence.operations.signs import find_signs
from bookbridge.bridge.evidence.tests.conftest import Read

LONG_PAST = "2024-05-10"


def signs(read: Read, parameters: str = "") -> list[Any]:
    find_signs(
        client_id=read.linked.client.id,
        connection_id=read.linked.connection.id,
        at=timezone.now(),
    )
    return list(read.get(f"/signals?pageSize=500{parameters}").body["results"])


def of_kind(read: Read, kind: str) -> list[Any]:
    return signs(read, f"&type={kind}")


def add_invoice(read: Read, record_id: str, number: str, date: str) -> Any:
    """An unpaid invoice like another, at the source."""
    lists = read.linked.source.records.lists
    made = copy.deepcopy(read.linked.source.records.record("invoices", "9002"))
    made["id"] = record_id
    made["attributes"] |= {
        "invoice-number": number,
        "date": date,
        "due-date": date,
        "outstanding-amount": "600.00",
        "updated-at": "2026-02-02T09:00:00Z",
    }
    lists["invoices"].append(made)
    return made["attributes"]


def test_books_in_order_show_nothing(read: Read) -> None:
    assert signs(read) == []


def test_an_entry_dated_into_a_reported_month_is_backdated(read: Read) -> None:
    add_invoice(read, "9500", "INV-1004", LONG_PAST)
    read.linked.sync(DataType.INVOICES)
    (sign,) = signs(read)
    assert (sign["type"], sign["severity"]) == ("backdated", "high")
    assert sign["records"] == [{"dataType": "invoices", "id": "9500"}]
    assert sign["sentence"].startswith("Invoice INV-1004 is dated 2024-05-10, but was not in")
    assert sign["facts"]["date"] == LONG_PAST and sign["goneAt"] is None


def test_what_was_in_the_books_at_the_first_read_is_never_backdated(read: Read) -> None:
    # The worked example's own documents were all there from the start, however old they are.
    assert of_kind(read, "backdated") == []
    today = timezone.localdate().isoformat()
    add_invoice(read, "9500", "INV-1004", today)
    read.linked.sync(DataType.INVOICES)
    assert signs(read) == []


def test_a_document_changed_after_its_month_was_reported_tells_before_and_after(
    read: Read,
) -> None:
    attributes = add_invoice(read, "9500", "INV-1004", LONG_PAST)
    read.linked.sync(DataType.INVOICES)
    line = attributes["invoice-lines"][0]
    for place, field in (
        (line, "net-amount"),
        (line, "total-amount"),
        (attributes, "net-amount"),
        (attributes, "total-amount"),
        (attributes, "outstanding-amount"),
    ):
        place[field] = str(Decimal(place[field]) + 25)
    line["price"] = "525.00"
    read.linked.sync(DataType.INVOICES)
    (sign,) = of_kind(read, "changedAfterReport")
    changes = {one["pointer"]: (one["before"], one["after"]) for one in sign["facts"]["changes"]}
    assert changes["/totalAmount"] == ("600.00", "625.00")
    assert changes["/lineItems/0/subTotal"] == ("500.00", "525.00")
    # What it is still worth follows from that, and is not told again.
    assert "/amountDue" not in changes
    assert sign["records"] == [{"dataType": "invoices", "id": "9500"}]


def test_a_payment_of_an_old_invoice_is_daily_work(read: Read) -> None:
    attributes = add_invoice(read, "9500", "INV-1004", LONG_PAST)
    read.linked.sync(DataType.INVOICES)
    attributes["notes"] = "Reminded"
    read.linked.sync(DataType.INVOICES)
    assert of_kind(read, "changedAfterReport") == []


def test_a_document_deleted_after_its_month_was_reported(read: Read) -> None:
    add_invoice(read, "9500", "INV-1004", LONG_PAST)
    read.linked.sync(DataType.INVOICES)
    read.linked.source.records.lists["invoices"].pop()
    read.linked.sync(DataType.INVOICES)
    (sign,) = of_kind(read, "deletedAfterReport")
    assert sign["severity"] == "high"
    assert "INV-1004, dated 2024-05-10, was found deleted on" in sign["sentence"]


def test_a_gap_in_numbers_is_a_question_and_closes_when_it_is_filled(read: Read) -> None:
    today = timezone.localdate().isoformat()
    add_invoice(read, "9500", "INV-1007", today)
    read.linked.sync(DataType.INVOICES)
    (sign,) = signs(read)
    assert (sign["type"], sign["severity"]) == ("numberGap", "low")
    assert "the number INV-1004 – INV-1006" in sign["sentence"]
    assert "may have a reason" in sign["sentence"]
    assert sign["facts"] == {"first": "INV-1004", "last": "INV-1006", "missing": 3}
    assert [one["id"] for one in sign["records"]] == ["9003", "9500"]
    for number in range(4, 7):
        add_invoice(read, f"950{number}", f"INV-100{number}", today)
    read.linked.sync(DataType.INVOICES)
    assert signs(read) == []
    (gone,) = signs(read, "&includeGone=true")
    assert gone["id"] == sign["id"] and gone["goneAt"] is not None


def test_a_number_given_twice(read: Read) -> None:
    add_invoice(read, "9500", "INV-1002", timezone.localdate().isoformat())
    read.linked.sync(DataType.INVOICES)
    (sign,) = signs(read)
    assert (sign["type"], sign["severity"]) == ("numberRepeated", "medium")
    assert {one["id"] for one in sign["records"]} == {"9002", "9500"}


def test_looking_again_finds_nothing_new_and_lists_can_be_narrowed(read: Read) -> None:
    add_invoice(read, "9500", "INV-1007", LONG_PAST)
    read.linked.sync(DataType.INVOICES)
    assert signs(read)
    first = read.get("/signals").body["results"]
    assert {one["type"] for one in first} == {"backdated", "numberGap"}
    assert {one["id"] for one in signs(read)} == {one["id"] for one in first}
    assert read.api.post(f"{read.path}/signals").status == 202
    later = f"{timezone.now() + dt.timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}"
    assert signs(read, f"&since={later}") == []
    assert read.get("/signals?type=nonsense").status == 400
    assert read.get("/signals?since=nonsense").status == 400


def test_a_full_read_has_them_looked_for(read: Read) -> None:
    done = read.linked.sync()
    read.linked.reconcile(next(iter(done.values())))
    with client_scope(read.linked.client.id), connection.cursor() as cursor:
        cursor.execute(
            "SELECT args->>'connection_id' FROM procrastinate_jobs "
            "WHERE task_name = 'evidence.find_signs'"
        )
        assert cursor.fetchall() == [(str(read.linked.connection.id),)]


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{text}T12:00:00+00:00")


def test_a_month_counts_as_reported_thirty_days_after_its_end() -> None:
    date = dt.date(2026, 1, 6)
    assert reporting_date(date) == dt.date(2026, 1, 31)
    assert reporting_date(dt.date(2024, 2, 29)) == dt.date(2024, 2, 29)
    assert not was_reported(date, moment("2026-03-02"))
    assert was_reported(date, moment("2026-03-03"))


def test_a_change_weighs_most_when_its_financial_year_was_over() -> None:
    year_end = last_year_end(dt.date(2025, 4, 1), moment("2026-07-01"))
    assert year_end == dt.date(2026, 3, 31)
    assert weight(dt.date(2026, 3, 1), moment("2026-07-01"), year_end) == "high"
    assert weight(dt.date(2026, 4, 2), moment("2026-07-01"), year_end) == "medium"
    assert weight(dt.date(2026, 3, 1), moment("2026-07-01"), None) == "medium"


@pytest.mark.parametrize(
    ("before", "after", "fields"),
    [
        ({"totalAmount": Decimal("1.0")}, {"totalAmount": Decimal("1.00")}, []),
        ({"status": "Submitted"}, {"status": "Paid"}, []),
        ({"status": "Paid"}, {"status": "Void"}, ["/status"]),
        ({"issueDate": "a"}, {"issueDate": "b"}, ["/issueDate"]),
        ({"note": "a"}, {"note": "b"}, []),
    ],
)
def test_only_what_changes_the_meaning_of_a_document_is_told(
    before: Any, after: Any, fields: list[str]
) -> None:
    assert [change.pointer for change in told_changes(before, after)] == fields


def test_gaps_are_looked_for_within_each_series() -> None:
    numbered = [("A-", 1, 3, "1"), ("A-", 2, 3, "2"), ("A-", 5, 3, "3"), ("B-", 9, 1, "4")]
    (gap,) = gaps(numbered)
    assert (gap.written(gap.first), gap.written(gap.last), gap.count) == ("A-003", "A-004", 2)
