"""The OpenAPI document of the public API, written from the descriptions beside its handlers."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, converters, path
from django.urls.resolvers import RoutePattern

from bookbridge.bridge.api.description import JSON, Operation, is_schema, operation
from bookbridge.bridge.api.endpoint import Endpoint, endpoint
from bookbridge.bridge.api.errors import ErrorMessage
from bookbridge.bridge.api.replies import json_reply

VERSION = "3.1.0"
KEPT_METHODS = frozenset({"POST", "PATCH"})
_REFERENCE = "#/components/schemas/{name}"
_STEP = re.compile(r"<(?:\w+:)?(\w+)>")
_ALWAYS = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_LIMIT_HEADERS = {
    "X-Rate-Limit-Limit": "Requests that the client may make today.",
    "X-Rate-Limit-Remaining": "How many of them are left.",
    "X-Rate-Limit-Reset": "When the day is over, UTC.",
}


@dataclass(frozen=True)
class Described:
    """One method of one path."""

    method: str
    route: str
    operation: Operation
    converters: dict[str, Any]

    @property
    def path(self) -> str:
        return "/" + _STEP.sub(lambda found: f"{{{camel(found[1])}}}", self.route)


def endpoints(
    patterns: Iterable[URLPattern | URLResolver],
) -> Iterator[tuple[str, Endpoint, dict[str, Any]]]:
    """Every route of the API with its endpoint, but for those that answer unknown paths."""
    for one in patterns:
        view = getattr(one, "callback", None)
        if isinstance(view, Endpoint) and not view.is_catch_all:
            assert isinstance(one.pattern, RoutePattern)
            yield str(one.pattern), view, dict(one.pattern.converters)


def described(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[Described]:
    """Every operation that is described, but for those of paths of any length: OpenAPI has none."""
    for route, view, found in endpoints(patterns):
        if any(isinstance(one, converters.PathConverter) for one in found.values()):
            continue
        for method, handler in view.handlers.items():
            if isinstance(handler, Operation):
                yield Described(method, route, handler, found)


def document(patterns: Iterable[URLPattern | URLResolver]) -> dict[str, Any]:
    """The OpenAPI document of these routes."""
    found = list(described(patterns))
    schemas = _Schemas(found)
    paths: dict[str, dict[str, Any]] = {}
    for one in found:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, schemas)
    return {
        "openapi": VERSION,
        "info": {
            "title": "Bookbridge API",
            "version": "1",
            "summary": "Accounting data of many companies, read through one API.",
        },
        "servers": [{"url": f"{settings.PUBLIC_URL}/api"}],
        "security": [{"key": []}, {"companyToken": []}],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {
                "key": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`Basic ` and the Base64 of an API key.",
                },
                "companyToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A company's access token: it opens that company for a day.",
                },
            },
        },
    }


class _Schemas:
    """Schemas of every shape that is named, each once."""

    def __init__(self, found: Iterable[Described]) -> None:
        shapes: list[Any] = [ErrorMessage]
        for one in found:
            of = one.operation
            shapes += [of.body, of.reply, *(parameter.kind for parameter in of.query)]
        self._types = [one for one in shapes if one is not None and not is_schema(one)]
        made, self.components = msgspec.json.schema_components(self._types, ref_template=_REFERENCE)
        self._made = list(made)

    def of(self, shape: Any) -> Any:
        return shape if is_schema(shape) else self._made[self._types.index(shape)]


def _operation(one: Described, schemas: _Schemas) -> dict[str, Any]:
    of = one.operation
    made: dict[str, Any] = {
        "operationId": of.id,
        "summary": of.summary,
        "parameters": [*_path_parameters(one), *_query_parameters(of, schemas)],
        "responses": _responses(one, schemas),
    }
    if of.handler.__doc__:
        made["description"] = inspect.cleandoc(of.handler.__doc__)
    if one.method in KEPT_METHODS:
        made["parameters"].append(_IDEMPOTENCY_KEY)
    if of.body is not None:
        made["requestBody"] = {"required": True, "content": {JSON: {"schema": schemas.of(of.body)}}}
    if of.is_deprecated:
        made["deprecated"] = True
    if of.is_open:
        made["security"] = []
    return made


_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "format": "uuid"},
    "description": "A GUID: the same request sent again with it is answered the same, once done.",
}


def _path_parameters(one: Described) -> Iterator[dict[str, Any]]:
    for name, converter in one.converters.items():
        schema = {"type": "string"}
        if isinstance(converter, converters.UUIDConverter):
            schema["format"] = "uuid"
        yield {"name": camel(name), "in": "path", "required": True, "schema": schema}


def _query_parameters(of: Operation, schemas: _Schemas) -> Iterator[dict[str, Any]]:
    for one in of.query:
        yield {
            "name": one.name,
            "in": "query",
            "required": one.is_required,
            "description": one.about,
            "schema": schemas.of(one.kind),
        }


def _responses(one: Described, schemas: _Schemas) -> dict[str, Any]:
    of = one.operation
    success: dict[str, Any] = {"description": of.status.phrase, "headers": _headers()}
    if of.reply is not None:
        success["content"] = {of.media: {"schema": schemas.of(of.reply)}}
    refusal = {JSON: {"schema": schemas.of(ErrorMessage)}}
    return {str(int(of.status)): success} | {
        str(int(status)): {
            "description": status.phrase,
            "content": refusal,
            "headers": _headers(is_limited=status is HTTPStatus.TOO_MANY_REQUESTS),
        }
        for status in sorted(set(_refusals(one)))
    }


def _refusals(one: Described) -> Iterator[HTTPStatus]:
    of = one.operation
    yield from of.refusals
    yield from _ALWAYS
    if of.query or of.body is not None or one.method in KEPT_METHODS:
        yield HTTPStatus.BAD_REQUEST
    if one.converters:
        yield HTTPStatus.NOT_FOUND
    if one.method in KEPT_METHODS:
        yield from (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)


def _headers(*, is_limited: bool = False) -> dict[str, Any]:
    named = {**_LIMIT_HEADERS, "Retry-After": "Seconds to wait."} if is_limited else _LIMIT_HEADERS
    return {
        name: {"description": about, "schema": {"type": "string"}} for name, about in named.items()
    }


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(one.title() for one in rest)


@cache
def _own() -> dict[str, Any]:
    from bookbridge.bridge.api.urls import urlpatterns  # routes name this module's endpoint too

    return document(urlpatterns)


@operation("get-openapi", "This description", reply={"type": "object"}, is_open=True)
def get_openapi(request: HttpRequest) -> HttpResponse:
    """Made from the same lines that route the requests; needs no key."""
    return json_reply(_own())


urlpatterns = [path("openapi.json", endpoint(GET=get_openapi))]
