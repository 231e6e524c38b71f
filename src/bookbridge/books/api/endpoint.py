"""One address of the API: its verbs, who may use them, and in which organisation's scope."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from bookbridge.books.api.auth import Caller, caller_of
from bookbridge.books.api.errors import (
    ApiError,
    MethodNotAllowedError,
    NotFoundError,
    error_response,
    refusal,
)
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope

ID_MAX = 2**63 - 1
READING = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose sender is known; `company` is set on addresses below a company."""

    request: HttpRequest
    caller: Caller
    at: dt.datetime
    organisation: Organisation | None = None

    @property
    def company(self) -> Organisation:
        assert self.organisation is not None
        return self.organisation

    @property
    def company_id(self) -> int:
        return self.company.pk

    @property
    def actor(self) -> Actor:
        return self.caller.actor


Handler = Callable[..., HttpResponseBase]
View = Callable[..., HttpResponseBase]


def endpoint(
    *,
    get: Handler | None = None,
    post: Handler | None = None,
    patch: Handler | None = None,
    delete: Handler | None = None,
) -> View:
    """A view that answers these verbs. Handlers get a Call and the address's other ids.

    An address with `company_id` opens that company to its members alone, in its own scope; writes
    are refused to apps and members that may only read.
    """
    verbs = {
        verb: handler
        for verb, handler in {
            "GET": get,
            "HEAD": get,
            "POST": post,
            "PATCH": patch,
            "PUT": patch,
            "DELETE": delete,
        }.items()
        if handler is not None
    }

    @csrf_exempt
    def view(request: HttpRequest, company_id: int | None = None, **ids: int) -> HttpResponseBase:
        try:
            handler = verbs.get(request.method or "")
            if handler is None:
                raise MethodNotAllowedError(sorted(verbs))
            if max((company_id or 0, *ids.values())) > ID_MAX:
                raise NotFoundError
            return _answer(request, handler, company_id, ids)
        except Exception as error:
            known = refusal(error)
            if known is None:
                raise
            return error_response(known)

    return view


def _answer(
    request: HttpRequest, handler: Handler, company_id: int | None, ids: dict[str, int]
) -> HttpResponseBase:
    at = timezone.now()
    caller = caller_of(request, at=at)
    member = None if company_id is None else caller.member_of(company_id)
    if request.method not in READING:
        caller.require_write(member)
    call = Call(request, caller, at, None if member is None else member.organisation)
    with nullcontext() if company_id is None else organisation_scope(company_id):
        return handler(call, **ids)


def open_endpoint(
    *, verbs: tuple[str, ...], handler: Callable[[HttpRequest], HttpResponse]
) -> View:
    """An address that anybody may call, such as sign-in."""

    @csrf_exempt
    def view(request: HttpRequest) -> HttpResponse:
        try:
            if request.method not in verbs:
                raise MethodNotAllowedError(verbs)
            return handler(request)
        except ApiError as error:
            return error_response(error)

    return view
