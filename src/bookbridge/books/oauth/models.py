"""Apps that others build on the books, and what their owners let them open.

All of these are identity tables: they are read before it is known whose books are being opened.
Codes, tokens and secrets are kept only as hashes.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import (
    AbstractAccessToken,
    AbstractApplication,
    AbstractGrant,
    AbstractIDToken,
    AbstractRefreshToken,
)

from bookbridge.books.oauth.rules import READ, WRITE

NAME_LENGTH_MAX = 120
DESCRIPTION_LENGTH_MAX = 2000


class Application(AbstractApplication):  # type: ignore[misc]
    """An app that may ask owners for access; `user` is the developer who owns it."""

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", _("Active")
        SUSPENDED = "SUSPENDED", _("Suspended")

    description = models.TextField(max_length=DESCRIPTION_LENGTH_MAX, blank=True, default="")
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.ACTIVE)
    # The most that it may ask for; an app that names no scope asks for all that it may.
    may_write = models.BooleanField(default=False)

    class Meta(AbstractApplication.Meta):  # type: ignore[misc]
        pass

    def redirect_uri_allowed(self, uri: str) -> bool:
        """Exactly as registered: not even the port of a loopback address may differ."""
        return uri in self.redirect_uris.split()

    @property
    def scopes(self) -> list[str]:
        return [READ, WRITE] if self.may_write else [READ]

    def is_usable(self, request: Any) -> bool:
        return self.status == self.Status.ACTIVE


class Consent(models.Model):  # type: ignore[django-manager-missing]
    """One owner's permission for one app to open one organisation, until it is withdrawn."""

    application = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
        on_delete=models.CASCADE,
        related_name="consents",
    )
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    scope = models.TextField()
    granted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "application"], name="oauth_consent_organisation")
        ]

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None


class Grant(AbstractGrant):  # type: ignore[misc]
    """A code on its way to become tokens; `code` holds its hash."""

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    consent = models.ForeignKey(Consent, on_delete=models.CASCADE)
    token_family = models.UUIDField(default=uuid.uuid4, editable=False)
    # A used code is kept, so that a second use is noticed and its tokens are revoked.
    used_at = models.DateTimeField(null=True)

    class Meta(AbstractGrant.Meta):  # type: ignore[misc]
        pass


class AccessToken(AbstractAccessToken):  # type: ignore[misc]
    """Opens one organisation for an app, for two hours."""

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    consent = models.ForeignKey(Consent, on_delete=models.CASCADE)

    class Meta(AbstractAccessToken.Meta):  # type: ignore[misc]
        pass


class RefreshToken(AbstractRefreshToken):  # type: ignore[misc]
    """Good for one new pair of tokens; used twice, it ends its whole family."""

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    consent = models.ForeignKey(Consent, on_delete=models.CASCADE)

    class Meta(AbstractRefreshToken.Meta):  # type: ignore[misc]
        pass


class IDToken(AbstractIDToken):  # type: ignore[misc]
    """Required by the toolkit's token model; OpenID Connect is not offered."""

    class Meta(AbstractIDToken.Meta):  # type: ignore[misc]
        pass


class AppRequest(models.Model):
    """A developer's wish for an app, until staff approve or decline it."""

    class Status(models.TextChoices):
        REQUESTED = "REQUESTED", _("Waiting for approval")
        APPROVED = "APPROVED", _("Approved")
        DECLINED = "DECLINED", _("Declined")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="app_requests"
    )
    name = models.CharField(max_length=NAME_LENGTH_MAX)
    description = models.TextField(max_length=DESCRIPTION_LENGTH_MAX)
    redirect_uri = models.CharField(max_length=500)
    may_write = models.BooleanField(default=False)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.REQUESTED)
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decline_reason = models.TextField(blank=True, default="")
    application = models.OneToOneField(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.SET_NULL, null=True
    )
    # Set when the developer has seen the secret: it is shown once, then only its hash remains.
    keys_shown_at = models.DateTimeField(null=True)

    @property
    def is_waiting(self) -> bool:
        return self.status == self.Status.REQUESTED

    @property
    def has_keys_to_show(self) -> bool:
        return self.status == self.Status.APPROVED and self.keys_shown_at is None


class ApiSession(models.Model):
    """A sign-in to the API by e-mail and password: the header scheme's token, hashed."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_sessions"
    )
    client = models.CharField(max_length=64, unique=True)
    token_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
