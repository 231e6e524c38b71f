"""Customers and suppliers in the browser."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from bookbridge.books.contacts.models import Customer, Supplier
from bookbridge.books.organisations.models import Organisation, User

SENT = {"name": "Kiln & Co", "currency": "GBP", "days_until_payment_due": "14"}


@pytest.fixture
def browser(owner_user: User) -> Client:
    client = Client()
    client.force_login(owner_user)
    return client


@pytest.mark.parametrize(("word", "model"), [("customer", Customer), ("supplier", Supplier)])
def test_a_contact_is_added_changed_and_archived(
    word: str, model: type[Customer] | type[Supplier], browser: Client, books: Organisation
) -> None:
    assert browser.post(reverse(f"new_{word}", args=[books.pk]), SENT).status_code == 302
    made = model.objects.get()
    edit = reverse(f"edit_{word}", args=[books.pk, made.pk])
    assert browser.post(edit, SENT | {"town_city": "Stoke"}).status_code == 302
    browser.post(reverse(f"archive_{word}", args=[books.pk, made.pk]))
    made.refresh_from_db()
    assert made.is_archived and made.town_city == "Stoke"
    listed = reverse(f"{word}s", args=[books.pk])
    browser.get(listed)  # takes the notices of what was done
    assert "Kiln" not in browser.get(listed, {"show": "active"}).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"email": "no"}, {"vat_number": "GB1"}, {"country": "XX"}]
)
def test_a_wrong_field_is_named(
    wrong: dict[str, str], browser: Client, books: Organisation
) -> None:
    response = browser.post(reverse("new_customer", args=[books.pk]), SENT | wrong)
    (field,) = wrong
    assert response.status_code == 422
    assert f'href="#id_{field}"' in response.content.decode()
    assert not Customer.objects.exists()


def test_names_are_suggested_while_typing(browser: Client, books: Organisation) -> None:
    browser.post(reverse("new_customer", args=[books.pk]), SENT)
    options = reverse("customer_options", args=[books.pk])
    assert "Kiln &amp; Co" in browser.get(options, {"contact": "kil"}).content.decode()
    assert "option" not in browser.get(options, {"contact": "zzz"}).content.decode()
