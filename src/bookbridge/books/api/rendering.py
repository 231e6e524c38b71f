"""JSON:API answers made in Python: single objects, short lists, reports."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from bookbridge.books.api.paging import page_of

JSON = "application/json"
PENNY = Decimal("0.01")


def money(amount: Decimal | None) -> str | None:
    """Two decimals, as a string, so that no client loses a penny to a float."""
    return None if amount is None else str(amount.quantize(PENNY, ROUND_HALF_UP))


def plain(number: Decimal | None) -> str | None:
    """A rate, quantity or price without needless zeros."""
    if number is None:
        return None
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def moment(at: dt.datetime | None) -> str | None:
    return None if at is None else at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def resource_object(
    kind: str,
    object_id: object,
    attributes: Mapping[str, Any],
    relationships: Mapping[str, tuple[str, int | None]] | None = None,
) -> dict[str, Any]:
    made: dict[str, Any] = {"id": str(object_id), "type": kind, "attributes": attributes}
    if relationships:
        made["relationships"] = {
            name: {"data": None if key is None else {"type": of, "id": str(key)}}
            for name, (of, key) in relationships.items()
        }
    return made


def answer(body: object, status: int = 200) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(body), content_type=JSON, status=status)


def one(data: Mapping[str, Any] | None, status: int = 200) -> HttpResponse:
    return answer({"data": data}, status)


def nothing() -> HttpResponse:
    return HttpResponse(status=204)


def short_list(request: HttpRequest, objects: Sequence[Mapping[str, Any]]) -> HttpResponse:
    """A list that is at most a few hundred long, tagged by its own content."""
    page = page_of(request)
    shown = objects if page.size is None else objects[page.offset : page.offset + page.size]
    body = msgspec.json.encode({"data": list(shown), "meta": {"total-count": len(objects)}})
    return tagged(request, body)


def tagged(request: HttpRequest, body: bytes) -> HttpResponse:
    """The body, or 304 where the caller has the very same already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if has_tag(request, tag):
        return not_modified(tag)
    response = HttpResponse(body, content_type=JSON)
    response.headers["ETag"] = tag
    return response


def has_tag(request: HttpRequest, tag: str) -> bool:
    wanted = request.headers.get("If-None-Match", "")
    return tag in {part.strip().removeprefix("W/") for part in wanted.split(",")}


def not_modified(tag: str) -> HttpResponse:
    response = HttpResponseNotModified()
    response.headers["ETag"] = tag
    return response
