"""Who may open an organisation's pages: members; who may change its books: those who may write."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from bookbridge.books.organisations.models import Member, Organisation, User
from bookbridge.books.organisations.queries import membership
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LAST_ORGANISATION = "last_organisation_id"


class MemberRequest(HttpRequest):
    """A request of a member of the organisation that the URL names."""

    organisation: Organisation
    membership: Member
    actor: Actor


Rest = ParamSpec("Rest")
MemberView = Callable[Concatenate[MemberRequest, Rest], HttpResponse]
View = Callable[..., HttpResponse]


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in user as the one who makes a change."""
    user = request.user
    assert isinstance(user, User)
    return Actor(user.pk, user.display_name)


def member_required(view: MemberView[Rest]) -> View:
    """Opens the organisation of the URL for its members, in one transaction that sees only its
    rows; to everybody else it does not exist. Readers are refused every change."""
    return _guarded(view, may_change=lambda member: member.may_write)


def owner_required(view: MemberView[Rest]) -> View:
    """As `member_required`, but only an owner may change anything."""
    return _guarded(view, may_change=lambda member: member.may_administer)


def _guarded(view: MemberView[Rest], *, may_change: Callable[[Member], bool]) -> View:
    @login_required
    @wraps(view)
    def guarded(
        request: HttpRequest, organisation_id: int, *args: Rest.args, **kwargs: Rest.kwargs
    ) -> HttpResponse:
        user = request.user
        assert isinstance(user, User)
        member = membership(user, organisation_id)
        if member is None:
            raise Http404
        if request.method not in SAFE_METHODS and not may_change(member):
            raise PermissionDenied(_("You may look at these books, but not change this."))
        if request.session.get(LAST_ORGANISATION) != organisation_id:
            request.session[LAST_ORGANISATION] = organisation_id
        request.organisation = member.organisation  # type: ignore[attr-defined]
        request.membership = member  # type: ignore[attr-defined]
        request.actor = actor_of(request)  # type: ignore[attr-defined]
        with organisation_scope(organisation_id):
            return view(request, *args, **kwargs)  # type: ignore[arg-type]

    return guarded
