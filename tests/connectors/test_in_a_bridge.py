"""Tiny Ledger in a real bridge: registered by a setting alone, set up, linked, read, certified."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest
from bench.misbehaving_source import make_source

from tests.conftest import Installation
from tests.stories.ledger_world import (
    Ledger,
    LedgerWorld,
    digest,
    ledger_world,
    rows_at_source,
    rows_served,
)


@pytest.fixture(scope="module")
def world(running_installation: Installation) -> Iterator[LedgerWorld]:
    source = make_source(rows=120, customers=105, invoices=110)
    with ledger_world(running_installation, source) as found:
        yield found


def test_the_bridge_offers_a_connector_that_lives_elsewhere(world: LedgerWorld) -> None:
    found = world.api.get("/integrations/tiny")
    assert (found["name"], found["enabled"]) == ("Tiny Ledger", True)
    logo = httpx.get(found["logoUrl"])
    assert (logo.status_code, logo.headers["content-type"]) == (200, "image/svg+xml")
    assert 'aria-label="Tiny Ledger"' in logo.text


@pytest.fixture(scope="module")
def ledger(world: LedgerWorld) -> Ledger:
    return world.link()


def test_its_records_are_read_certified_and_served(ledger: Ledger) -> None:
    outcomes = {key: one["outcome"] for key, one in ledger.certificates().items()}
    assert outcomes == dict.fromkeys(("customers", "invoices", "journalEntries"), "COMPLETE")
    assert digest(rows_served(ledger)) == digest(rows_at_source(ledger))
    invoices = {one["id"]: one for one in ledger.records("invoices")}
    assert len(invoices) == 110
    for row in ledger.books.rows["invoices"]:
        told, found = row["attributes"], invoices[row["id"]]
        assert found["totalAmount"] == Decimal(told["total"])
        assert found["amountDue"] == Decimal(told["outstanding"])
        assert found["customerRef"]["id"] == row["relationships"]["customer"]["data"]["id"]
    names = {one["customerName"] for one in ledger.records("customers")}
    assert names == {row["attributes"]["name"] for row in ledger.books.rows["customers"]}


def test_later_only_what_changed_is_read_and_nothing_is_taken_for_deleted(ledger: Ledger) -> None:
    assert ledger.certificates()["invoices"]["outcome"] == "COMPLETE"
    row_id = ledger.books.rows["invoices"][50]["id"]
    now = f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    changes = {"outstanding": "1.23", "modified-at": now}
    ledger.order("edit", list="invoices", id=row_id, attributes=changes, touch=False)
    ledger.order("forget")
    certificate = ledger.read("invoices")
    assert certificate["outcome"] == "COMPLETE"
    asked = [path for path in ledger.source.requests if path.startswith("/api/invoices?")]
    assert len(asked) == 1
    assert "modified-since" in asked[0]
    invoices = {one["id"]: one for one in ledger.records("invoices")}
    assert invoices[row_id]["amountDue"] == Decimal("1.23")
    assert len(invoices) == 110
    assert not [one for one in invoices.values() if one["metadata"]["isDeleted"]]
