"""One request of the public API and its answer: limits, scope, handler, and what went wrong."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from bookbridge.bridge.api import cors
from bookbridge.bridge.api.authentication import Caller, identify, unauthorised
from bookbridge.bridge.api.call import Call
from bookbridge.bridge.api.description import Handler, Operation
from bookbridge.bridge.api.errors import ApiError, as_api_error, error_body
from bookbridge.bridge.api.idempotency import IdempotentRequest, idempotent_request
from bookbridge.bridge.api.limits import (
    Allowance,
    allowance_of,
    announce_reached,
    take_place,
)
from bookbridge.bridge.api.query import QueryError
from bookbridge.bridge.api.replies import Outside, json_reply
from bookbridge.bridge.clients.tenancy import client_scope

logger = logging.getLogger(__name__)
OUTAGE_SECONDS = 5
# The query language refuses characters itself, and says where they are.
OF_THE_QUERY = frozenset({"query", "orderBy", "tags"})


@dataclass
class Exchange:
    """A request on its way; `headers` go on whatever the answer will be."""

    request: HttpRequest
    handlers: dict[str, Handler]
    parameters: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    idempotent: IdempotentRequest | None = None

    def __post_init__(self) -> None:
        self.at = timezone.now()

    def answer(self) -> HttpResponse:
        """The reply to the request, an error among them."""
        try:
            response = self._respond()
        except Exception as error:
            response = self._refused(self._refusal(error))
            self._keep_refusal(response)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        return response

    def _respond(self) -> HttpResponse:
        if cors.is_preflight(self.request):
            return cors.preflight(self.request, self.handlers, self._company_id)
        visit, caller = identify(self.request, self.at)
        self.headers = visit.headers()
        if visit.is_spent:
            raise visit.refusal(self.at)
        client_id = caller.client_id if caller else None
        company_id = self._company_id
        self.headers |= cors.origin_headers(
            self.request, client_id=client_id, company_id=company_id
        )
        handler = self._open_handler()
        if handler is not None:
            return handler(self.request, **self.parameters)
        if caller is None:
            raise unauthorised()
        return self._answered(caller)

    def _answered(self, caller: Caller) -> HttpResponse:
        with client_scope(caller.client_id):
            allowance = allowance_of(caller.client_id, caller.requests_today, self.at)
            self.headers |= allowance.headers()
            handled = None if allowance.is_spent else self._handled(caller)
        if handled is not None:
            return handled.make() if isinstance(handled, Outside) else handled
        # In a transaction of its own: a refusal undoes the one that it is raised in.
        self._announce(allowance)
        raise allowance.refusal(self.at)

    def _handled(self, caller: Caller) -> HttpResponse:
        handler = self._handler()
        self._check_text()
        self._check_company(caller)
        if self._company_id is not None:
            take_place(self._company_id)
        self.idempotent = idempotent_request(self.request, caller.client_id, self.at)
        if self.idempotent is None:
            return handler(Call(self.request, caller, self.at), **self.parameters)
        earlier = self.idempotent.earlier_reply()
        if earlier is not None:
            return earlier
        response = handler(Call(self.request, caller, self.at), **self.parameters)
        self.idempotent.keep(response)
        return response

    def _announce(self, allowance: Allowance) -> None:
        with client_scope(allowance.client_id):
            announce_reached(allowance, self.at)

    @property
    def _company_id(self) -> UUID | None:
        found = self.parameters.get("company_id")
        return found if isinstance(found, UUID) else None

    @property
    def _method(self) -> str:
        return "GET" if self.request.method == "HEAD" else self.request.method or ""

    def _open_handler(self) -> Handler | None:
        """The handler that needs no key; None where one is needed."""
        handler = self.handlers.get(self._method)
        return handler if isinstance(handler, Operation) and handler.is_open else None

    def _handler(self) -> Handler:
        if self._method not in self.handlers:
            raise ApiError(
                HTTPStatus.METHOD_NOT_ALLOWED,
                _("%(method)s is not possible here.") % {"method": self.request.method},
                headers={"Allow": ", ".join(self.handlers)},
            )
        return self.handlers[self._method]

    def _check_text(self) -> None:
        """NUL is in no text that we keep: what is named with it is not there."""
        if any("\x00" in str(value) for value in self.parameters.values()):
            raise ApiError(HTTPStatus.NOT_FOUND, _("There is nothing at this address."))
        given = {name: one for name, one in self.request.GET.items() if name not in OF_THE_QUERY}
        if any("\x00" in value for value in given.values()):
            raise ApiError(HTTPStatus.BAD_REQUEST, _("A parameter has a character of no text."))

    def _check_company(self, caller: Caller) -> None:
        if caller.company_id is not None and caller.company_id != self._company_id:
            raise ApiError(HTTPStatus.FORBIDDEN, _("This token opens one company, and not this."))

    def _refusal(self, error: Exception) -> ApiError:
        if isinstance(error, QueryError):
            return ApiError(HTTPStatus.BAD_REQUEST, str(error))
        refusal = as_api_error(error)
        if refusal is not None:
            return refusal
        # The public contract has a JSON body for our bugs too; the log keeps the whole story.
        logger.error("%s %s failed", self.request.method, self.request.path, exc_info=error)
        self.idempotent = None
        if isinstance(error, OperationalError | InterfaceError):
            return ApiError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                _("The database cannot be reached. Try again shortly."),
                headers={"Retry-After": str(OUTAGE_SECONDS)},
            )
        return ApiError(HTTPStatus.INTERNAL_SERVER_ERROR, _("Something went wrong here."))

    def _refused(self, error: ApiError) -> HttpResponse:
        correlation_id = str(self.request.META.get("bookbridge.request_id", ""))
        response = json_reply(error_body(error, correlation_id), status=int(error.status))
        for name, value in error.headers.items():
            response.headers[name] = value
        return response

    def _keep_refusal(self, response: HttpResponse) -> None:
        """A refusal undid its transaction: it is kept in one of its own."""
        if self.idempotent is None or response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
            return
        with client_scope(self.idempotent.client_id):
            self.idempotent.keep(response)
