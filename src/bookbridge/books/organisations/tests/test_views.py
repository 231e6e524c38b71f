"""Choosing, opening and setting up an organisation in the browser."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from bookbridge.books.organisations.models import Member, Organisation, User


@pytest.fixture
def browser(owner_user: User) -> Client:
    client = Client()
    client.force_login(owner_user)
    return client


def page(name: str, books: Organisation, *ids: int) -> str:
    return reverse(name, args=[books.pk, *ids])


def test_the_front_door_opens_the_only_organisation(browser: Client, books: Organisation) -> None:
    assert browser.get("/")["Location"] == page("dashboard", books)


def test_the_front_door_remembers_the_last_of_several(browser: Client, books: Organisation) -> None:
    sent = {"name": "Second Ltd", "business_type": "SOLE_TRADER"}
    made = browser.post(reverse("new_organisation"), sent)
    assert made.status_code == 302
    browser.get(page("dashboard", books))
    assert browser.get("/")["Location"] == page("dashboard", books)
    assert "Second Ltd" in browser.get(reverse("organisations")).content.decode()


def test_who_has_no_organisation_is_asked_to_open_one(stranger_user: User) -> None:
    client = Client()
    client.force_login(stranger_user)
    assert client.get("/")["Location"] == reverse("new_organisation")
    refused = client.post(reverse("new_organisation"), {"name": "X", "vat_number": "1"})
    assert refused.status_code == 422 and not Organisation.objects.exists()


def test_an_owner_changes_the_details(browser: Client, books: Organisation) -> None:
    address = page("settings", books)
    assert (
        browser.post(address, {"name": "Olive & Daughter", "town_city": "York"}).status_code == 302
    )
    books.refresh_from_db()
    assert (books.name, books.town_city) == ("Olive & Daughter", "York")
    assert browser.post(address, {"name": "X", "vat_number": "GB1"}).status_code == 422


def test_members_come_and_go_but_an_owner_stays(
    browser: Client, books: Organisation, owner_user: User, stranger_user: User
) -> None:
    address = page("members", books)
    sent = {"email": stranger_user.email, "role": "READ_ONLY"}
    assert browser.post(address, sent).status_code == 302
    assert Member.objects.filter(user=stranger_user).exists()
    assert browser.post(address, sent).status_code == 422
    assert browser.post(address, sent | {"email": "who@example.com"}).status_code == 422
    browser.post(page("member_removal", books, stranger_user.pk))
    assert not Member.objects.filter(user=stranger_user).exists()
    browser.post(page("member_removal", books, owner_user.pk))
    assert Member.objects.filter(user=owner_user).exists()


def test_a_bookkeeper_keeps_books_but_not_the_settings(
    books: Organisation, bookkeeper_user: User
) -> None:
    client = Client()
    client.force_login(bookkeeper_user)
    assert client.get(page("settings", books)).status_code == 200
    refused = client.post(page("settings", books), {"name": "Mine now"})
    assert refused.status_code == 403 and "look at these books" in refused.content.decode()


def test_the_lock_only_moves_forward(browser: Client, books: Organisation) -> None:
    address = page("lock", books)
    assert browser.post(address, {"lock_date": "2026-03-31"}).status_code == 302
    assert browser.post(address, {"lock_date": "2026-02-28"}).status_code == 422
    books.refresh_from_db()
    assert books.lock_date == dt.date(2026, 3, 31)
