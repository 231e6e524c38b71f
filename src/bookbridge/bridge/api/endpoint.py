"""One URL of the public API: which handler answers which method."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from bookbridge.bridge.api.call import Call
from bookbridge.bridge.api.description import Handler
from bookbridge.bridge.api.errors import ApiError
from bookbridge.bridge.api.exchange import Exchange

__all__ = ["Call", "Endpoint", "endpoint", "unknown_path"]


class Endpoint:
    """A view that answers each named method; the OpenAPI document is made from its handlers."""

    csrf_exempt = True

    def __init__(self, handlers: dict[str, Handler], *, is_catch_all: bool = False) -> None:
        self.handlers = handlers
        self.is_catch_all = is_catch_all

    def __call__(self, request: HttpRequest, **parameters: Any) -> HttpResponse:
        return Exchange(request, self.handlers, parameters).answer()


def endpoint(**handlers: Handler) -> Endpoint:
    """A view that answers each named method: `endpoint(GET=list_keys, POST=create_key)`."""
    return Endpoint(handlers)


def unknown_path(call: Call, **parameters: Any) -> HttpResponse:
    """The answer to every path that the API does not have."""
    raise ApiError(HTTPStatus.NOT_FOUND, _("There is nothing at this address."))
