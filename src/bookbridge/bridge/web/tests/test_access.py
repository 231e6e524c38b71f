"""Who may open a page of the portal."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from bookbridge.bridge.clients.models import Client, ClientUser, User
from bookbridge.bridge.clients.operations import create_client, create_user
from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.models import Company
from bookbridge.bridge.companies.operations import create_company

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"


def client_with_company(name: str) -> tuple[Client, Company]:
    client = create_client(name=name, at=timezone.now())
    with client_scope(client.id):
        company = create_company(
            client_id=client.id, name="Toft Stores", actor=Actor(None, "test"), at=timezone.now()
        )
    return client, company


def browser_of(client: Client, role: str) -> Browser:
    user: User = create_user(
        client=client,
        email=f"{role.lower()}@{client.name.lower().replace(' ', '')}.example",
        password=PASSWORD,
        role=role,
        at=timezone.now(),
    )
    browser = Browser()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def test_a_visitor_is_sent_to_the_sign_in_page_and_back() -> None:
    answer = Browser().get("/companies")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/signin?next=/companies"
    assert Browser().get(answer.headers["Location"]).status_code == 200


def test_another_clients_company_does_not_exist() -> None:
    _mine, company = client_with_company("Mine")
    stranger, _theirs = client_with_company("Theirs")
    browser = browser_of(stranger, ClientUser.Role.ADMINISTRATOR)
    for name in ("summary", "data", "history", "connections", "request_data", "edit_company"):
        assert browser.get(reverse(f"portal:{name}", args=[company.id])).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"), [("ADMINISTRATOR", 200), ("DEVELOPER", 200), ("ANALYST", 403)]
)
def test_only_developers_and_administrators_set_up_integrations(role: str, status: int) -> None:
    client, _company = client_with_company("Mine")
    browser = browser_of(client, role)
    assert browser.get(reverse("portal:integrations")).status_code == status
    assert browser.get(reverse("portal:integration", args=["vjms"])).status_code == status
    assert browser.get(reverse("portal:api_keys")).status_code == status


def test_every_page_of_an_empty_client_opens() -> None:
    client, company = client_with_company("Mine")
    browser = browser_of(client, "ADMINISTRATOR")
    pages = [reverse(f"portal:{name}") for name in ("dashboard", "companies", "new_company")]
    pages += [
        reverse(f"portal:{name}", args=[company.id])
        for name in (
            "summary",
            "data",
            "history",
            "connections",
            "edit_company",
            "company_deletion",
        )
    ]
    for page in pages:
        answer = browser.get(page)
        assert answer.status_code == 200, page
        assert b"style=" not in answer.content
