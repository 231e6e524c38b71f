"""An owner follows the Link URL; the journeys through a real source are in `tests/stories`."""

from __future__ import annotations

import uuid
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client as Browser
from django.utils import timezone
from pytest_django.fixtures import Settings

from bookbridge.bridge.clients.models import Client
from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.models import Company
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.connections.operations import save_integration_settings
from bookbridge.bridge.integrations.operations import set_enabled
from bookbridge.bridge.web.tests.test_access import client_with_company

pytestmark = pytest.mark.django_db
SOURCE = "http://127.0.0.1:9"


@pytest.fixture
def asked(settings: Settings) -> tuple[Client, Company]:
    settings.ALLOW_PRIVATE_HOSTS = True
    client, company = client_with_company("Lender")
    actor, now = Actor(None, "test"), timezone.now()
    with client_scope(client.id):
        save_integration_settings(
            client_id=client.id,
            integration_key="vjms",
            host=SOURCE,
            app_client_id="an-id",
            client_secret="a-secret",
            actor=actor,
            at=now,
        )
        set_enabled(
            client_id=client.id, integration_key="vjms", is_enabled=True, actor=actor, at=now
        )
    return client, company


def go_to_source(browser: Browser, company: Company) -> dict[str, list[str]]:
    answer = browser.post(f"/link/company/{company.id}/software/vjms/authorisation")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{SOURCE}/oauth/authorize?")
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def test_an_owner_is_told_who_asks_and_for_what(asked: tuple[Client, Company]) -> None:
    _client, company = asked
    browser = Browser()
    page = browser.get(f"/link/company/{company.id}").content.decode()
    assert "Lender asks to read the books of Toft Stores" in page
    assert "Pandle" in browser.get(f"/link/company/{company.id}/software").content.decode()
    sharing = browser.get(f"/link/company/{company.id}/software/vjms").content.decode()
    for part in ("Purpose", "Access", "Account information", "Data from Pandle", "Retention"):
        assert part in sharing
    assert "Continue to Pandle" in sharing


def test_a_link_to_nowhere_is_a_calm_page(db: None) -> None:
    answer = Browser().get(f"/link/company/{uuid.uuid4()}")
    assert answer.status_code == 404
    assert "no longer works" in answer.content.decode()


def test_the_state_names_client_and_connection_and_works_only_in_this_browser(
    asked: tuple[Client, Company],
) -> None:
    client, company = asked
    query = go_to_source(Browser(), company)
    with client_scope(client.id):
        connection = Connection.objects.get()
    assert query["state"][0].startswith(f"{client.id.hex}.{connection.id.hex}.")
    answer = Browser().get("/oauth/callback", {"code": "x", "state": query["state"][0]})
    assert answer.status_code == 409
    assert "another browser" in answer.content.decode()


def test_saying_no_shares_nothing_and_cannot_be_replayed(asked: tuple[Client, Company]) -> None:
    client, company = asked
    browser = Browser()
    state = go_to_source(browser, company)["state"][0]
    page = browser.get("/oauth/callback", {"error": "access_denied", "state": state})
    assert page.status_code == 200
    assert "Nothing was shared" in page.content.decode()
    again = browser.get("/oauth/callback", {"error": "access_denied", "state": state})
    assert "already used" in again.content.decode()
    with client_scope(client.id):
        assert Connection.objects.get().status == Connection.Status.PENDING_AUTH


def test_a_made_up_state_is_refused(db: None) -> None:
    answer = Browser().get("/oauth/callback", {"code": "x", "state": "made up"})
    assert answer.status_code == 409


def test_trying_twice_does_not_make_two_connections(asked: tuple[Client, Company]) -> None:
    client, company = asked
    browser = Browser()
    go_to_source(browser, company)
    go_to_source(browser, company)
    with client_scope(client.id):
        assert Connection.objects.count() == 1


def test_software_that_is_off_cannot_be_chosen(asked: tuple[Client, Company]) -> None:
    client, company = asked
    with client_scope(client.id):
        set_enabled(
            client_id=client.id,
            integration_key="vjms",
            is_enabled=False,
            actor=Actor(None, "test"),
            at=timezone.now(),
        )
    browser = Browser()
    assert (
        "has not switched on any"
        in browser.get(f"/link/company/{company.id}/software").content.decode()
    )
    assert browser.get(f"/link/company/{company.id}/software/vjms").status_code == 404
