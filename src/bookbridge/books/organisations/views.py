"""Pages about organisations: choosing one, opening one, its settings, members and lock."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookbridge.books.organisations import operations, queries
from bookbridge.books.organisations.forms import (
    LockForm,
    MemberForm,
    NewOrganisationForm,
    ProfileForm,
)
from bookbridge.books.organisations.models import User
from bookbridge.books.organisations.vat_numbers import VatNumberError
from bookbridge.books.web.access import LAST_ORGANISATION, MemberRequest, owner_required
from bookbridge.books.web.forms import show_refusal
from bookbridge.kit.formatting import day

REFUSALS = (operations.OrganisationError, VatNumberError)
form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The last organisation that was open, or the only one, or the choice."""
    assert isinstance(request.user, User)
    mine = [o.pk for o in queries.organisations_of(request.user)]
    last = request.session.get(LAST_ORGANISATION)
    if last in mine or len(mine) == 1:
        return redirect("dashboard", last if last in mine else mine[0])
    return redirect("organisations" if mine else "new_organisation")


@login_required
@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    memberships = request.user.memberships.select_related("organisation").order_by(
        "organisation__name", "organisation_id"
    )
    return render(request, "organisations/organisations.html", {"memberships": memberships})


@login_required
@form_page
def new_organisation(request: HttpRequest) -> HttpResponse:
    form = NewOrganisationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        open_books = import_string(settings.OPEN_BOOKS)
        try:
            made = open_books(owner=request.user, at=timezone.now(), **form.cleaned_data)
        except REFUSALS as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The books of %(name)s are open.") % {"name": made.name})
            return redirect("dashboard", made.pk)
    status = 422 if form.is_bound else 200
    return render(request, "organisations/new.html", {"form": form}, status=status)


@owner_required
@form_page
def profile(request: MemberRequest) -> HttpResponse:
    """The organisation's details."""
    organisation = request.organisation
    if request.method == "POST":
        form = ProfileForm(request.POST)
        if form.is_valid():
            try:
                operations.update_organisation(
                    organisation_id=organisation.pk,
                    actor=request.actor,
                    at=timezone.now(),
                    **form.cleaned_data,
                )
            except REFUSALS as error:
                show_refusal(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("settings", organisation.pk)
    else:
        form = ProfileForm(initial={n: getattr(organisation, n) for n in ProfileForm.base_fields})
    context = {"form": form, "tab": "settings"}
    status = 422 if form.is_bound else 200
    return render(request, "organisations/settings.html", context, status=status)


@owner_required
@form_page
def members(request: MemberRequest) -> HttpResponse:
    """Who may open these books, and the form that adds somebody."""
    organisation = request.organisation
    form = MemberForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        user = User.objects.filter(email__iexact=form.cleaned_data["email"]).first()
        try:
            if user is None:
                form.add_error("email", _("Nobody has signed up with this address yet."))
            else:
                operations.add_member(
                    organisation_id=organisation.pk,
                    user=user,
                    role=form.cleaned_data["role"],
                    actor=request.actor,
                    at=timezone.now(),
                )
        except REFUSALS as error:
            show_refusal(form, error)
        if not form.errors:
            messages.success(request, _("%(email)s is a member now.") % form.cleaned_data)
            return redirect("members", organisation.pk)
    context = {"form": form, "members": queries.members_of(organisation.pk), "tab": "members"}
    status = 422 if form.is_bound else 200
    return render(request, "organisations/members.html", context, status=status)


@owner_required
@require_POST
def member_removal(request: MemberRequest, user_id: int) -> HttpResponse:
    member = queries.members_of(request.organisation.pk).filter(user_id=user_id).first()
    if member is None:
        raise Http404
    try:
        operations.remove_member(
            organisation_id=request.organisation.pk,
            user=member.user,
            actor=request.actor,
            at=timezone.now(),
        )
    except operations.OrganisationError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("%(user)s can no longer open these books.") % {"user": member.user.email}
        )
    return redirect("members", request.organisation.pk)


@owner_required
@form_page
def lock(request: MemberRequest) -> HttpResponse:
    """Locks the past."""
    organisation = request.organisation
    form = LockForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            operations.lock_period(
                organisation_id=organisation.pk,
                lock_date=form.cleaned_data["lock_date"],
                actor=request.actor,
                at=timezone.now(),
            )
        except operations.OrganisationError as error:
            show_refusal(form, error)
        else:
            locked = {"date": day(form.cleaned_data["lock_date"])}
            messages.success(request, _("Locked up to %(date)s.") % locked)
            return redirect("lock", organisation.pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "tab": "lock"}
    return render(request, "organisations/lock.html", context, status=status)
