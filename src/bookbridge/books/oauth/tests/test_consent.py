"""The consent page: who is asking, for what, and the owner's answer."""

from __future__ import annotations

from django.test import Client

from bookbridge.books.conftest import make_books
from bookbridge.books.oauth.models import Application, Consent, Grant
from bookbridge.books.oauth.tests.conftest import REDIRECT_URI, Dance, query_of
from bookbridge.books.organisations.models import Organisation, User


def test_a_visitor_signs_in_first_and_comes_back(dance: Dance) -> None:
    answer = Client().get(dance.authorize_path())

    assert answer.status_code == 302
    assert answer["Location"].startswith("/users/sign_in?next=/oauth/authorize")


def test_the_page_names_app_description_business_and_what_is_read(
    dance: Dance, books: Organisation
) -> None:
    page = dance.browser.get(dance.authorize_path()).content.decode()

    assert "Lender asks to open your books" in page
    assert "Reads the books." in page
    assert "Olive&#x27;s Workshop Ltd" in page
    assert "Bank accounts and bank transactions" in page
    assert "It cannot change anything." in page


def test_an_owner_of_several_businesses_chooses_one(dance: Dance, owner_user: User) -> None:
    second = make_books(owner_user, "Second Ltd")

    page = dance.browser.get(dance.authorize_path()).content.decode()
    dance.consent(second)

    assert "<select" in page and "Second Ltd" in page
    assert Consent.objects.get().organisation == second


def test_allowing_sends_a_code_and_the_state_back(dance: Dance, books: Organisation) -> None:
    answer = dance.consent(books)

    assert answer["Location"].startswith(REDIRECT_URI + "?")
    assert query_of(answer)["state"] == "s-1"
    assert not Grant.objects.filter(code=query_of(answer)["code"]).exists()


def test_refusing_sends_access_denied_with_a_description_and_the_state(dance: Dance) -> None:
    answer = dance.browser.post(dance.authorize_path(), {"decision": "deny"})

    assert answer["Location"].startswith(REDIRECT_URI + "?")
    assert query_of(answer)["error"] == "access_denied"
    assert query_of(answer)["error_description"]
    assert query_of(answer)["state"] == "s-1"
    assert not Consent.objects.exists()


def test_another_redirect_address_is_refused_without_going_there(dance: Dance) -> None:
    for address in (
        "https://evil.example.com/callback",
        REDIRECT_URI + "/",
        REDIRECT_URI + "?x=1",
        REDIRECT_URI.replace(":8000", ":8001"),
    ):
        answer = dance.browser.get(dance.authorize_path(redirect_uri=address))
        assert answer.status_code == 400
        assert "Location" not in answer


def test_an_unknown_or_suspended_app_is_refused_without_a_redirect(dance: Dance) -> None:
    assert dance.browser.get(dance.authorize_path(client_id="nobody")).status_code == 400

    Application.objects.update(status=Application.Status.SUSPENDED)

    assert dance.browser.get(dance.authorize_path()).status_code == 400


def test_other_response_types_are_refused(dance: Dance) -> None:
    answer = dance.browser.get(dance.authorize_path(response_type="token"))

    assert query_of(answer)["error"] in {"unauthorized_client", "unsupported_response_type"}


def test_an_app_registered_to_read_cannot_ask_to_write(dance: Dance) -> None:
    answer = dance.browser.get(dance.authorize_path(scope="read write"))

    assert query_of(answer)["error"] == "invalid_scope"


def test_somebody_elses_business_cannot_be_shared(dance: Dance, stranger_user: User) -> None:
    others = make_books(stranger_user, "Stranger & Co")

    answer = dance.consent(others)

    assert answer.status_code == 422
    assert not Consent.objects.exists()


def test_a_bookkeeper_may_not_share_the_business(
    dance: Dance, books: Organisation, bookkeeper_user: User
) -> None:
    browser = Client()
    browser.force_login(bookkeeper_user)

    page = browser.get(dance.authorize_path()).content.decode()

    assert "only an owner can give access" in page
