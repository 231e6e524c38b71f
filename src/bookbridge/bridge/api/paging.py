"""Pages of lists: `page`, `pageSize`, and links to the neighbours.

Links are relative to the server URL that a client was given (`…/api`), as in the product whose
clients we serve: they are appended to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from bookbridge.bridge.api.description import PAGE_NUMBER_MAX, PAGE_SIZE, PAGE_SIZE_MAX
from bookbridge.bridge.api.errors import bad_request
from bookbridge.bridge.api.replies import encode, json_reply

API_PREFIX = "/api"
_LISTED_PARAMETERS = ("query", "orderBy", "tags", "asOf")


@dataclass(frozen=True)
class Page:
    """Which part of a list is asked for."""

    number: int
    size: int
    path: str
    filters: tuple[tuple[str, str], ...]

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    def links(self, total: int) -> dict[str, dict[str, str]]:
        links = {"self": {"href": self.path}, "current": {"href": self._href(self.number)}}
        if self.number * self.size < total:
            links["next"] = {"href": self._href(self.number + 1)}
        if self.number > 1:
            links["previous"] = {"href": self._href(self.number - 1)}
        return links

    def _href(self, number: int) -> str:
        query = urlencode([("page", number), ("pageSize", self.size), *self.filters])
        return f"{self.path}?{query}"


def page_of(request: HttpRequest) -> Page:
    """The page that a request asks for; raises a 400."""
    return Page(
        number=whole_number(request, "page", 1, PAGE_NUMBER_MAX),
        size=whole_number(request, "pageSize", PAGE_SIZE, PAGE_SIZE_MAX),
        path=request.path.removeprefix(API_PREFIX),
        filters=tuple(
            (name, request.GET[name]) for name in _LISTED_PARAMETERS if request.GET.get(name)
        ),
    )


def page_reply(page: Page, results: Sequence[Any], total: int) -> HttpResponse:
    """A page of values."""
    return text_page_reply(page, encode(results), total)


def text_page_reply(page: Page, results: bytes, total: int) -> HttpResponse:
    """A page whose results are the text of a JSON array already."""
    frame = encode(
        {
            "pageNumber": page.number,
            "pageSize": page.size,
            "totalResults": total,
            "_links": page.links(total),
        }
    )
    return json_reply(b'{"results":' + results + b"," + frame[1:])


def whole_number(request: HttpRequest, name: str, default: int, maximum: int) -> int:
    text = request.GET.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:12]) <= maximum):
        raise bad_request(
            _("%(name)s is a whole number from 1 to %(maximum)d.")
            % {"name": name, "maximum": maximum}
        )
    return int(text)
