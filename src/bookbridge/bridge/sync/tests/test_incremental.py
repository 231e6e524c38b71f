"""Lists that can be asked for their changes: read in part, and now and then in full."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.contract import Page, Resource, SourceRequest
from bookbridge.bridge.connectors.pandle import PandleConnector
from bookbridge.bridge.connectors.registry import CONNECTORS
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.sync.models import ResourceScan
from bookbridge.bridge.sync.rules import INCREMENTAL_OVERLAP
from bookbridge.bridge.sync.tests.conftest import Linked


class ChangesTold(PandleConnector):
    """A platform whose list of customers can be asked for what changed."""

    def __init__(self) -> None:
        super().__init__()
        told = replace(self.resources["customers"], offers_modified_since=True)
        self.resources: Mapping[str, Resource] = {**self.resources, "customers": told}
        self.asked_since: list[dt.datetime | None] = []
        self.changed: set[str] = set()

    def fetch_page(self, request: SourceRequest, resource: str, **place: Any) -> Page:
        page = super().fetch_page(request, resource, **place)
        if resource != "customers":
            return page
        if place["cursor"] is None:
            self.asked_since.append(request.modified_since)
        if request.modified_since is None:
            return page
        records = [record for record in page.records if record.id in self.changed]
        return replace(page, records=records, source_total=len(records), next_cursor=None)


@pytest.fixture
def connector(monkeypatch: pytest.MonkeyPatch) -> ChangesTold:
    made = ChangesTold()
    monkeypatch.setitem(CONNECTORS, "vjms", made)
    return made


def sync(linked: Linked) -> dict[str, Any]:
    done = linked.sync(DataType.CUSTOMERS)["customers"]
    assert done.status == "Complete"
    facts = json.loads(linked.certificate(done).text)
    found: dict[str, Any] = facts["lists"]["customers"]
    assert facts["outcome"] == "COMPLETE"
    return found


def full_scan_was(linked: Linked, ago: dt.timedelta) -> None:
    with client_scope(linked.client.id):
        ResourceScan.objects.filter(resource="customers").update(started_at=timezone.now() - ago)


def test_only_changes_are_asked_for_and_the_certificate_says_so(
    connector: ChangesTold, linked: Linked
) -> None:
    before = timezone.now()
    first = sync(linked)
    assert (first["kind"], first["changedSince"]) == ("full", None)
    linked.source.records.attributes("customers", "501")["business-name"] = "Acme Renamed Ltd"
    connector.changed = {"501"}
    second = sync(linked)
    assert (second["kind"], second["fetched"], second["stored"]) == ("incremental", 1, 3)
    since = connector.asked_since[-1]
    assert since is not None
    # From earlier than the last reading, since a source's clock may be wrong.
    assert before - INCREMENTAL_OVERLAP <= since < before - INCREMENTAL_OVERLAP / 2
    records = linked.records(DataType.CUSTOMERS)
    assert records["501"].body["customerName"] == "Acme Renamed Ltd"
    assert not any(one.is_deleted for one in records.values())


def test_what_a_partial_reading_lacks_is_not_missing(
    connector: ChangesTold, linked: Linked
) -> None:
    sync(linked)
    customers = linked.source.records.lists["customers"]
    customers[:] = [one for one in customers if one["id"] != "503"]
    for _ in range(3):
        facts = sync(linked)
        assert (facts["kind"], facts["suspect"], facts["deleted"]) == ("incremental", 0, 0)
    assert not linked.records(DataType.CUSTOMERS)["503"].is_deleted
    # The slower beat of full readings proves it.
    full_scan_was(linked, dt.timedelta(hours=settings.FULL_SCAN_HOURS + 1))
    facts = sync(linked)
    assert (facts["kind"], facts["deleted"]) == ("full", 1)
    assert linked.records(DataType.CUSTOMERS)["503"].is_deleted


def test_a_partial_reading_goes_on_from_where_the_last_one_began(
    connector: ChangesTold, linked: Linked
) -> None:
    sync(linked)
    full_scan_was(linked, dt.timedelta(days=2))
    sync(linked)
    sync(linked)
    first, second = connector.asked_since[-2:]
    assert first is not None and second is not None
    assert second - first > dt.timedelta(days=1)
