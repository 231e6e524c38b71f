"""The nightly sweep takes what nobody can use any more, and nothing else."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from bookbridge.books.oauth.models import AccessToken, ApiSession, Grant, RefreshToken
from bookbridge.books.oauth.operations import forget_stale, open_api_session
from bookbridge.books.oauth.tests.conftest import Dance, call
from bookbridge.books.organisations.models import Organisation, User


def test_living_tokens_stay_and_dead_ones_go(
    dance: Dance, books: Organisation, owner_user: User
) -> None:
    now = timezone.now()
    found = dance.tokens(books)
    open_api_session(user=owner_user, at=now)

    forget_stale(at=now)
    assert call(found["access_token"]).status_code == 200
    assert ApiSession.objects.count() == Grant.objects.count() == 1

    long_ago = now - dt.timedelta(days=400)
    AccessToken.objects.update(expires=long_ago)
    forget_stale(at=now + dt.timedelta(days=30))

    assert not ApiSession.objects.exists() and not Grant.objects.exists()
    assert not AccessToken.objects.exists() and not RefreshToken.objects.exists()
