"""An administrator sets up an integration in the portal."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from bookbridge.bridge.clients.models import Client
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.integrations.models import IntegrationSettings, SourceHealth
from bookbridge.bridge.integrations.queries import app_keys, integration
from bookbridge.bridge.web.tests.test_access import browser_of, client_with_company

pytestmark = pytest.mark.django_db
PAGE = "/settings/integrations/accounting/vjms"
KEYS = {"host": "http://127.0.0.1:9", "client_id": "an-id", "client_secret": "a-secret"}


@pytest.fixture
def lender(settings: Settings) -> tuple[Client, Browser]:
    settings.ALLOW_PRIVATE_HOSTS = True
    client, _company = client_with_company("Lender")
    return client, browser_of(client, "ADMINISTRATOR")


def test_keys_are_saved_and_the_page_asks_whether_to_enable(lender: tuple[Client, Browser]) -> None:
    client, browser = lender
    answer = browser.post(PAGE, KEYS, follow=True)
    assert b"Enable Pandle now?" in answer.content
    with client_scope(client.id):
        keys = app_keys(client.id, "vjms")
        assert (keys.client_id, keys.client_secret) == ("an-id", "a-secret")
        assert not integration(client.id, "vjms").is_enabled


@pytest.mark.parametrize("field", ["client_id", "client_secret"])
def test_a_key_with_a_space_is_refused_with_a_sentence_and_kept_on_the_form(
    lender: tuple[Client, Browser], field: str
) -> None:
    client, browser = lender
    answer = browser.post(PAGE, KEYS | {field: KEYS[field] + " "})
    assert answer.status_code == 422
    assert b"must not contain spaces" in answer.content
    with client_scope(client.id):
        assert not integration(client.id, "vjms").has_keys


def test_the_saved_secret_is_never_shown_again(lender: tuple[Client, Browser]) -> None:
    _client, browser = lender
    browser.post(PAGE, KEYS)
    page = browser.get(PAGE)
    assert b"an-id" in page.content
    assert b"a-secret" not in page.content


def test_another_host_needs_the_secret_again(lender: tuple[Client, Browser]) -> None:
    _client, browser = lender
    browser.post(PAGE, KEYS)
    answer = browser.post(PAGE, KEYS | {"host": "http://127.0.0.2:9", "client_secret": ""})
    assert answer.status_code == 422
    assert b"enter the client secret again" in answer.content


def test_it_is_enabled_only_with_keys(lender: tuple[Client, Browser]) -> None:
    client, browser = lender
    refused = browser.post(f"{PAGE}/enablement", {"is_enabled": "true"}, follow=True)
    assert b"Enter the client ID and the client secret" in refused.content
    browser.post(PAGE, KEYS)
    browser.post(f"{PAGE}/enablement", {"is_enabled": "true"})
    with client_scope(client.id):
        assert integration(client.id, "vjms").is_enabled


def test_a_private_host_is_refused_unless_the_installation_allows_it(
    lender: tuple[Client, Browser], settings: Settings
) -> None:
    _client, browser = lender
    settings.ALLOW_PRIVATE_HOSTS = False
    answer = browser.post(PAGE, KEYS | {"host": "https://127.0.0.1"})
    assert answer.status_code == 422
    assert b"not on the public internet" in answer.content


def test_awaited_keys_are_remembered(lender: tuple[Client, Browser]) -> None:
    client, browser = lender
    browser.post(f"{PAGE}/waiting")
    with client_scope(client.id):
        settings = integration(client.id, "vjms").settings
        assert settings is not None
        assert settings.awaiting_keys_since is not None
        assert settings.awaiting_keys_since <= timezone.now()
    assert b"waiting" in browser.get(PAGE).content


def test_an_unknown_integration_is_not_found(lender: tuple[Client, Browser]) -> None:
    assert lender[1].get(reverse("portal:integration", args=["none"])).status_code == 404


def test_the_pages_say_in_one_sentence_that_a_platform_is_down(
    lender: tuple[Client, Browser],
) -> None:
    client, browser = lender
    browser.post(PAGE, KEYS)
    with client_scope(client.id):
        IntegrationSettings.objects.update(is_enabled=True)
    now = timezone.now()
    SourceHealth.objects.create(
        integration_key="vjms", host=KEYS["host"], checked_at=now, down_since=now
    )
    for page in (PAGE, "/companies"):
        answer = browser.get(page)
        assert b"Pandle is in maintenance; this resumes by itself." in answer.content, page
    SourceHealth.objects.update(down_since=None, state="operational")
    assert b"Pandle is running. Looked at " in browser.get(PAGE).content
    assert b"in maintenance" not in browser.get("/companies").content
