"""Reads about apps, consents, tokens and API sessions."""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import dataclass

from django.db.models import Max, QuerySet

from bookbridge.books.oauth.models import (
    AccessToken,
    ApiSession,
    Application,
    AppRequest,
    Consent,
)
from bookbridge.books.oauth.rules import hashed
from bookbridge.books.organisations.models import User


@dataclass(frozen=True, slots=True)
class TokenUse:
    """What a valid access token opens."""

    user: User
    organisation_id: int
    scope: str
    application_name: str


def token_use(raw: str, *, at: dt.datetime) -> TokenUse | None:
    """What this bearer token opens now, or None for an unknown, expired or withdrawn one."""
    token = (
        AccessToken.objects.select_related("user", "application")
        .filter(
            token_checksum=hashed(raw),
            expires__gt=at,
            consent__withdrawn_at__isnull=True,
            application__status=Application.Status.ACTIVE,
            user__is_active=True,
        )
        .first()
    )
    if token is None:
        return None
    return TokenUse(token.user, token.organisation_id, token.scope, token.application.name)


def api_session(*, client: str, token: str, uid: str, at: dt.datetime) -> ApiSession | None:
    """The API session that these header values belong to, or None."""
    session = (
        ApiSession.objects.select_related("user")
        .filter(client=client, expires_at__gt=at, user__is_active=True)
        .first()
    )
    if session is None or not hmac.compare_digest(session.token_hash, hashed(token)):
        return None
    return session if session.user.email.lower() == uid.strip().lower() else None


def connected_apps(organisation_ids: list[int]) -> QuerySet[Consent]:
    """The consents in force of some organisations, latest first, with when each was last used."""
    return (
        Consent.objects.select_related("application", "organisation", "user")
        .filter(organisation_id__in=organisation_ids, withdrawn_at__isnull=True)
        .annotate(last_token_at=Max("accesstoken__created"))
        .order_by("-granted_at", "-id")
    )


def app_requests_of(user: User) -> QuerySet[AppRequest]:
    return (
        AppRequest.objects.select_related("application").filter(user=user).order_by("-requested_at")
    )


def waiting_app_requests() -> QuerySet[AppRequest]:
    """What staff have to decide, oldest first."""
    return (
        AppRequest.objects.select_related("user")
        .filter(status=AppRequest.Status.REQUESTED)
        .order_by("requested_at")
    )
