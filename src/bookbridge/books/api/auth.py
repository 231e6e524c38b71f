"""Who calls: an app with a bearer token, or a user with the header scheme's three values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from bookbridge.books.api.errors import ForbiddenError, NotFoundError, UnauthenticatedError
from bookbridge.books.oauth.models import ApiSession
from bookbridge.books.oauth.queries import api_session, token_use
from bookbridge.books.oauth.rules import READ, WRITE, allows
from bookbridge.books.organisations.models import Member, Organisation, User
from bookbridge.books.organisations.queries import membership, organisations_of
from bookbridge.books.organisations.rules import Actor


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in user, or an app acting for one within a single organisation."""

    user: User
    organisation_id: int | None = None
    scope: str = f"{READ} {WRITE}"
    app_name: str = ""
    session: ApiSession | None = None

    @property
    def actor(self) -> Actor:
        name = self.user.display_name
        return Actor(self.user.pk, f"{name} ({self.app_name})" if self.app_name else name)

    def companies(self) -> list[Organisation]:
        """What this caller may open, by id."""
        found = organisations_of(self.user).order_by("id")
        if self.organisation_id is not None:
            found = found.filter(pk=self.organisation_id)
        return list(found)

    def member_of(self, organisation_id: int) -> Member:
        """The caller's part in a company; a stranger is not told that it exists."""
        if self.organisation_id not in (None, organisation_id):
            raise NotFoundError
        member = membership(self.user, organisation_id)
        if member is None:
            raise NotFoundError
        return member

    def require_write(self, member: Member | None) -> None:
        """Refuses apps that may only read, and members who may only look."""
        if not allows(self.scope, WRITE):
            raise ForbiddenError(_("This app may read the books, but not change them."))
        if member is not None and not member.may_write:
            raise ForbiddenError(_("You may look at these books, but not change them."))


def caller_of(request: HttpRequest, *, at: dt.datetime) -> Caller:
    """Who sent this request; raises UnauthenticatedError."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        use = token_use(token.strip(), at=at)
        if use is None:
            raise UnauthenticatedError(_("This access token is unknown, expired or withdrawn."))
        return Caller(use.user, use.organisation_id, use.scope, use.application_name)
    values = {name: request.headers.get(name, "") for name in ("client", "access-token", "uid")}
    if all(values.values()):
        session = api_session(
            client=values["client"], token=values["access-token"], uid=values["uid"], at=at
        )
        if session is not None:
            return Caller(session.user, session=session)
    raise UnauthenticatedError(_("You need to sign in or sign up before continuing."))
