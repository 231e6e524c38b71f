"""A worker process that is killed in mid-scan: another one takes the dataset up where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter

import httpx
import pytest

from bookbridge.bridge.connectors.pandle.tests.source import COMPANY
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.sync.models import Dataset
from bookbridge.bridge.sync.tests.conftest import Linked
from bookbridge.kit.testing import app_url

PAGES = 12
SECONDS_MAX = 90.0


def start_worker(database: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "BOOKBRIDGE_BRIDGE_DATABASE_URL": app_url(database),
        "BOOKBRIDGE_BRIDGE_ALLOW_PRIVATE_HOSTS": "true",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "django", "worker"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_until(condition: object, what: str) -> None:
    deadline = time.monotonic() + SECONDS_MAX
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.1)


@pytest.mark.database
def test_a_killed_workers_dataset_is_resumed_from_its_last_page(
    committed_db: str, linked: Linked
) -> None:
    linked.source.trouble = many_customers
    linked.source.delay_seconds = 0.15
    dataset = linked.request(DataType.CUSTOMERS)[0]
    first = start_worker(committed_db)
    try:
        wait_until(lambda: len(pages(linked)) >= 5, "the fifth page")
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
    asked = len(pages(linked))
    assert asked < PAGES
    killed_at = time.monotonic()
    second = start_worker(committed_db)
    try:
        wait_until(lambda: len(pages(linked)) > asked, "another worker")
        assert time.monotonic() - killed_at < 30
        wait_until(lambda: linked.fresh(dataset).status == Dataset.Status.COMPLETE, "the end")
    finally:
        second.terminate()
        second.wait()
    again = {page: times for page, times in Counter(pages(linked)).items() if times > 1}
    assert len(again) <= 1 and set(again.values()) <= {2}
    assert len(linked.records(DataType.CUSTOMERS)) == PAGES * 100
    facts = linked.certificate(dataset)
    assert facts.outcome == "COMPLETE"


def pages(linked: Linked) -> list[str]:
    return linked.source.asked("/customers?page=")


def many_customers(request: httpx.Request) -> httpx.Response | None:
    if request.url.path != f"/api/v1/companies/{COMPANY}/customers":
        return None
    page = int(request.url.params["page"])
    ids = range(page * 100, page * 100 + 100) if page <= PAGES else range(0)
    data = [
        {
            "id": str(one),
            "type": "customers",
            "attributes": {"name": f"Customer {one}"},
            "relationships": {},
        }
        for one in ids
    ]
    return httpx.Response(200, json={"data": data, "meta": {"total-count": PAGES * 100}})
