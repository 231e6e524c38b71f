"""Codes and tokens: exchanged once, refreshed once, hashed, and dead when they should be."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json

import pytest
from django.test import Client
from django.utils import timezone

from bookbridge.books.conftest import make_books
from bookbridge.books.oauth.models import AccessToken, Application, Consent, Grant, RefreshToken
from bookbridge.books.oauth.tests.conftest import Dance, call
from bookbridge.books.organisations.models import Member, Organisation, User


def error_of(answer: object) -> str:
    return str(json.loads(answer.content)["error"])


def test_a_code_becomes_tokens_for_two_hours(dance: Dance, books: Organisation) -> None:
    found = dance.tokens(books)

    assert (found["token_type"], found["expires_in"]) == ("Bearer", 7200)
    assert found["scope"] == "read"
    assert call(found["access_token"]).status_code == 200


def test_only_hashes_are_kept(dance: Dance, books: Organisation) -> None:
    found = dance.tokens(books)

    assert list(AccessToken.objects.values_list("token", flat=True)) == [""]
    assert list(RefreshToken.objects.values_list("token", flat=True)) == [""]
    checksum = hashlib.sha256(found["access_token"].encode()).hexdigest()
    assert AccessToken.objects.get().token_checksum == checksum
    assert dance.keys.client_secret not in Application.objects.get().client_secret


def test_a_token_opens_the_chosen_company_and_no_other(
    dance: Dance, books: Organisation, owner_user: User
) -> None:
    second = make_books(owner_user, "Second Ltd")
    token = dance.tokens(second)["access_token"]

    companies = json.loads(call(token, "companies").content)["data"]

    assert [company["id"] for company in companies] == [str(second.pk)]
    assert call(token, f"companies/{second.pk}/customers").status_code == 200
    assert call(token, f"companies/{books.pk}").status_code == 404


def test_a_reading_app_cannot_write(dance: Dance, books: Organisation) -> None:
    token = dance.tokens(books)["access_token"]

    assert call(token, f"companies/{books.pk}/customers", "POST").status_code == 403


def test_an_app_that_may_write_writes(dance: Dance, books: Organisation) -> None:
    Application.objects.update(may_write=True)
    found = dance.tokens(books)

    answer = Client().post(
        f"/api/v1/companies/{books.pk}/customers",
        {"customer": {"name": "New Ltd"}},
        "application/json",
        headers={"Authorization": f"Bearer {found['access_token']}"},
    )

    assert found["scope"] == "read write"
    assert answer.status_code == 201


def test_a_code_used_twice_ends_what_it_made(dance: Dance, books: Organisation) -> None:
    code = dance.code(books)
    found = json.loads(dance.exchange(code).content)

    again = dance.exchange(code)

    assert (again.status_code, error_of(again)) == (400, "invalid_grant")
    assert call(found["access_token"]).status_code == 401
    assert dance.refresh(found["refresh_token"]).status_code == 400


def test_an_expired_code_is_refused(dance: Dance, books: Organisation) -> None:
    code = dance.code(books)
    Grant.objects.update(expires=timezone.now() - dt.timedelta(seconds=1))

    assert error_of(dance.exchange(code)) == "invalid_grant"


def test_wrong_secret_and_wrong_redirect_address_are_refused(
    dance: Dance, books: Organisation
) -> None:
    code = dance.code(books)

    assert error_of(dance.exchange(code, client_secret="wrong")) == "invalid_client"
    assert error_of(dance.exchange(code, redirect_uri="https://x.example")) == "invalid_request"
    assert dance.exchange(code).status_code == 200


@pytest.mark.parametrize("grant_type", ["password", "client_credentials"])
def test_other_grants_are_refused(dance: Dance, books: Organisation, grant_type: str) -> None:
    answer = dance.token(grant_type=grant_type, username="olive@example.com", password="x")

    assert answer.status_code == 400


def test_pkce_is_checked_when_it_was_sent(dance: Dance, books: Organisation) -> None:
    verifier = "v" * 64
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    sent = {"code_challenge": challenge, "code_challenge_method": "S256"}

    wrong = dance.exchange(dance.code(books, **sent), code_verifier="w" * 64)
    missing = dance.exchange(dance.code(books, **sent))
    right = dance.exchange(dance.code(books, **sent), code_verifier=verifier)

    assert (wrong.status_code, missing.status_code, right.status_code) == (400, 400, 200)


def test_a_refresh_gives_new_tokens_for_the_same_company(dance: Dance, books: Organisation) -> None:
    first = dance.tokens(books)

    second = json.loads(dance.refresh(first["refresh_token"]).content)

    assert second["refresh_token"] != first["refresh_token"]
    assert call(first["access_token"]).status_code == 401
    assert call(second["access_token"], f"companies/{books.pk}").status_code == 200


def test_a_refresh_token_used_twice_ends_the_whole_family(
    dance: Dance, books: Organisation
) -> None:
    first = dance.tokens(books)
    second = json.loads(dance.refresh(first["refresh_token"]).content)

    again = dance.refresh(first["refresh_token"])

    assert (again.status_code, error_of(again)) == (400, "invalid_grant")
    assert call(second["access_token"]).status_code == 401
    assert dance.refresh(second["refresh_token"]).status_code == 400


def test_an_expired_access_token_is_refused(dance: Dance, books: Organisation) -> None:
    token = dance.tokens(books)["access_token"]
    AccessToken.objects.update(expires=timezone.now())

    answer = call(token)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_is_dead_with_its_partner(dance: Dance, books: Organisation) -> None:
    found = dance.tokens(books)

    body = {
        "token": found["refresh_token"],
        "client_id": dance.keys.client_id,
        "client_secret": dance.keys.client_secret,
    }
    answer = Client().post("/oauth/revoke", body)

    assert answer.status_code == 200
    assert call(found["access_token"]).status_code == 401
    assert dance.refresh(found["refresh_token"]).status_code == 400


def test_a_withdrawn_company_is_closed_at_once(dance: Dance, books: Organisation) -> None:
    found = dance.tokens(books)
    waiting = dance.code(books)
    consent = Consent.objects.get()

    page = dance.browser.get("/connected-apps").content.decode()
    dance.browser.post(f"/connected-apps/{consent.pk}/withdrawal")

    assert "Lender" in page
    assert call(found["access_token"]).status_code == 401
    assert error_of(dance.refresh(found["refresh_token"])) == "invalid_grant"
    assert error_of(dance.exchange(waiting)) == "invalid_grant"
    assert "No app may open your books" in dance.browser.get("/connected-apps").content.decode()


def test_only_an_owner_withdraws(dance: Dance, books: Organisation, stranger_user: User) -> None:
    found = dance.tokens(books)
    browser = Client()
    browser.force_login(stranger_user)

    answer = browser.post(f"/connected-apps/{Consent.objects.get().pk}/withdrawal")

    assert answer.status_code == 404
    assert call(found["access_token"]).status_code == 200


def test_a_token_dies_with_the_membership_behind_it(
    dance: Dance, books: Organisation, owner_user: User
) -> None:
    token = dance.tokens(books)["access_token"]
    Member.objects.filter(user=owner_user).delete()

    assert call(token, f"companies/{books.pk}").status_code == 404
