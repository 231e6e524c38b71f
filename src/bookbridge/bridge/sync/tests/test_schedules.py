"""Schedules: what is due, when each connection's moment comes, and at what cost."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.models import Company
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.datatypes import ORDER, DataType
from bookbridge.bridge.sync.models import Dataset, Refresh, SyncSetting
from bookbridge.bridge.sync.operations import NewSyncSetting, save_sync_settings
from bookbridge.bridge.sync.operations.schedules import (
    CONNECTIONS_PER_ROUND,
    due_types,
    queue_due_datasets,
)
from bookbridge.bridge.sync.operations.working import run_connection
from bookbridge.bridge.sync.rules import Urgency
from bookbridge.bridge.sync.tests.conftest import Linked
from bookbridge.bridge.sync.type_settings import setting_of, wanted_since

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = 24 * HOUR


def choose(
    linked: Linked, data_type: DataType, hours: int, *, own: bool = False, **more: object
) -> None:
    with client_scope(linked.client.id):
        save_sync_settings(
            client_id=linked.client.id,
            company_id=linked.company.id if own else None,
            settings=[
                NewSyncSetting(
                    **{
                        "data_type": data_type,
                        "fetch_on_first_link": True,
                        "sync_schedule_hours": hours,
                        **more,
                    }
                )
            ],
        )


def was_read(linked: Linked, at: dt.datetime, *types: DataType) -> None:
    with client_scope(linked.client.id):
        Connection.objects.update(linked_at=at)
    for dataset in linked.request(*types, at=at):
        with client_scope(linked.client.id):
            Dataset.objects.filter(id=dataset.id).update(status="Complete", completed_at=at)
            Refresh.objects.update(completed_at=at)


def due(linked: Linked, at: dt.datetime) -> set[str]:
    found = due_types(linked.client.id, at)
    return {one.value for one in found.get(linked.connection.id, [])}


def test_a_type_is_due_when_its_interval_is_over_and_hardly_before(linked: Linked) -> None:
    choose(linked, DataType.CUSTOMERS, 24)
    was_read(linked, NOW, DataType.CUSTOMERS, DataType.SUPPLIERS)
    assert due(linked, NOW + DAY * 0.89) == set()
    assert due(linked, NOW + DAY) == {"customers"}


def test_a_companys_own_setting_wins_also_where_it_is_never(linked: Linked) -> None:
    choose(linked, DataType.CUSTOMERS, 24)
    choose(linked, DataType.SUPPLIERS, 24)
    choose(linked, DataType.CUSTOMERS, 0, own=True)
    choose(linked, DataType.SUPPLIERS, 48, own=True)
    was_read(linked, NOW, DataType.CUSTOMERS, DataType.SUPPLIERS)
    assert due(linked, NOW + DAY) == set()
    assert due(linked, NOW + 2 * DAY) == {"suppliers"}


def test_what_is_being_read_or_not_linked_is_not_due(linked: Linked) -> None:
    choose(linked, DataType.CUSTOMERS, 1)
    was_read(linked, NOW, DataType.CUSTOMERS)
    later = NOW + DAY
    linked.request(DataType.CUSTOMERS, at=later)
    assert due(linked, later + DAY) == set()
    with client_scope(linked.client.id):
        Dataset.objects.update(status="Complete", completed_at=later)
        assert due(linked, later + DAY) == {"customers"}
        Connection.objects.update(status=Connection.Status.DEAUTHORIZED)
    assert due(linked, later + DAY) == set()


def test_a_scheduled_read_is_queued_once_and_as_less_urgent(linked: Linked) -> None:
    choose(linked, DataType.CUSTOMERS, 1)
    # No source of ours has them: that does not keep the others from being read.
    with client_scope(linked.client.id):
        SyncSetting.objects.create(
            client_id=linked.client.id, data_type="purchaseOrders", sync_schedule_hours=1
        )
    was_read(linked, NOW, DataType.CUSTOMERS)
    assert queue_due_datasets(at=NOW + DAY) == 1
    assert queue_due_datasets(at=NOW + DAY) == 0
    with client_scope(linked.client.id):
        refresh = Refresh.objects.get(completed_at=None)
    assert (refresh.urgency, refresh.is_full) == (Urgency.SCHEDULED, False)


def test_a_scheduled_read_of_everything_is_reconciled(linked: Linked) -> None:
    for data_type in ORDER:
        choose(linked, data_type, 24)
    with client_scope(linked.client.id):
        Connection.objects.update(linked_at=NOW - 2 * DAY)
    assert queue_due_datasets(at=NOW) > 20
    with client_scope(linked.client.id):
        assert Refresh.objects.get().is_full


def many(linked: Linked, count: int) -> list[uuid.UUID]:
    """So many more companies of the client, each read once."""
    with client_scope(linked.client.id):
        companies = Company.objects.bulk_create(
            Company(
                client_id=linked.client.id, name=f"Company {one}", created_at=NOW, updated_at=NOW
            )
            for one in range(count)
        )
        connections = Connection.objects.bulk_create(
            Connection(
                client_id=linked.client.id,
                company=company,
                integration_key="vjms",
                status=Connection.Status.LINKED,
                created_at=NOW,
                linked_at=NOW,
            )
            for company in companies
        )
    return [one.id for one in connections]


def test_companies_linked_together_are_not_all_read_at_once(linked: Linked) -> None:
    choose(linked, DataType.CUSTOMERS, 24)
    ids = set(many(linked, 100))
    at_first = ids & due_types(linked.client.id, NOW + 22 * HOUR).keys()
    later = ids & due_types(linked.client.id, NOW + 23 * HOUR).keys()
    assert at_first < later < ids
    assert len(at_first) < 40 and 20 < len(later) < 80
    assert ids <= due_types(linked.client.id, NOW + DAY).keys()
    # Each connection keeps its moment.
    assert at_first == ids & due_types(linked.client.id, NOW + 22 * HOUR).keys()


def test_a_round_finds_what_is_due_of_a_thousand_companies_in_one_statement(
    linked: Linked,
) -> None:
    for data_type in ORDER:
        choose(linked, data_type, 24)
    many(linked, 1000)
    with CaptureQueriesContext(database) as captured:
        found = due_types(linked.client.id, NOW + 2 * DAY)
    assert len(found) == CONNECTIONS_PER_ROUND
    assert sum("sync_dataset" in one["sql"] for one in captured) == 1


def test_a_first_link_reads_what_is_set_for_it_in_the_chosen_order(linked: Linked) -> None:
    choose(linked, DataType.CUSTOMERS, 0, fetch_on_first_link=False)
    assert "customers" not in {one.data_type for one in linked.request()}
    with client_scope(linked.client.id):
        Dataset.objects.all().delete()
        Refresh.objects.all().delete()
    choose(linked, DataType.TAX_RATES, 0, sync_order=900)
    linked.request(DataType.TAX_RATES, DataType.SUPPLIERS)
    linked.source.seen.clear()
    run_connection(client_id=linked.client.id, connection_id=linked.connection.id)
    asked = linked.source.seen
    places = [
        next(place for place, path in enumerate(asked) if part in path)
        for part in ("/suppliers", "tax")
    ]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, None),
        ({"sync_from": NOW}, NOW),
        ({"sync_from_window_months": 3}, dt.datetime(2025, 12, 1, tzinfo=dt.UTC)),
    ],
)
def test_a_window_begins_where_the_settings_say(
    linked: Linked, chosen: dict[str, object], expected: dt.datetime | None
) -> None:
    choose(linked, DataType.INVOICES, 0, **chosen)
    with client_scope(linked.client.id):
        setting = setting_of(linked.client.id, linked.company.id, DataType.INVOICES)
    assert wanted_since(setting, NOW.date()) == expected


def test_statements_are_read_for_so_many_months(linked: Linked) -> None:
    choose(linked, DataType.PROFIT_AND_LOSS, 0, months_to_sync=3)
    dataset = linked.request(DataType.PROFIT_AND_LOSS, at=timezone.now())[0]
    linked.run(dataset)
    assert len(linked.source.asked("/reports/profit_and_loss")) == 3


def test_what_was_read_before_a_window_was_chosen_stays(linked: Linked) -> None:
    linked.sync(DataType.CUSTOMERS)
    before = linked.records(DataType.CUSTOMERS)
    assert before
    choose(linked, DataType.CUSTOMERS, 0, sync_from=timezone.now() + DAY)
    linked.sync(DataType.CUSTOMERS)
    after = linked.records(DataType.CUSTOMERS)
    assert {key: row.is_deleted for key, row in after.items()} == dict.fromkeys(before, False)
