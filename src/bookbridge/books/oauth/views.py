"""Pages for owners (connected apps), developers (the app register) and staff (approvals)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookbridge.books.oauth import operations, queries
from bookbridge.books.oauth.consent import shareable_organisations
from bookbridge.books.oauth.forms import AppRequestForm, DeclineForm
from bookbridge.books.oauth.models import AppRequest, Consent
from bookbridge.books.organisations.models import User
from bookbridge.books.organisations.rules import Actor

Rest = ParamSpec("Rest")


def signed_in(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def staff_only(
    view: Callable[Concatenate[HttpRequest, Rest], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Rest], HttpResponse]:
    """Signed-in staff see the page; others are told that they may not."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if not signed_in(request).is_staff:
            raise PermissionDenied(_("Only staff may decide about apps."))
        return view(request, *args, **kwargs)

    return guarded


@login_required
@require_safe
def connected_apps(request: HttpRequest) -> HttpResponse:
    organisations = shareable_organisations(signed_in(request))
    consents = queries.connected_apps([o.pk for o in organisations])
    return render(request, "oauth/connected_apps.html", {"consents": consents})


@login_required
@require_POST
def withdrawal(request: HttpRequest, consent_id: int) -> HttpResponse:
    user = signed_in(request)
    mine = [o.pk for o in shareable_organisations(user)]
    consent = (
        Consent.objects.select_related("application")
        .filter(pk=consent_id, organisation_id__in=mine)
        .first()
    )
    if consent is None:
        raise Http404
    operations.withdraw_consent(
        consent_id=consent.pk,
        organisation_id=consent.organisation_id,
        actor=Actor(user.pk, user.display_name),
        at=timezone.now(),
    )
    messages.success(
        request, _("%(app)s can no longer open these books.") % {"app": consent.application.name}
    )
    return redirect("connected_apps")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def apps(request: HttpRequest) -> HttpResponse:
    """A developer's apps, and the form that asks for another."""
    form = AppRequestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        operations.request_app(
            user=signed_in(request),
            name=form.cleaned_data["name"],
            description=form.cleaned_data["description"],
            redirect_uri=form.cleaned_data["redirect_uri"],
            may_write=form.cleaned_data["may_write"],
            at=timezone.now(),
        )
        messages.success(request, _("Your app was asked for. Its keys appear here once approved."))
        return redirect("oauth_apps")
    context = {"form": form, "app_requests": queries.app_requests_of(signed_in(request))}
    return render(request, "oauth/apps.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
@never_cache
def app_keys(request: HttpRequest, app_request_id: int) -> HttpResponse:
    """Shows the keys of an approved app, once."""
    try:
        keys = operations.show_keys(
            app_request_id=app_request_id, user=signed_in(request), at=timezone.now()
        )
    except AppRequest.DoesNotExist as error:
        raise Http404 from error
    except operations.KeysAlreadyShownError as error:
        messages.error(request, str(error))
        return redirect("oauth_apps")
    return render(request, "oauth/app_keys.html", {"keys": keys})


@login_required
@staff_only
@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    context = {"app_requests": queries.waiting_app_requests(), "form": DeclineForm()}
    return render(request, "oauth/approvals.html", context)


@login_required
@staff_only
@require_POST
def approval(request: HttpRequest, app_request_id: int) -> HttpResponse:
    """Approves a requested app, or declines it with a reason."""
    staff = signed_in(request)
    try:
        if request.POST.get("decision") == "decline":
            form = DeclineForm(request.POST)
            if not form.is_valid():
                messages.error(request, _("Give the developer a reason."))
                return redirect("oauth_approvals")
            operations.decline_app(
                app_request_id=app_request_id,
                staff=staff,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        else:
            operations.approve_app(app_request_id=app_request_id, staff=staff, at=timezone.now())
    except AppRequest.DoesNotExist as error:
        raise Http404 from error
    except operations.AppRequestDecidedError as error:
        messages.error(request, str(error))
    return redirect("oauth_approvals")
