"""Companies and API keys in the portal."""

from __future__ import annotations

import re

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bookbridge.bridge.clients.models import Client
from bookbridge.bridge.clients.queries import api_keys_of, client_of_api_key
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.models import Company
from bookbridge.bridge.web.tests.test_access import browser_of, client_with_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def lender() -> tuple[Client, Browser]:
    client, _company = client_with_company("Lender")
    return client, browser_of(client, "ADMINISTRATOR")


def test_a_new_company_leads_to_its_link_url(lender: tuple[Client, Browser]) -> None:
    client, browser = lender
    page = browser.post("/companies/new", {"name": "Kiln & Co"}, follow=True)
    with client_scope(client.id):
        company = Company.objects.get(name="Kiln & Co")
    assert f"/link/company/{company.id}" in page.content.decode()


def test_an_empty_name_comes_back_with_a_sentence(lender: tuple[Client, Browser]) -> None:
    answer = lender[1].post("/companies/new", {"name": "  "})
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()


def test_a_company_goes_only_when_its_name_is_typed(lender: tuple[Client, Browser]) -> None:
    client, browser = lender
    with client_scope(client.id):
        company = Company.objects.get()
    address = reverse("portal:company_deletion", args=[company.id])
    assert browser.post(address, {"typed_name": "Toft"}).status_code == 422
    assert browser.post(address, {"typed_name": "Toft Stores"}).status_code == 302
    with client_scope(client.id):
        assert not Company.objects.exists()


def test_the_list_is_searched_sorted_and_exported(lender: tuple[Client, Browser]) -> None:
    _client, browser = lender
    for name in ("Brook Ltd", "Alder Barn"):
        browser.post("/companies/new", {"name": name})
    page = browser.get("/companies?sort=name").content.decode()
    assert page.index("Alder Barn") < page.index("Brook Ltd") < page.index("Toft Stores")
    assert "Brook" not in browser.get("/companies?q=alder").content.decode()
    assert "No company matches" in browser.get("/companies?q=zebra").content.decode()
    rows = browser.get("/companies?format=csv").content.decode().splitlines()
    assert len(rows) == 4


def test_an_api_key_is_shown_once_and_ends_when_revoked(lender: tuple[Client, Browser]) -> None:
    client, browser = lender
    page = browser.post("/developers/api-keys", {"name": "Loan desk"})
    assert page.status_code == 201
    raw = re.search(r'id="raw-key">([^<]+)<', page.content.decode())
    assert raw is not None
    found = client_of_api_key(raw.group(1))
    assert found is not None
    assert raw.group(1) not in browser.get("/developers/api-keys").content.decode()
    last = browser.post(reverse("portal:key_revocation", args=[found.id]), follow=True)
    assert "last API key cannot be revoked" in last.content.decode()
    browser.post("/developers/api-keys", {"name": "Another"})
    browser.post(reverse("portal:key_revocation", args=[found.id]))
    assert client_of_api_key(raw.group(1)) is None
    assert api_keys_of(client.id).count() == 1
