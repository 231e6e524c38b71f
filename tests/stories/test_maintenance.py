"""The books close for maintenance: reads wait quietly and go on by themselves when they open."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from bookbridge.demo.syncing import IN_PROGRESS
from tests.stories.proxy import path_of
from tests.stories.world import Business, Linked, World

WAIT_SECONDS_MAX = 240
POLL_SECONDS = 0.2
SENTENCE = re.compile(
    r"Pandle is in maintenance until about [\w ]*\d\d:\d\d UK time; this resumes by itself\."
)
# What a look asks, for everybody: the status page, and whether the API's front door is open.
LOOKS = ("/status.json", "/api/v1/companies")


def wait_for(happened: Callable[[], Any], what: str) -> Any:
    until = time.monotonic() + WAIT_SECONDS_MAX
    while time.monotonic() < until:
        found = happened()
        if found:
            return found
        time.sleep(POLL_SECONDS)
    raise AssertionError(f"it never happened: {what}")


def refresh(world: World, linked: Linked, what: str = "all") -> None:
    reply = world.api.http.post(f"/companies/{linked.company_id}/data/{what}")
    assert reply.status_code in (200, 204), reply.text


def unfinished(world: World, linked: Linked) -> list[dict[str, Any]]:
    return [one for one in world.datasets(linked) if one["status"] in IN_PROGRESS]


def is_done(world: World, linked: Linked) -> bool:
    return not unfinished(world, linked)


def waiting(world: World, linked: Linked) -> list[dict[str, Any]]:
    """The company's datasets, once all of the newest refresh wait and say why."""
    found = unfinished(world, linked)
    told = [SENTENCE.fullmatch(one.get("statusDescription") or "") for one in found]
    return found if found and all(told) else []


def asked(world: World) -> list[str]:
    """What the source was asked on behalf of a connection."""
    return [path for path in world.proxy.requests if path_of(path) not in LOOKS]


def assert_calm(world: World, linked: Linked) -> None:
    """Nothing about the connection says that something went wrong."""
    path = f"/companies/{linked.company_id}/connections/{linked.connection_id}"
    connection = world.api.get(path)
    assert connection["status"] == "Linked"
    assert not connection.get("dataConnectionErrors")
    assert {one["status"] for one in unfinished(world, linked)} == {"Queued"}


@pytest.fixture
def companies(world: World, shop: Business) -> list[Linked]:
    """Three companies that have been read before."""
    linked = [world.link(shop) for _ in range(3)]
    for one in linked:
        world.await_sync(one)
    return linked


@pytest.fixture
def closed(world: World, companies: list[Linked]) -> Iterator[Callable[[], str]]:
    """The books in maintenance; gives what ends it."""
    end = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)).isoformat()
    plan = ("books", "plan_maintenance")
    world.running.command(*plan, "--from=now", f"--to={end}", "--reason=New disks.")
    try:
        yield partial(world.running.command, *plan, "--end-now")
    finally:
        world.running.command(*plan, "--end-now")


def test_reads_wait_through_maintenance_and_finish_by_themselves(
    world: World, companies: list[Linked], closed: Callable[[], str]
) -> None:
    first, *others = companies
    mails = len(list(world.ready.outbox.iterdir()))
    refresh(world, first)
    wait_for(lambda: waiting(world, first), "the first company waits and says why")
    before = len(asked(world))
    for linked in others:
        refresh(world, linked, "queue/customers")
    for linked in others:
        wait_for(partial(waiting, world, linked), "the others wait")
    assert asked(world)[before:] == [], "each asked the source in vain"
    for linked in companies:
        assert_calm(world, linked)
    assert len(list(world.ready.outbox.iterdir())) == mails

    health = world.api.get("/integrations/vjms/health")
    assert health["isDown"] and SENTENCE.fullmatch(health["sentence"])
    company = f"/companies/{first.company_id}/summary"
    for page in ("/companies", company, "/settings/integrations/accounting/vjms"):
        text = world.lender.open(f"{world.ready.bridge_url}{page}").text
        assert SENTENCE.search(text), (page, text)

    closed()
    datasets = world.await_sync(first)
    compared = world.reconciliation(first, datasets)
    assert compared is not None and compared["outcome"] == "RECONCILED"
    for linked in others:
        wait_for(partial(is_done, world, linked), "the others finish")
    ended = [one for linked in companies for one in world.datasets(linked)]
    assert {one["status"] for one in ended} <= {"Complete", "NotSupported"}
    health = world.api.get("/integrations/vjms/health")
    assert not health["isDown"] and health["outages"][0]["endedAt"] is not None
