"""The consent page: the owner of the books decides, and chooses which business to open."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from oauth2_provider.exceptions import FatalClientError, OAuthToolkitError
from oauth2_provider.views.mixins import OAuthLibMixin

from bookbridge.books.oauth.forms import ConsentForm
from bookbridge.books.oauth.models import Application
from bookbridge.books.oauth.operations import give_consent
from bookbridge.books.oauth.rules import READ, WRITE
from bookbridge.books.organisations.models import Member, Organisation, User

WHAT_IS_READ = (
    gettext_lazy("Business details and the chart of accounts"),
    gettext_lazy("Customers, suppliers, projects and items"),
    gettext_lazy("Invoices, bills, credit notes and what is owed"),
    gettext_lazy("Bank accounts and bank transactions"),
    gettext_lazy("Journal entries, tax codes and reports"),
)


def shareable_organisations(user: User) -> list[Organisation]:
    """The businesses that this user may open to an app: those the user owns."""
    return list(
        Organisation.objects.filter(members__user=user, members__role=Member.Role.OWNER).order_by(
            "name", "id"
        )
    )


@method_decorator(never_cache, name="dispatch")
class AuthorizeView(OAuthLibMixin, View):  # type: ignore[misc]
    """Shows who asks for what, then answers the app with a code or a refusal.

    What the app asked for stays in the page's address and is checked again with the answer.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def respond(self, request: HttpRequest) -> HttpResponse:
        try:
            scopes, credentials = self.validate_authorization_request(request)
        except OAuthToolkitError as error:
            return self.refuse_request(request, error)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.method == "POST" and request.POST.get("decision") == "deny":
            return denial(credentials)
        return self.decide(request, scopes, credentials)

    def decide(
        self, request: HttpRequest, scopes: list[str], credentials: dict[str, Any]
    ) -> HttpResponse:
        assert isinstance(request.user, User)
        application: Application = credentials["request"].client
        organisations = shareable_organisations(request.user)
        form = ConsentForm(
            request.POST if request.method == "POST" else None, organisations=organisations
        )
        if request.method == "POST" and form.is_valid():
            return self.grant(request, application, form, scopes, credentials)
        context = {
            "application": application,
            "organisations": organisations,
            "form": form,
            "what_is_read": WHAT_IS_READ,
            "may_read": READ in scopes,
            "may_write": WRITE in scopes,
            "redirect_host": credentials["redirect_uri"].split("/")[2],
        }
        return render(
            request, "oauth/authorize.html", context, status=422 if form.is_bound else 200
        )

    def grant(
        self,
        request: HttpRequest,
        application: Application,
        form: ConsentForm,
        scopes: list[str],
        credentials: dict[str, Any],
    ) -> HttpResponse:
        assert isinstance(request.user, User)
        consent = give_consent(
            application=application,
            organisation=form.cleaned_data["organisation"],
            user=request.user,
            scope=" ".join(scopes),
            at=timezone.now(),
        )
        asked = {name: value for name, value in credentials.items() if name != "request"}
        try:
            uri, _headers, _body, _status = self.create_authorization_response(
                request, " ".join(scopes), {**asked, "consent": consent}, allow=True
            )
        except OAuthToolkitError as error:
            return self.refuse_request(request, error)
        return HttpResponseRedirect(uri)

    def refuse_request(self, request: HttpRequest, error: OAuthToolkitError) -> HttpResponse:
        """Tells the app what is wrong; where the app itself cannot be trusted, tells the user."""
        cause = error.oauthlib_error
        if not isinstance(error, FatalClientError) and cause.redirect_uri:
            return HttpResponseRedirect(cause.in_uri(cause.redirect_uri))
        context = {"error": cause.error, "description": cause.description}
        return render(request, "oauth/refused_request.html", context, status=400)


def denial(credentials: dict[str, Any]) -> HttpResponse:
    """Sends the owner back to the app with the refusal that its documentation promises."""
    answer = {
        "error": "access_denied",
        "error_description": _("The owner of the books did not give access."),
    }
    if credentials.get("state"):
        answer["state"] = credentials["state"]
    uri = credentials["redirect_uri"]
    return HttpResponseRedirect(f"{uri}{'&' if '?' in uri else '?'}{urlencode(answer)}")
