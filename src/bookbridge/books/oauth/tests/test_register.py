"""The app register: asked for by developers, decided by staff, keys shown once."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from bookbridge.books.oauth.models import Application, AppRequest
from bookbridge.books.organisations.models import User

ASKED = {
    "name": "Lender",
    "description": "Reads the books.",
    "redirect_uri": "https://lender.example.com/oauth/callback",
}


@pytest.fixture
def developer(stranger_user: User) -> Client:
    browser = Client()
    browser.force_login(stranger_user)
    return browser


@pytest.fixture
def staff(owner_user: User) -> Client:
    User.objects.filter(pk=owner_user.pk).update(is_staff=True)
    browser = Client()
    browser.force_login(User.objects.get(pk=owner_user.pk))
    return browser


def test_keys_are_shown_once_after_approval(developer: Client, staff: Client) -> None:
    developer.post("/developers/apps", ASKED)
    wanted = AppRequest.objects.get()
    assert "Reads the books." in staff.get("/staff/apps").content.decode()
    staff.post(f"/staff/apps/{wanted.pk}/approval", {"decision": "approve"})

    page = developer.post(f"/developers/apps/{wanted.pk}/keys").content.decode()
    again = developer.post(f"/developers/apps/{wanted.pk}/keys")

    application = Application.objects.get()
    assert application.client_id in page
    assert application.client_secret not in page
    assert again.status_code == 302
    assert application.redirect_uris == ASKED["redirect_uri"]
    assert not application.may_write


def test_a_declined_app_tells_why(developer: Client, staff: Client) -> None:
    developer.post("/developers/apps", ASKED)
    wanted = AppRequest.objects.get()

    staff.post(f"/staff/apps/{wanted.pk}/approval", {"decision": "decline", "reason": "Say more."})
    staff.post(f"/staff/apps/{wanted.pk}/approval", {"decision": "approve"})

    assert "Say more." in developer.get("/developers/apps").content.decode()
    assert not Application.objects.exists()


def test_only_staff_decide_and_only_the_developer_sees_keys(
    developer: Client, staff: Client
) -> None:
    developer.post("/developers/apps", ASKED)
    wanted = AppRequest.objects.get()

    assert developer.get("/staff/apps").status_code == 403
    assert developer.post(f"/staff/apps/{wanted.pk}/approval").status_code == 403
    staff.post(f"/staff/apps/{wanted.pk}/approval", {"decision": "approve"})
    assert staff.post(f"/developers/apps/{wanted.pk}/keys").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "http://lender.example.com/callback",
        "https://lender.example.com/#x",
        "https://user@lender.example.com/",
        "https://*.example.com/",
        "ftp://lender.example.com/",
        "lender",
    ],
)
def test_an_unsafe_redirect_address_is_refused_with_a_sentence(
    developer: Client, address: str
) -> None:
    answer = developer.post("/developers/apps", {**ASKED, "redirect_uri": address})

    assert answer.status_code == 422
    assert not AppRequest.objects.exists()


@pytest.mark.django_db
def test_register_app_prints_keys_once_as_json() -> None:
    out = io.StringIO()
    call_command(
        "register_app",
        "--name=Bridge",
        "--description=Connects.",
        "--redirect-uri=http://127.0.0.1:8000/oauth/callback",
        "--json",
        stdout=out,
    )

    keys = json.loads(out.getvalue())
    assert Application.objects.get().client_id == keys["client_id"]
    assert keys["client_secret"] and " " not in keys["client_secret"]


@pytest.mark.django_db
def test_register_app_refuses_an_unsafe_address() -> None:
    with pytest.raises(CommandError, match="https"):
        call_command(
            "register_app", "--name=B", "--description=C", "--redirect-uri=http://x.example/"
        )
