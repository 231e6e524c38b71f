"""The budget that all workers share, against a source that counts its requests."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.utils import format_datetime

import httpx
import pytest
from django.db import connection as database
from django.db import connections
from django.utils import timezone
from pytest_django.fixtures import Settings

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.calling import rate_hint
from bookbridge.bridge.connectors.contract import RateHint
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.sync import budget as budgets
from bookbridge.bridge.sync.budget import RECOVERY_SECONDS, Budget, HeldBackError
from bookbridge.bridge.sync.limits import Limits, parse
from bookbridge.bridge.sync.models import Dataset, RateBudget
from bookbridge.bridge.sync.tests.conftest import Linked
from bookbridge.kit.env import SettingError

SECOND = dt.timedelta(seconds=1)


@dataclass
class Counted:
    """When each request came to the source."""

    times: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, _request: httpx.Request) -> httpx.Response:
        with self.lock:
            self.times.append(time.monotonic())
        return httpx.Response(200, json={})

    def most_within(self, seconds: float) -> int:
        return max(
            sum(1 for other in self.times if at <= other < at + seconds) for at in self.times
        )


def budget_of(linked: Linked, connection_id: object = None) -> Budget:
    return Budget(linked.client.id, "vjms", connection_id or linked.connection.id)


def rate_of(linked: Linked) -> float | None:
    with client_scope(linked.client.id):
        return RateBudget.objects.get(scope=f"connection:{linked.connection.id}").per_second


def spend(budget: Budget, count: int, ask: Callable[[], object]) -> None:
    try:
        for _ in range(count):
            budget.before_request()
            ask()
    finally:
        connections.close_all()


def test_two_workers_together_ask_no_more_than_the_limit(
    linked: Linked, settings: Settings
) -> None:
    settings.SOURCE_LIMITS = ("vjms=40/40",)
    counted = Counted()
    linked.source.trouble = counted
    headers = {"Authorization": f"Bearer {linked.source.access_token}"}
    with (
        httpx.Client(base_url=linked.source.url, headers=headers) as http,
        ThreadPoolExecutor(2) as workers,
    ):
        for _ in range(2):
            workers.submit(spend, budget_of(linked), 60, lambda: http.get("/api/v1/any"))
    assert len(counted.times) == 120
    # A second's burst, what each worker had reserved, and the rate itself.
    assert counted.most_within(1.0) <= 40 + 40 + 2 * 10
    # 40 at once, the other 80 at 40 a second: never quicker, however slow the machine is.
    assert counted.times[-1] - counted.times[0] > 1.5


def test_a_429_halves_the_rate_once_and_it_grows_back(linked: Linked) -> None:
    budget = budget_of(linked)
    budget.before_request()
    assert rate_of(linked) is None
    for _ in range(3):
        budget.stop(SECOND, "Slow down", is_rate_limit=True)
    assert rate_of(linked) == pytest.approx(50, abs=2)
    with client_scope(linked.client.id):
        earlier = timezone.now() - dt.timedelta(seconds=RECOVERY_SECONDS / 4)
        RateBudget.objects.update(limited_at=earlier, not_before=None)
    # A quarter of the way back up: 75 of 100, and half of that after another 429.
    budget.stop(SECOND, "Slow down", is_rate_limit=True)
    assert rate_of(linked) == pytest.approx(37.5, abs=3)


def test_maintenance_is_waited_for_without_slowing_down_afterwards(linked: Linked) -> None:
    budget = budget_of(linked)
    budget.stop(60 * SECOND, "Maintenance: Disks.")
    assert rate_of(linked) is None
    with pytest.raises(HeldBackError):
        budget_of(linked).before_request()


@pytest.mark.parametrize("retry_after", ["90", "date", ""])
def test_a_429_holds_back_every_worker_for_as_long_as_it_says(
    linked: Linked, retry_after: str
) -> None:
    def refuse(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/customers"):
            return None
        moment = format_datetime(timezone.now() + 90 * SECOND, usegmt=True)
        asked = moment if retry_after == "date" else retry_after
        return httpx.Response(429, headers={"Retry-After": asked})

    linked.source.trouble = refuse
    first = linked.request(DataType.CUSTOMERS, DataType.SUPPLIERS)[0]
    waiting = linked.run(first)
    assert (waiting.status, waiting.attempts) == (Dataset.Status.QUEUED, 1)
    assert rate_of(linked) == pytest.approx(50, abs=2)
    with client_scope(linked.client.id):
        row = RateBudget.objects.get(scope="integration:vjms")
    assert row.not_before is not None
    wait = (row.not_before - timezone.now()).total_seconds()
    # Without a word from the source: the first of our own waits.
    assert (30 < wait <= 91) if retry_after else wait <= 5


def test_a_worker_gives_its_place_up_rather_than_wait_for_long(
    linked: Linked, settings: Settings
) -> None:
    settings.SOURCE_LIMITS = ("vjms=1000/0.1",)
    budget = budget_of(linked)
    budget.before_request()
    with client_scope(linked.client.id), database.cursor() as cursor:
        cursor.execute("UPDATE sync_ratebudget SET next_at = now() + interval '8 seconds'")
    with pytest.raises(HeldBackError, match="used up") as held:
        budget.before_request()
    assert held.value.after is not None and held.value.after.total_seconds() > 5
    # What it did not use is not taken from the others.
    with client_scope(linked.client.id):
        left = RateBudget.objects.get(scope=f"connection:{linked.connection.id}").next_at
    assert left < timezone.now() + 9 * SECOND


def test_hints_of_the_source_spread_what_is_left(linked: Linked) -> None:
    budget = budget_of(linked)
    budget.heed(RateHint(remaining=1000, resets_in=SECOND))
    budget.before_request()
    assert rate_of(linked) is None
    budget.heed(RateHint(remaining=20, resets_in=10 * SECOND))
    assert rate_of(linked) == pytest.approx(2)
    with client_scope(linked.client.id):
        assert RateBudget.objects.get(scope="integration:vjms").per_second is None
    budget.heed(RateHint(remaining=0, resets_in=60 * SECOND))
    with pytest.raises(HeldBackError, match="own limit"):
        budget_of(linked).before_request()


def test_headers_are_read_as_seconds_or_as_a_time() -> None:
    left = {"X-RateLimit-Remaining": "5"}
    date = {"Date": "Mon, 02 Mar 2026 09:00:00 GMT"}
    moment = int(dt.datetime(2026, 3, 2, 9, 1, tzinfo=dt.UTC).timestamp())
    hint = RateHint(5, 60 * SECOND)
    assert rate_hint(httpx.Headers({**left, "X-RateLimit-Reset": "60"})) == hint
    assert rate_hint(httpx.Headers({**left, **date, "X-RateLimit-Reset": str(moment)})) == hint
    assert rate_hint(httpx.Headers({**left, "X-RateLimit-Reset": str(moment)})) is None
    assert rate_hint(httpx.Headers({**left, "X-RateLimit-Reset": "soon"})) is None
    assert rate_hint(httpx.Headers(left)) is None


def test_limits_are_read_by_integration() -> None:
    assert parse(("vjms=20/5", "tiny=2.5")) == {"vjms": Limits(20, 5), "tiny": Limits(2.5, 2.5)}
    for word in ("vjms", "vjms=", "vjms=0", "vjms=a/b", "vjms=-1/2", "vjms=20/1e9"):
        with pytest.raises(SettingError, match="vjms=20/5"):
            parse((word,))
    assert budgets.RESERVED_AT_ONCE > 1
