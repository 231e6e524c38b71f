"""Both ways in: header tokens from e-mail and password, and bearer tokens."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from allauth.account.models import EmailAddress
from django.http import HttpResponse
from django.test import Client

from bookbridge.books.api.tests.conftest import ApiClient, errors_of
from bookbridge.books.conftest import PASSWORD
from bookbridge.books.oauth.models import ApiSession
from bookbridge.books.organisations.models import Organisation, User

NAMES = ("access-token", "client", "uid", "expiry")


@pytest.fixture
def confirmed(owner_user: User) -> User:
    EmailAddress.objects.create(
        user=owner_user, email=owner_user.email, verified=True, primary=True
    )
    return owner_user


def sign_in(email: str, password: str) -> HttpResponse:
    body = {"email": email, "password": password}
    return Client().post("/api/v1/auth/sign_in", body, "application/json")


def test_sign_in_answers_with_four_lower_case_headers(confirmed: User) -> None:
    answer = sign_in("Olive@Example.com", PASSWORD)

    assert answer.status_code == 200
    sent = [name for name, _value in answer.items()]
    assert all(name in sent for name in NAMES)
    assert answer["uid"] == "olive@example.com"
    assert int(answer["expiry"]) > 1_700_000_000
    assert json.loads(answer.content)["data"]["attributes"]["email"] == "olive@example.com"


def test_sign_in_takes_a_form_too(confirmed: User) -> None:
    form = urlencode({"email": confirmed.email, "password": PASSWORD})

    answer = Client().post("/api/v1/auth/sign_in", form, "application/x-www-form-urlencoded")

    assert answer.status_code == 200


def test_the_token_is_kept_hashed_and_is_not_rotated(confirmed: User, books: Organisation) -> None:
    answer = sign_in(confirmed.email, PASSWORD)
    caller = ApiClient({name: answer[name] for name in ("access-token", "client", "uid")})

    for _ in range(3):
        assert caller.get("companies").status_code == 200
    assert ApiSession.objects.get().token_hash != answer["access-token"]
    assert caller.get("auth/validate_token").status_code == 200


@pytest.mark.parametrize("verb", ["POST", "DELETE"])
def test_signing_out_ends_the_session(confirmed: User, verb: str) -> None:
    answer = sign_in(confirmed.email, PASSWORD)
    caller = ApiClient({name: answer[name] for name in ("access-token", "client", "uid")})

    assert caller.send(verb, "auth/sign_out").status_code == 200
    assert caller.get("me").status_code == 401


def test_wrong_passwords_and_unknown_people_look_the_same(confirmed: User) -> None:
    wrong, unknown = sign_in(confirmed.email, "wrong"), sign_in("x@example.com", "wrong")

    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.content == unknown.content


def test_an_unconfirmed_address_cannot_sign_in(owner_user: User) -> None:
    answer = sign_in(owner_user.email, PASSWORD)

    assert answer.status_code == 401
    assert "not confirmed" in errors_of(answer)[0]


def test_without_a_sign_in_everything_is_401(books: Organisation) -> None:
    for path in ("me", "companies", f"companies/{books.pk}/invoices", "countries"):
        answer = Client().get(f"/api/v1/{path}")
        assert answer.status_code == 401
        assert errors_of(answer)


def test_a_token_of_one_user_does_not_work_with_the_uid_of_another(
    as_owner: ApiClient, stranger_user: User
) -> None:
    caller = ApiClient({**as_owner.headers, "uid": stranger_user.email})

    assert caller.get("me").status_code == 401


def test_me_tells_the_user_and_the_companies(as_owner: ApiClient, books: Organisation) -> None:
    found = as_owner.data("me")

    assert found["attributes"]["first-name"] == "Olive"
    assert found["relationships"]["companies"]["data"] == [
        {"type": "companies", "id": str(books.pk)}
    ]
