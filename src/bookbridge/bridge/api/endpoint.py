"""One URL of the public API: who calls, in which scope, by which method, and what went wrong."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from bookbridge.bridge.api.authentication import Caller, identify
from bookbridge.bridge.api.description import Handler, Operation
from bookbridge.bridge.api.errors import ApiError, ValidationItem, as_api_error, error_body
from bookbridge.bridge.api.limits import Allowance, allowance_of
from bookbridge.bridge.api.query import QueryError
from bookbridge.bridge.api.replies import json_reply
from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.clients.tenancy import client_scope

logger = logging.getLogger(__name__)
Struct = TypeVar("Struct")


@dataclass(frozen=True)
class Call:
    """One authenticated request: what a handler needs, and no more."""

    request: HttpRequest
    caller: Caller
    at: dt.datetime = field(default_factory=timezone.now)

    @property
    def client_id(self) -> UUID:
        return self.caller.client_id

    @property
    def actor(self) -> Actor:
        return self.caller.actor

    def parameter(self, name: str) -> str:
        """A query parameter, blank when absent."""
        return self.request.GET.get(name, "").strip()

    def body(self, kind: type[Struct]) -> Struct:
        """The request's JSON as a struct; raises a 400 that says what does not fit."""
        try:
            return msgspec.json.decode(self.request.body or b"{}", type=kind)
        except msgspec.MsgspecError as error:
            item = ValidationItem(message=str(error), validator=kind.__name__)
            raise ApiError(
                HTTPStatus.BAD_REQUEST,
                _("The body of the request does not fit: %(reason)s") % {"reason": error},
                validation=(item,),
            ) from error


class Endpoint:
    """A view that answers each named method; the OpenAPI document is made from its handlers."""

    csrf_exempt = True

    def __init__(self, handlers: dict[str, Handler], *, is_catch_all: bool = False) -> None:
        self.handlers = handlers
        self.is_catch_all = is_catch_all

    def __call__(self, request: HttpRequest, **parameters: Any) -> HttpResponse:
        try:
            return _answered(request, self.handlers, parameters)
        except Exception as error:
            # The public contract has a JSON body for our bugs too; the log keeps the whole story.
            logger.exception("%s %s failed", request.method, request.path)
            failure = ApiError(HTTPStatus.INTERNAL_SERVER_ERROR, _("Something went wrong here."))
            failure.__cause__ = error
            return _refused(request, failure)


def endpoint(**handlers: Handler) -> Endpoint:
    """A view that answers each named method: `endpoint(GET=list_keys, POST=create_key)`."""
    return Endpoint(handlers)


def _answered(
    request: HttpRequest, handlers: dict[str, Handler], parameters: dict[str, Any]
) -> HttpResponse:
    at = timezone.now()
    allowance: Allowance | None = None
    open_handler = _open_handler(request, handlers)
    if open_handler is not None:
        return open_handler(request, **parameters)
    try:
        caller = identify(request, at)
        handler = _handler(request, handlers)
        with client_scope(caller.client_id):
            allowance = allowance_of(caller.client_id, caller.requests_today, at)
            if allowance.is_spent:
                raise allowance.refusal(at)
            _check_company(caller, parameters)
            response = handler(Call(request, caller, at), **parameters)
    except QueryError as error:
        response = _refused(request, ApiError(HTTPStatus.BAD_REQUEST, str(error)))
    except Exception as error:
        refusal = as_api_error(error)
        if refusal is None:
            raise
        response = _refused(request, refusal)
    return response if allowance is None else _with_headers(response, allowance.headers())


def _open_handler(request: HttpRequest, handlers: dict[str, Handler]) -> Handler | None:
    """The handler that needs no key; None where one is needed."""
    handler = handlers.get(_method(request))
    return handler if isinstance(handler, Operation) and handler.is_open else None


def _method(request: HttpRequest) -> str:
    return "GET" if request.method == "HEAD" else request.method or ""


def _handler(request: HttpRequest, handlers: dict[str, Handler]) -> Handler:
    method = _method(request)
    if method not in handlers:
        raise ApiError(
            HTTPStatus.METHOD_NOT_ALLOWED,
            _("%(method)s is not possible here.") % {"method": request.method},
            headers={"Allow": ", ".join(handlers)},
        )
    return handlers[method]


def _check_company(caller: Caller, parameters: dict[str, Any]) -> None:
    if caller.company_id is not None and parameters.get("company_id") != caller.company_id:
        raise ApiError(HTTPStatus.FORBIDDEN, _("This token opens one company, and not this."))


def _refused(request: HttpRequest, error: ApiError) -> HttpResponse:
    correlation_id = str(request.META.get("bookbridge.request_id", ""))
    response = json_reply(error_body(error, correlation_id), status=int(error.status))
    return _with_headers(response, error.headers)


def _with_headers(response: HttpResponse, headers: Mapping[str, str]) -> HttpResponse:
    for name, value in headers.items():
        response.headers[name] = value
    return response


def unknown_path(call: Call, **parameters: Any) -> HttpResponse:
    """The answer to every path that the API does not have."""
    raise ApiError(HTTPStatus.NOT_FOUND, _("There is nothing at this address."))
