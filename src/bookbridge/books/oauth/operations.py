"""Writes about apps, consents and API sessions."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import clear_expired

from bookbridge.books.oauth.models import (
    AccessToken,
    ApiSession,
    Application,
    AppRequest,
    Consent,
    Grant,
    RefreshToken,
)
from bookbridge.books.oauth.rules import checked_redirect_uri, hashed
from bookbridge.books.organisations.models import Organisation, User
from bookbridge.books.organisations.rules import Actor

API_SESSION_LIFETIME = dt.timedelta(days=14)
API_SESSIONS_MAX = 20
SECRET_BYTES = 32


class AppRequestDecidedError(Exception):
    """Somebody has already approved or declined this request."""

    code = "app_request_decided"

    def __str__(self) -> str:
        return str(_("This request has already been decided."))


class KeysAlreadyShownError(Exception):
    """The secret was shown before; only its hash is kept."""

    code = "keys_already_shown"

    def __str__(self) -> str:
        return str(_("The secret was shown before and cannot be shown again. Ask for new keys."))


@dataclass(frozen=True)
class AppKeys:
    """Given to the developer once."""

    application: Application
    client_id: str
    client_secret: str


def register_app(
    *, name: str, description: str, redirect_uri: str, may_write: bool = False, owner: User | None
) -> AppKeys:
    """Register an app and return its keys, the only time they can be read.

    Raises RedirectUriError.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    application = _new_application(name, description, redirect_uri, may_write, owner, secret)
    return AppKeys(application, application.client_id, secret)


def _new_application(
    name: str,
    description: str,
    redirect_uri: str,
    may_write: bool,
    owner: User | None,
    secret: str,
) -> Application:
    application: Application = Application.objects.create(
        name=name.strip(),
        description=description.strip(),
        redirect_uris=checked_redirect_uri(redirect_uri),
        may_write=may_write,
        user=owner,
        client_id=secrets.token_urlsafe(SECRET_BYTES),
        client_secret=secret,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
    )
    return application


def request_app(
    *,
    user: User,
    name: str,
    description: str,
    redirect_uri: str,
    may_write: bool = False,
    at: dt.datetime,
) -> AppRequest:
    """Ask staff for an app; raises RedirectUriError."""
    return AppRequest.objects.create(
        user=user,
        name=name.strip(),
        description=description.strip(),
        redirect_uri=checked_redirect_uri(redirect_uri),
        may_write=may_write,
        requested_at=at,
    )


@transaction.atomic
def approve_app(*, app_request_id: int, staff: User, at: dt.datetime) -> AppRequest:
    """Make the requested app; its keys wait for the developer. Raises AppRequestDecidedError."""
    app_request = _undecided(app_request_id)
    # Nobody ever sees this secret: the one that counts is made when it is shown.
    app_request.application = _new_application(
        app_request.name,
        app_request.description,
        app_request.redirect_uri,
        app_request.may_write,
        app_request.user,
        secrets.token_urlsafe(SECRET_BYTES),
    )
    app_request.status = AppRequest.Status.APPROVED
    app_request.decided_at, app_request.decided_by = at, staff
    app_request.save()
    return app_request


@transaction.atomic
def decline_app(*, app_request_id: int, staff: User, reason: str, at: dt.datetime) -> AppRequest:
    """Decline a requested app with a reason; raises AppRequestDecidedError."""
    app_request = _undecided(app_request_id)
    app_request.status = AppRequest.Status.DECLINED
    app_request.decline_reason = reason.strip()
    app_request.decided_at, app_request.decided_by = at, staff
    app_request.save()
    return app_request


def _undecided(app_request_id: int) -> AppRequest:
    app_request = AppRequest.objects.select_for_update(of=("self",)).get(pk=app_request_id)
    if not app_request.is_waiting:
        raise AppRequestDecidedError
    return app_request


@transaction.atomic
def show_keys(*, app_request_id: int, user: User, at: dt.datetime) -> AppKeys:
    """Make the approved app's secret and return it this once; raises KeysAlreadyShownError."""
    app_request = AppRequest.objects.select_for_update(of=("self",)).get(
        pk=app_request_id, user=user
    )
    if not app_request.has_keys_to_show or app_request.application is None:
        raise KeysAlreadyShownError
    secret = secrets.token_urlsafe(SECRET_BYTES)
    application = app_request.application
    application.client_secret = secret
    application.save()
    app_request.keys_shown_at = at
    app_request.save(update_fields=["keys_shown_at"])
    return AppKeys(application, application.client_id, secret)


def give_consent(
    *,
    application: Application,
    organisation: Organisation,
    user: User,
    scope: str,
    at: dt.datetime,
) -> Consent:
    """Record that this user lets the app open this organisation.

    A consent in force is renewed, so that an app connected twice is withdrawn once.
    """
    consent = Consent.objects.filter(
        application=application, organisation=organisation, user=user, withdrawn_at__isnull=True
    ).first()
    if consent is None:
        return Consent.objects.create(
            application=application,
            organisation=organisation,
            user=user,
            scope=scope,
            granted_at=at,
        )
    consent.scope, consent.granted_at = scope, at
    consent.save(update_fields=["scope", "granted_at"])
    return consent


@transaction.atomic
def withdraw_consent(
    *, consent_id: int, organisation_id: int, actor: Actor, at: dt.datetime
) -> Consent:
    """End an app's access to an organisation at once; to withdraw twice changes nothing."""
    consent = Consent.objects.select_for_update(of=("self",)).get(
        pk=consent_id, organisation_id=organisation_id
    )
    if consent.is_withdrawn:
        return consent
    consent.withdrawn_at, consent.withdrawn_by = at, actor.name
    consent.save(update_fields=["withdrawn_at", "withdrawn_by"])
    RefreshToken.objects.filter(consent=consent, revoked__isnull=True).update(
        revoked=at, access_token=None, updated=at
    )
    AccessToken.objects.filter(consent=consent).delete()
    Grant.objects.filter(consent=consent).delete()
    return consent


@dataclass(frozen=True)
class NewApiSession:
    """A fresh sign-in to the API; `token` is known only here."""

    token: str
    client: str
    expires_at: dt.datetime


@transaction.atomic
def open_api_session(*, user: User, at: dt.datetime) -> NewApiSession:
    """Sign a user in to the API; the oldest of too many sessions ends."""
    token, client = secrets.token_urlsafe(SECRET_BYTES), uuid.uuid4().hex
    ApiSession.objects.create(
        user=user,
        client=client,
        token_hash=hashed(token),
        created_at=at,
        expires_at=at + API_SESSION_LIFETIME,
    )
    kept = user.api_sessions.filter(expires_at__gt=at).order_by("-created_at", "-id")
    user.api_sessions.exclude(
        pk__in=list(kept.values_list("pk", flat=True)[:API_SESSIONS_MAX])
    ).delete()
    return NewApiSession(token, client, at + API_SESSION_LIFETIME)


def close_api_session(session: ApiSession) -> None:
    """Sign this one session out."""
    session.delete()


def forget_stale(*, at: dt.datetime) -> None:
    """Remove codes, tokens and API sessions that can no longer be used."""
    Grant.objects.filter(expires__lt=at - dt.timedelta(days=1)).delete()
    # Revoked refresh tokens stay until they would have expired: only so is their reuse noticed.
    clear_expired()
    ApiSession.objects.filter(expires_at__lt=at).delete()
