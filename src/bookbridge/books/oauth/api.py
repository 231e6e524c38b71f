"""API: sign-in by e-mail and password; its token travels in headers and is never rotated."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from bookbridge.books.api.auth import caller_of
from bookbridge.books.api.endpoint import Call, endpoint, open_endpoint
from bookbridge.books.api.errors import ApiError, UnauthenticatedError
from bookbridge.books.api.fields import body_of
from bookbridge.books.api.rendering import answer, one
from bookbridge.books.oauth.operations import close_api_session, open_api_session
from bookbridge.books.organisations.api import user_object
from bookbridge.books.organisations.models import User
from bookbridge.books.organisations.queries import organisations_of


def sign_in(request: HttpRequest) -> HttpResponse:
    body = body_of(request)
    email, password = body.text("email"), body.text("password")
    user = authenticate(request, email=email, password=password) if email and password else None
    if not isinstance(user, User):
        raise UnauthenticatedError(_("Invalid login credentials. Please try again."))
    if not EmailAddress.objects.filter(user=user, verified=True).exists():
        raise UnauthenticatedError(
            _("This e-mail address is not confirmed. Follow the link that we sent to it.")
        )
    session = open_api_session(user=user, at=timezone.now())
    response = one(user_object(user, list(organisations_of(user))))
    # The known clients look these names up exactly so, in lower case.
    response.headers["access-token"] = session.token
    response.headers["client"] = session.client
    response.headers["uid"] = user.email
    response.headers["expiry"] = str(int(session.expires_at.timestamp()))
    response.headers["token-type"] = "Bearer"
    response.headers["Cache-Control"] = "no-store"
    return response


def sign_out(request: HttpRequest) -> HttpResponse:
    caller = caller_of(request, at=timezone.now())
    if caller.session is None:
        raise ApiError(_("Apps end their access at /oauth/revoke."))
    close_api_session(caller.session)
    return answer({"success": True})


def validate_token(call: Call) -> HttpResponseBase:
    data = user_object(call.caller.user, call.caller.companies())
    return answer({"success": True, "data": data})


urlpatterns = [
    path("auth/sign_in", open_endpoint(verbs=("POST",), handler=sign_in)),
    path("auth/sign_out", open_endpoint(verbs=("POST", "DELETE"), handler=sign_out)),
    path("auth/validate_token", endpoint(get=validate_token)),
]
