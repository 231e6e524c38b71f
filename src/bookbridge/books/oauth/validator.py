"""Our rules inside the toolkit's token machinery: hashed codes, one organisation per token.

The toolkit looks a code up by its text in several hooks; each gets the hash instead.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.oauth2.rfc6749 import errors

from bookbridge.books.oauth.models import AccessToken, Grant, RefreshToken
from bookbridge.books.oauth.rules import hashed

CODE_LIFETIME = dt.timedelta(minutes=5)


class BooksOAuth2Validator(OAuth2Validator):  # type: ignore[misc]
    """Keeps organisation and consent on every grant and token, and notices reuse."""

    def get_default_scopes(
        self, client_id: str, request: Any, *args: Any, **kwargs: Any
    ) -> list[str]:
        scopes: list[str] = request.client.scopes
        return scopes

    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Any, request: Any, *a: Any, **kw: Any
    ) -> bool:
        return set(scopes) <= set(client.scopes)

    def save_authorization_code(
        self, client_id: str, code: dict[str, Any], request: Any, *args: Any, **kwargs: Any
    ) -> None:
        super().save_authorization_code(
            client_id, {**code, "code": hashed(code["code"])}, request, *args, **kwargs
        )

    def _create_authorization_code(self, request: Any, code: Any, expires: Any = None) -> Grant:
        if request.code_challenge_method == "plain":
            raise errors.InvalidRequestError(
                description="Use the S256 code_challenge_method.", request=request
            )
        grant: Grant = Grant.objects.create(
            application=request.client,
            user=request.user,
            organisation_id=request.consent.organisation_id,
            consent=request.consent,
            code=code["code"],
            expires=expires or timezone.now() + CODE_LIFETIME,
            redirect_uri=request.redirect_uri,
            scope=" ".join(request.scopes),
            code_challenge=request.code_challenge or "",
            code_challenge_method=request.code_challenge_method or "",
        )
        return grant

    def validate_code(
        self, client_id: str, code: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        grant = (
            Grant.objects.select_related("consent", "user")
            .filter(code=hashed(code), application=client)
            .first()
        )
        if grant is None:
            return False
        if grant.used_at is not None:
            # Somebody else has, or had, this code: nothing made from it can be trusted.
            RefreshToken.revoke_family(grant.token_family)
            return False
        if grant.is_expired() or grant.consent.is_withdrawn or not grant.user.is_active:
            return False
        request.scopes = grant.scope.split(" ")
        request.user = grant.user
        request.consent = grant.consent
        request.token_family = grant.token_family
        return True

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Any, *args: Any, **kwargs: Any
    ) -> bool:
        return bool(
            super().confirm_redirect_uri(
                client_id, hashed(code), redirect_uri, client, *args, **kwargs
            )
        )

    def get_code_challenge(self, code: str, request: Any) -> str | None:
        challenge: str | None = super().get_code_challenge(hashed(code), request)
        return challenge

    def get_code_challenge_method(self, code: str, request: Any) -> str | None:
        method: str | None = super().get_code_challenge_method(hashed(code), request)
        return method

    def get_authorization_code_scopes(
        self, client_id: str, code: str, redirect_uri: str, request: Any
    ) -> list[str]:
        return list(
            super().get_authorization_code_scopes(client_id, hashed(code), redirect_uri, request)
        )

    def get_authorization_code_nonce(
        self, client_id: str, code: str, redirect_uri: str, request: Any
    ) -> None:
        """OpenID Connect is not offered."""

    def invalidate_authorization_code(
        self, client_id: str, code: str, request: Any, *args: Any, **kwargs: Any
    ) -> None:
        now = timezone.now()
        claimed = Grant.objects.filter(
            code=hashed(code), application=request.client, used_at__isnull=True
        ).update(used_at=now, updated=now)
        if not claimed:
            # Two exchanges at the same moment: neither keeps its tokens.
            RefreshToken.revoke_family(request.token_family)
            raise errors.InvalidGrantError(request=request)

    def validate_refresh_token(
        self, refresh_token: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        if not super().validate_refresh_token(refresh_token, client, request, *args, **kwargs):
            return False
        held: RefreshToken = request.refresh_token_instance
        request.consent = held.consent
        request.token_family = held.token_family
        return not held.consent.is_withdrawn and held.user.is_active

    def _save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        held = getattr(request, "refresh_token_instance", None)
        if held is not None:
            held = RefreshToken.objects.select_for_update().get(pk=held.pk)
            if held.revoked is not None:
                # Another request used it a moment ago; only hashes are kept, so that request's
                # answer cannot be repeated.
                raise errors.InvalidGrantError(request=request)
        super()._save_bearer_token(token, request, *args, **kwargs)

    def _create_access_token(
        self, expires: Any, request: Any, token: Any, source_refresh_token: Any = None
    ) -> AccessToken:
        access_token = AccessToken(
            user=request.user,
            organisation_id=request.consent.organisation_id,
            consent=request.consent,
            scope=token["scope"],
            expires=expires,
            application=request.client,
            source_refresh_token=source_refresh_token,
        )
        self._set_token_value(access_token, token["access_token"])
        access_token.save()
        return access_token

    def _create_refresh_token(
        self, request: Any, refresh_token_code: Any, access_token: Any, previous_refresh_token: Any
    ) -> RefreshToken:
        family: uuid.UUID = request.token_family
        refresh_token = RefreshToken(
            user=request.user,
            organisation_id=request.consent.organisation_id,
            consent=request.consent,
            application=request.client,
            access_token=access_token,
            token_family=family,
        )
        self._set_token_value(refresh_token, refresh_token_code)
        refresh_token.save()
        return refresh_token
