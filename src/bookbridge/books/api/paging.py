"""`?page=1&size=100`: one-based; without `page` a list is everything."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from bookbridge.books.api.errors import InvalidInputError

SIZE_DEFAULT = 100
SIZE_MAX = 500
PAGE_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a list; `size` None means everything."""

    number: int = 1
    size: int | None = None

    @property
    def offset(self) -> int:
        return (self.number - 1) * (self.size or 0)


def page_of(request: HttpRequest) -> Page:
    """The page that was asked for; raises InvalidInputError."""
    if "page" not in request.GET and "size" not in request.GET:
        return Page()
    number = _positive(request.GET.get("page") or "1", "page")
    size = _positive(request.GET.get("size") or str(SIZE_DEFAULT), "size")
    return Page(min(number, PAGE_MAX), min(size, SIZE_MAX))


def _positive(text: str, name: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) < 1:
        sentence = _("Write a whole number from 1.")
        raise InvalidInputError(f"{name}: {sentence}", fields={name: [sentence]})
    return int(text)
