"""The status page of the source and the front door of its API."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest

from bookbridge.bridge.connectors.contract import AppKeys
from bookbridge.bridge.connectors.errors import MaintenanceError
from bookbridge.bridge.connectors.pandle import client
from bookbridge.bridge.connectors.pandle.status import BODY_BYTES_MAX
from bookbridge.bridge.connectors.pandle.tests.cast import CONNECTOR, request_to

OURS = AppKeys("https://books.example", "", "")
THEIRS = AppKeys("https://my.pandle.com", "", "")
NINE = dt.datetime(2026, 3, 17, 9, tzinfo=dt.UTC)


def serving(page: dict[str, Any], door: httpx.Response | None = None) -> httpx.Client:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/api/v1"):
            assert "authorization" not in request.headers
            return door or httpx.Response(401, json={"errors": ["Sign in"]})
        return httpx.Response(200, json=page)

    return httpx.Client(transport=httpx.MockTransport(answer))


def test_our_own_page_tells_state_end_and_plans() -> None:
    window = {"from": "2026-03-17T08:00:00Z", "to": "2026-03-17T09:00:00Z", "reason": "Disks."}
    later = {"from": "2026-03-24T08:00:00Z", "to": "2026-03-24T09:00:00Z", "reason": "More."}
    page = {"state": "maintenance", "message": "Under", "current": window, "planned": [later]}

    found = CONNECTOR.source_status(serving(page), OURS)

    assert (found.state, found.expected_back_at) == ("maintenance", NINE)
    assert [(one.starts_at.day, one.reason) for one in found.planned] == [(24, "More.")]


def test_a_hosted_page_tells_what_is_under_way_and_what_is_scheduled() -> None:
    hours = {"scheduled_for": "2026-03-17T07:00Z", "scheduled_until": "2026-03-17T09:00Z"}
    page = {
        "status": {"indicator": "none", "description": "All Systems Operational"},
        "scheduled_maintenances": [
            {**hours, "name": "Database", "status": "in_progress"},
            {**hours, "name": "Later", "status": "scheduled"},
            {**hours, "name": "Done", "status": "completed"},
        ],
    }

    found = CONNECTOR.source_status(serving(page), THEIRS)

    assert (found.state, found.expected_back_at) == ("maintenance", NINE)
    assert [one.reason for one in found.planned] == ["Later"]


@pytest.mark.parametrize(
    ("door", "answers"),
    [
        (httpx.Response(401), True),
        (httpx.Response(429), True),
        (httpx.Response(404), True),
        (httpx.Response(503), False),
        (httpx.Response(502, html="<p>Bad gateway"), False),
        (httpx.Response(200, html="<h1>Scheduled maintenance</h1>"), False),
        (httpx.Response(302, headers={"Location": "/maintenance.html"}), False),
    ],
)
def test_the_front_door_shows_whether_the_api_answers(door: httpx.Response, answers: bool) -> None:
    found = CONNECTOR.source_status(serving({"state": "operational"}, door), OURS)

    assert found.answers is answers


@pytest.mark.parametrize(
    "planned",
    [
        "Tuesday",
        [{"from": "soon", "to": "later"}],
        [{"from": "2026-03-17T09:00Z", "to": "2026-03-17T08:00Z"}],
        [7],
    ],
)
def test_plans_that_make_no_sense_are_left_out(planned: object) -> None:
    page = {"state": "operational", "planned": planned}

    found = CONNECTOR.source_status(serving(page), OURS)

    assert (found.state, list(found.planned)) == ("operational", [])


def test_an_endless_page_is_not_read() -> None:
    found = CONNECTOR.source_status(serving({"state": "ok", "x": "y" * BODY_BYTES_MAX}), OURS)

    assert (found.state, found.answers) == ("unknown", True)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(503),
        httpx.Response(500, html="<h1>Down for maintenance</h1>"),
        httpx.Response(200, html="<h1>Down for Maintenance</h1>"),
        httpx.Response(302, headers={"Location": "https://pandle.example/maintenance"}),
    ],
)
def test_every_known_face_of_maintenance_is_maintenance(answer: httpx.Response) -> None:
    with pytest.raises(MaintenanceError):
        client.get(request_to(lambda request: answer), "/companies")
