"""A source that lies: every lie is named, in words or in pence."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.stories.proxy import Answer, Lie, path_of
from tests.stories.world import Business, World


def lie_about(resource: str, change: Callable[[list[dict[str, Any]]], None]) -> Lie:
    """Changes the records of one list, and the same record when it is asked for by id."""

    def lie(path: str, answer: Answer) -> Answer:
        if path_of(path).endswith(f"/{resource}") and answer.document:
            change(answer.document["data"])
            # An entity tag of the truth would be no evidence for the lie.
            answer.headers.pop("etag", None)
        return answer

    return lie


def _sale(records: list[dict[str, Any]]) -> dict[str, Any] | None:
    sales = [one for one in records if one["attributes"]["document-side"] == "customer"]
    return sales[3] if len(sales) > 3 else None


def drop_a_line(records: list[dict[str, Any]]) -> None:
    sale = _sale(records)
    if sale:
        sale["attributes"]["invoice-lines"].pop()


def move_a_penny(records: list[dict[str, Any]]) -> None:
    """Consistently: only the source's own reports can tell."""
    sale = _sale(records)
    if sale:
        line, whole = sale["attributes"]["invoice-lines"][0], sale["attributes"]
        for facts, names in (
            (line, ("net-amount", "total-amount")),
            (whole, ("net-amount", "total-amount", "outstanding-amount")),
        ):
            for name in names:
                facts[name] = str(Decimal(facts[name]) + Decimal("0.01"))


def turn_a_sign(records: list[dict[str, Any]]) -> None:
    sale = _sale(records)
    if sale:
        whole = sale["attributes"]
        for line in whole["invoice-lines"]:
            for name in ("net-amount", "tax-amount", "total-amount", "quantity"):
                line[name] = str(-Decimal(line[name]))
        for name in ("net-amount", "tax-amount", "total-amount", "outstanding-amount"):
            whole[name] = str(-Decimal(whole[name]))


def lose_a_customer(records: list[dict[str, Any]]) -> None:
    if records:
        records.pop()


def test_an_honest_source_is_complete_and_reconciled(world: World, shop: Business) -> None:
    linked = world.link(shop)
    datasets = world.await_sync(linked)
    outcomes = {key: one["outcome"] for key, one in world.certificates(linked, datasets).items()}
    assert set(outcomes.values()) == {"COMPLETE"}, outcomes
    compared = world.reconciliation(linked, datasets)
    assert compared is not None
    assert compared["outcome"] == "RECONCILED", compared["certificate"]


@pytest.mark.parametrize(
    ("resource", "change"),
    [
        ("invoices", drop_a_line),
        ("invoices", move_a_penny),
        ("invoices", turn_a_sign),
        ("customers", lose_a_customer),
    ],
)
def test_a_lie_is_named(
    world: World, shop: Business, resource: str, change: Callable[[list[dict[str, Any]]], None]
) -> None:
    world.proxy.lie = lie_about(resource, change)
    linked = world.link(shop)
    datasets = world.await_sync(linked)
    certificates = world.certificates(linked, datasets)
    compared = world.reconciliation(linked, datasets)
    assert compared is not None
    incomplete = [key for key, one in certificates.items() if one["outcome"] == "INCOMPLETE"]
    differences = compared["certificate"].get("differences", [])
    failed = [key for key, one in datasets.items() if one["status"].endswith("Error")]
    assert incomplete or differences or failed, (certificates, compared)
    if change is move_a_penny:
        assert {abs(one["pence"]) for one in differences} == {1}, differences


def test_a_repeated_page_doubles_nothing_and_is_noticed(world: World, shop: Business) -> None:
    """The source answers page 2 with page 1 again, for ever."""

    def lie(path: str, answer: Answer) -> Answer:
        if path_of(path).endswith("/invoices") and "page=2" in path and "first" in kept:
            answer.document = kept["first"]
            answer.headers.pop("etag", None)
        elif path_of(path).endswith("/invoices") and answer.document:
            kept["first"] = answer.document
        return answer

    kept: dict[str, Any] = {}
    world.proxy.lie = lie
    linked = world.link(shop)
    world.await_sync(linked)
    invoices = world.records(linked, "data/invoices")
    assert len({one["id"] for one in invoices}) == len(invoices) == 12
