import pytest

from bookbridge.books.oauth.models import Application


@pytest.mark.django_db
def test_a_redirect_address_is_compared_character_for_character() -> None:
    app = Application(redirect_uris="http://127.0.0.1:8000/oauth/callback")
    assert app.redirect_uri_allowed("http://127.0.0.1:8000/oauth/callback")
    assert not app.redirect_uri_allowed("http://127.0.0.1:8001/oauth/callback")
    assert not app.redirect_uri_allowed("http://127.0.0.1:8000/oauth/callback/")
    assert not app.redirect_uri_allowed("http://127.0.0.1:8000/oauth/callback?x=1")
