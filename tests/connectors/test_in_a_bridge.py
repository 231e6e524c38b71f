"""Tiny Ledger in a real bridge: registered by a setting alone, set up, linked, read, certified."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest
from bench.misbehaving_source import make_source

from tests.conftest import Installation
from tests.stories.ledger_world import (
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


def test_its_records_are_read_certified_and_served(world: LedgerWorld) -> None:
    ledger = world.link()
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
