"""What happens to those who ask too much, and what they are told."""

import datetime as dt
import json

import pytest
from django.db import connections
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from bookbridge.bridge.api import limits
from bookbridge.bridge.api.models import RequestCount, VisitCount
from bookbridge.bridge.api.tasks import sweep
from bookbridge.bridge.api.tests.books import linked_company
from bookbridge.bridge.api.tests.cast import Api, basic
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.webhooks.models import Event

HEADERS = ("X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset")


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    limits._linked_companies.clear()


def events(api: Api) -> list[Event]:
    with client_scope(api.client_id):
        return list(Event.objects.filter(event_type__startswith="client.").order_by("occurred_at"))


def test_a_day_is_a_thousand_and_a_thousand_for_each_linked_company(lender: Api) -> None:
    assert lender.get("/companies").response.headers["X-Rate-Limit-Limit"] == "1000"
    limits._linked_companies.clear()
    linked_company(lender, "Acme Ltd")
    linked_company(lender, "Birch Ltd")
    linked_company(lender, "Cedar Ltd", status="PendingAuth")
    assert lender.get("/companies").response.headers["X-Rate-Limit-Limit"] == "3000"


def test_every_answer_tells_a_limit(lender: Api) -> None:
    for answer in (
        lender.get("/companies"),
        lender.get("/nothing"),
        lender.call("DELETE", "/companies"),
        lender.get("/companies", Authorization="Basic nonsense"),
        lender.get("/openapi.json", Authorization=""),
        lender.call("POST", "/companies", "{"),
    ):
        assert all(answer.response.headers[name] for name in HEADERS), answer.status


def test_a_client_is_told_once_that_its_day_is_spent_and_once_that_it_begins(
    lender: Api, settings: Settings
) -> None:
    settings.API_REQUESTS_PER_COMPANY = 2
    assert [lender.get("/companies").status for _ in range(5)] == [200, 200, 429, 429, 429]
    (reached,) = events(lender)
    assert reached.event_type == "client.rateLimit.reached"
    payload = json.loads(reached.body)["payload"]
    assert (payload["dailyQuota"], payload["quotaRemaining"]) == (2, 0)
    now = dt.datetime.now(dt.UTC)
    sweep(at=now)
    assert len(events(lender)) == 1
    sweep(at=now + dt.timedelta(days=1))
    sweep(at=now + dt.timedelta(days=1))
    assert [one.event_type for one in events(lender)][1:] == ["client.rateLimit.reset"]


def test_an_address_that_floods_is_held_back_whoever_it_calls_as(
    lender: Api, stranger: Api, settings: Settings
) -> None:
    VisitCount.objects.all().delete()
    settings.API_REQUESTS_PER_MINUTE = 3
    minute = dt.datetime.now(dt.UTC).minute
    calls = [(lender, ""), (stranger, "x"), (lender, "x"), (stranger, None), (lender, None)]
    statuses = [
        (api.get("/companies") if key is None else api.get("/companies", Authorization=key)).status
        for api, key in calls
    ]
    held = lender.get("/companies")
    if dt.datetime.now(dt.UTC).minute != minute:
        pytest.skip("a new minute began meanwhile")
    assert statuses == [401, 401, 401, 429, 429]
    assert 1 <= int(held.response.headers["Retry-After"]) <= 60
    assert held.response.headers["X-Rate-Limit-Remaining"] == "0"
    # Held back, it costs the client nothing of its day.
    assert not RequestCount.objects.filter(client_id=lender.client_id).exists()


def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(
    lender: Api, settings: Settings
) -> None:
    settings.BEHIND_PROXY = True
    forwarded = {"X-Forwarded-For": "10.9.9.9, 192.0.2.7"}
    lender.get("/companies", **forwarded)
    assert VisitCount.objects.filter(address="192.0.2.7").exists()
    assert not VisitCount.objects.filter(address__startswith="10.").exists()


def test_a_company_answers_so_many_at_once(lender: Api) -> None:
    api = lender
    busy, free = linked_company(api, "Acme Ltd"), linked_company(api, "Birch Ltd")
    headers = {"Authorization": basic(api.key)}
    others = [connections.create_connection("default") for _ in range(10)]
    try:
        for other in others:
            with other.cursor() as cursor:
                cursor.execute("BEGIN")
                key = int.from_bytes(busy.company_id.bytes[:4], signed=True)
                cursor.execute(limits._TAKE_PLACE, [10, key])
                assert cursor.fetchone()
        refused = Browser().get(f"/api{busy.path}", headers=headers)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
        assert Browser().get(f"/api{free.path}", headers=headers).status_code == 200
        with others[0].cursor() as cursor:
            cursor.execute("ROLLBACK")
        assert Browser().get(f"/api{busy.path}", headers=headers).status_code == 200
    finally:
        for other in others:
            other.close()


def test_old_counts_are_swept(lender: Api) -> None:
    lender.get("/companies")
    assert VisitCount.objects.exists()
    sweep(at=dt.datetime.now(dt.UTC) + dt.timedelta(days=40))
    assert not VisitCount.objects.exists()
    assert not RequestCount.objects.exists()
