"""Integrations in the public API."""

import datetime as dt
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.test import Client as Browser
from django.utils import timezone

from bookbridge.bridge.api.tests.cast import NOW, Api
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.integrations.models import (
    IntegrationSettings,
    SourceHealth,
    SourceOutage,
)

UK = ZoneInfo("Europe/London")

PANDLE = {
    "key": "vjms",
    "name": "Pandle",
    "sourceId": "396c3158-5dd7-481b-a7c4-a795ca31792b",
    "integrationId": "1c312d69-e638-46d4-ad31-72e6c3ba8390",
    "sourceType": "Accounting",
}


def test_pandle_has_the_identity_that_clients_know(lender: Api) -> None:
    body = lender.get("/integrations/vjms").body
    assert PANDLE.items() <= body.items()
    features = {one["dataType"]: one["supportedFeatures"] for one in body["datatypeFeatures"]}
    assert features["invoices"] == [{"featureType": "Get", "featureState": "Release"}]
    logo = Browser().get(urlsplit(body["logoUrl"]).path)
    assert (logo["Content-Type"], logo.content[:4]) == ("image/svg+xml", b"<svg")
    branding = lender.get("/integrations/vjms/branding").body
    assert branding["sourceId"] == PANDLE["sourceId"]
    assert branding["logo"]["full"]["image"]["alt"] == "Pandle"


def test_integrations_are_queried_by_type_and_whether_enabled(lender: Api) -> None:
    def keys(query: str) -> list[str]:
        return [one["key"] for one in lender.get(f"/integrations?query={query}").body["results"]]

    assert keys("sourceType=accounting%26%26enabled=false") == ["vjms"]
    assert keys("enabled=true") == []
    with client_scope(lender.client_id):
        IntegrationSettings.objects.create(
            client_id=lender.client_id,
            integration_key="vjms",
            host="https://my.pandle.com",
            is_enabled=True,
            updated_at=NOW,
        )
    assert keys("sourceType=Accounting%26%26enabled=true") == ["vjms"]
    assert lender.get("/integrations?orderBy=-name").body["totalResults"] == 1
    assert keys("sourceType=Banking") == []


def test_an_unknown_integration_is_a_404(lender: Api) -> None:
    assert lender.get("/integrations/zzzz").status == 404
    assert lender.get("/integrations/zzzz/branding").status == 404


def test_health_says_in_one_sentence_whether_a_platform_is_up(lender: Api) -> None:
    host = "https://books.example"
    with client_scope(lender.client_id):
        IntegrationSettings.objects.create(
            client_id=lender.client_id, integration_key="vjms", host=host, updated_at=NOW
        )
    assert lender.get("/integrations/vjms/health").body["state"] == "unknown"
    now = timezone.now()
    SourceHealth.objects.create(
        integration_key="vjms",
        host=host,
        state="maintenance",
        checked_at=now,
        down_since=now,
        planned=[
            {
                "from": (now + dt.timedelta(days=1)).isoformat(),
                "to": (now + dt.timedelta(days=1, hours=1)).isoformat(),
                "reason": "New disks.",
            }
        ],
    )
    SourceOutage.objects.create(
        integration_key="vjms", host=host, started_at=now, origin=SourceOutage.Origin.ANSWER
    )
    body = lender.get("/integrations/vjms/health").body

    assert body["isDown"] is True
    assert body["sentence"] == "Pandle is in maintenance; this resumes by itself."
    assert [(one["origin"], one["reason"]) for one in body["windows"]] == [
        ("announced", "New disks.")
    ]
    assert [one["endedAt"] for one in body["outages"]] == [None]
    assert lender.get("/integrations/zzzz/health").status == 404


def test_pandles_own_host_is_known_to_be_down_on_some_tuesday_mornings(lender: Api) -> None:
    windows = lender.get("/integrations/vjms/health").body["windows"]
    starts = [dt.datetime.fromisoformat(one["startsAt"]).astimezone(UK) for one in windows]

    assert {one["origin"] for one in windows} == {"known"}
    assert {(start.strftime("%A"), start.hour) for start in starts} == {("Tuesday", 6)}
