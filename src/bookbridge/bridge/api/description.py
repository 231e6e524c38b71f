"""What an operation of the public API is called, takes and answers, said beside its handler.

    @operation("list-companies", "Companies of this client", reply=Paged[Company], query=PAGING)
    def list_companies(call: Call) -> HttpResponse: ...

From these descriptions `api/openapi.py` writes the OpenAPI document; a handler without one fails a
test. The handler's docstring, where it has one, becomes the longer description.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from django.http import HttpResponse

JSON = "application/json"
PAGE_SIZE = 100
PAGE_SIZE_MAX = 5000
PAGE_NUMBER_MAX = 1_000_000
QUERY_LENGTH_MAX = 2048

Handler = Callable[..., HttpResponse]
# A struct or any other type that msgspec knows, or a JSON schema where no type exists.
Shape = Any
Item = TypeVar("Item")


class Link(msgspec.Struct):
    """Where a page is, relative to the server URL."""

    href: str


class PageLinks(msgspec.Struct, omit_defaults=True):
    """The neighbours of a page; there is no `next` after the last."""

    self: Link
    current: Link
    next: Link | None = None
    previous: Link | None = None


class Paged(msgspec.Struct, Generic[Item]):
    """One page of a list; `totalResults` counts what matched, on all pages."""

    results: list[Item]
    pageNumber: int
    pageSize: int
    totalResults: int
    links: PageLinks = msgspec.field(name="_links")


@dataclass(frozen=True)
class Parameter:
    """One parameter of the query string."""

    name: str
    kind: Shape
    about: str
    is_required: bool = False


PAGES = (
    Parameter(
        "page",
        Annotated[int, msgspec.Meta(ge=1, le=PAGE_NUMBER_MAX)],
        "Which page, from 1.",
    ),
    Parameter(
        "pageSize",
        Annotated[int, msgspec.Meta(ge=1, le=PAGE_SIZE_MAX)],
        f"How many on a page; {PAGE_SIZE} when absent.",
    ),
)
QUERY = Parameter(
    "query",
    Annotated[str, msgspec.Meta(max_length=QUERY_LENGTH_MAX)],
    "Conditions such as `status=paid && totalAmount>100`; see the query language.",
)
ORDER_BY = Parameter("orderBy", str, "A field to order by; a minus before it turns the order.")
# What every list takes that can be filtered and ordered.
PAGING = (*PAGES, QUERY, ORDER_BY)


@dataclass(frozen=True)
class Operation:
    """A handler of one method, with its description; calling it calls the handler."""

    handler: Handler
    id: str
    summary: str
    body: Shape = None
    reply: Shape = None
    status: HTTPStatus = HTTPStatus.OK
    query: tuple[Parameter, ...] = ()
    refusals: tuple[HTTPStatus, ...] = ()
    media: str = JSON
    is_open: bool = False
    is_deprecated: bool = False

    def __call__(self, *args: Any, **parameters: Any) -> HttpResponse:
        return self.handler(*args, **parameters)


def operation(
    id: str,
    summary: str,
    *,
    body: Shape = None,
    reply: Shape = None,
    status: int = 200,
    query: tuple[Parameter, ...] = (),
    refusals: tuple[int, ...] = (),
    media: str = JSON,
    is_open: bool = False,
    is_deprecated: bool = False,
) -> Callable[[Handler], Operation]:
    """Describe the handler below. `body` and `reply` are types, or JSON schemas as mappings.

    Left out are what every operation has: path parameters (from the route), 401, 403, 429, 500 and
    503, a 400 where something is sent, a 404 where something is named; `refusals` adds others. An
    `is_open` handler needs no key and is called with the bare HttpRequest.
    """

    def describe(handler: Handler) -> Operation:
        return Operation(
            handler,
            id,
            summary,
            body=body,
            reply=reply,
            status=HTTPStatus(status),
            query=query,
            refusals=tuple(HTTPStatus(one) for one in refusals),
            media=media,
            is_open=is_open,
            is_deprecated=is_deprecated,
        )

    return describe


def is_schema(shape: Shape) -> bool:
    """Whether a shape is a JSON schema already, and not a type."""
    return isinstance(shape, Mapping)
