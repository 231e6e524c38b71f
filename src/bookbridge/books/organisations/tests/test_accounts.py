"""Sign-up, confirmation, sign-in and the way back after a forgotten password, over HTTP."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from bookbridge.books.conftest import PASSWORD, person
from bookbridge.books.ledger.models import NominalAccount
from bookbridge.books.organisations.models import BusinessType, Member, Organisation, User
from bookbridge.books.organisations.tenancy import organisation_scope
from bookbridge.books.tax.models import TaxCode

SIGN_UP = {
    "name": "Olive Grey",
    "email": "Olive@Example.com",
    "password1": PASSWORD,
    "business_name": "Olive's Workshop Ltd",
    "business_type": BusinessType.LIMITED_COMPANY,
    "vat_registered": "on",
    "vat_number": "GB 980 7806 84",
}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten_limits() -> None:
    """Mail to one address is limited by the minute; every test is a new day."""
    cache.clear()


def link_in_mail(position: int = -1) -> str:
    found = re.search(r"http://\S+", str(mail.outbox[position].body))
    assert found
    return "/" + found.group().split("/", 3)[3]


def confirm(browser: Client) -> None:
    browser.post(link_in_mail())


def test_signing_up_opens_books_on_the_free_plan() -> None:
    answer = Client().post("/users/sign_up", SIGN_UP)

    assert answer.status_code == 302
    user, organisation = User.objects.get(), Organisation.objects.get()
    assert (user.email, user.name) == ("olive@example.com", "Olive Grey")
    assert (organisation.vat_number, organisation.plan) == ("980780684", "FREE")
    assert Member.objects.get().role == Member.Role.OWNER
    with organisation_scope(organisation.pk):
        assert NominalAccount.objects.filter(code="300").exists()
        assert TaxCode.objects.filter(code="ST").exists()


def test_nobody_signs_in_before_the_address_is_confirmed() -> None:
    browser = Client()
    browser.post("/users/sign_up", SIGN_UP)
    fields = {"login": "olive@example.com", "password": PASSWORD}

    before = browser.post("/users/sign_in", fields)
    assert before["Location"] == "/users/confirmation"
    assert "_auth_user_id" not in browser.session

    page = browser.get(link_in_mail()).content.decode()
    assert "olive@example.com" in page
    confirm(browser)
    browser = Client()
    after = browser.post("/users/sign_in", fields)
    assert after.status_code == 302
    assert "_auth_user_id" in browser.session


def test_a_wrong_vat_number_is_explained_and_nothing_is_made() -> None:
    answer = Client().post("/users/sign_up", {**SIGN_UP, "vat_number": "123456789"})

    assert "check digits" in answer.content.decode()
    assert not User.objects.exists() and not Organisation.objects.exists()


def test_a_vat_registered_business_gives_its_number() -> None:
    answer = Client().post("/users/sign_up", {**SIGN_UP, "vat_number": ""})

    assert "Write the VAT number" in answer.content.decode()
    assert not User.objects.exists()


def test_a_business_without_vat_gives_none() -> None:
    Client().post("/users/sign_up", {**SIGN_UP, "vat_registered": "", "vat_number": ""})

    assert not Organisation.objects.get().vat_registered


def test_a_weak_password_is_refused() -> None:
    Client().post("/users/sign_up", {**SIGN_UP, "password1": "password"})

    assert not User.objects.exists()


def test_an_address_that_has_an_account_is_told_by_mail_only() -> None:
    person("Olive")

    answer = Client().post("/users/sign_up", SIGN_UP)

    assert answer.status_code == 302
    assert User.objects.count() == 1 and not Organisation.objects.exists()
    assert "already has an account" in str(mail.outbox[-1].body)


def test_a_forgotten_password_is_replaced() -> None:
    browser = Client()
    browser.post("/users/sign_up", SIGN_UP)
    confirm(browser)

    Client().post("/users/password/new", {"email": "olive@example.com"})
    visitor = Client()
    form = visitor.get(link_in_mail(), follow=True)
    address = form.redirect_chain[-1][0]
    visitor.post(address, {"password1": "a fresh battery", "password2": "a fresh battery"})

    assert User.objects.get().check_password("a fresh battery")


def test_signing_out_takes_a_button_press() -> None:
    browser = Client()
    browser.force_login(person("Olive"), backend=None)

    assert "_auth_user_id" in browser.session
    assert browser.get("/users/sign_out").status_code == 200
    assert "_auth_user_id" in browser.session
    browser.post("/users/sign_out")
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize(
    "path",
    ["/users/sign_up", "/users/sign_in", "/users/password/new", "/users/confirmation"],
)
def test_every_page_opens_to_visitors(path: str) -> None:
    assert Client().get(path).status_code == 200


def test_after_sign_in_people_return_to_where_they_were_going() -> None:
    browser = Client()
    browser.post("/users/sign_up", SIGN_UP)
    confirm(browser)
    next_page = "/oauth/authorize?client_id=1"

    page = Client().get("/users/sign_in", {"next": next_page}).content.decode()
    fields = {"login": "olive@example.com", "password": PASSWORD, "next": next_page}
    answer = Client().post("/users/sign_in", fields)

    assert 'name="next"' in page
    assert answer["Location"] == next_page
