# ruff: noqa: S608 - the SQL is put together from our own constants; values are parameters.
"""Lists that can be long: Postgres assembles each page's JSON, and Python passes the text on.

A list is read in two steps: the page's ids, with an entity tag made from them and the times they
last changed (so that an unchanged page costs one index scan), then the JSON of those ids.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from bookbridge.books.api.errors import NotFoundError
from bookbridge.books.api.paging import SIZE_MAX, page_of
from bookbridge.books.api.rendering import JSON, has_tag, not_modified, tagged
from bookbridge.books.organisations.tenancy import organisation_scope


@dataclass(frozen=True)
class Part:
    """One table of a resource, under the alias `d`, and the SQL of its JSON object."""

    table: str
    item: str
    where: str = ""
    changed: str = "d.updated_at"

    def keys_sql(self) -> str:
        condition = f" AND {self.where}" if self.where else ""
        return (
            f"SELECT d.id, {self.changed} AS changed FROM {self.table} d "
            f"WHERE d.organisation_id = %(organisation_id)s{condition}"
        )

    def items_sql(self) -> str:
        return (
            f"SELECT d.id, ({self.item})::text AS item FROM {self.table} d "
            "WHERE d.organisation_id = %(organisation_id)s AND d.id = ANY(%(ids)s)"
        )


@dataclass(frozen=True)
class Listing:
    """Some of an organisation's rows: the parts they come from, and what narrows them."""

    organisation_id: int
    parts: Sequence[Part]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    # Values that come from other rows (a balance) do not move `updated_at`: then the tag is made
    # from the content.
    is_versioned: bool = True

    def respond(self, request: HttpRequest) -> HttpResponseBase:
        """The page that was asked for, 304 where nothing on it changed, or all as a stream."""
        page = page_of(request)
        keys = self._keys(page.offset, page.size)
        if self.is_versioned and has_tag(request, keys.tag):
            return not_modified(keys.tag)
        if len(keys.ids) > SIZE_MAX:
            return self._stream(keys)
        body = f'{{"data":[{self._items(keys.ids)}],"meta":{keys.meta}}}'.encode()
        if not self.is_versioned:
            return tagged(request, body)
        response = HttpResponse(body, content_type=JSON)
        response.headers["ETag"] = keys.tag
        return response

    def one(self, object_id: int, status: int = 200) -> HttpResponse:
        """A single object of the list; raises NotFoundError."""
        sql = " UNION ALL ".join(part.keys_sql() for part in self.parts)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT 1 FROM ({sql}) k WHERE k.id = %(id)s",
                {**self._values, "id": object_id},
            )
            if cursor.fetchone() is None:
                raise NotFoundError
        return HttpResponse(
            f'{{"data":{self._items([object_id])}}}', content_type=JSON, status=status
        )

    @property
    def _values(self) -> dict[str, Any]:
        return {**self.parameters, "organisation_id": self.organisation_id}

    def _keys(self, offset: int, size: int | None) -> _Keys:
        # Each part gives its own first rows by index; only those are put in order together.
        rows = " UNION ALL ".join(
            f"({part.keys_sql()} ORDER BY d.id LIMIT %(reach)s)" for part in self.parts
        )
        counts = " + ".join(f"(SELECT count(*) FROM ({part.keys_sql()}) c)" for part in self.parts)
        sql = (
            "SELECT array_agg(p.id ORDER BY p.id), "
            "md5(string_agg(p.id || ':' || extract(epoch FROM p.changed), ',' ORDER BY p.id)), "
            f"{counts} FROM (SELECT * FROM ({rows}) r "
            "ORDER BY 1 OFFSET %(offset)s LIMIT %(limit)s) p"
        )
        limits = {"offset": offset, "limit": size, "reach": None if size is None else offset + size}
        with connection.cursor() as cursor:
            cursor.execute(sql, {**self._values, **limits})
            ids, digest, total = cursor.fetchone()
        return _Keys(ids or [], f"{digest}-{offset}-{size}", total)

    def _items(self, ids: Sequence[int]) -> str:
        rows = " UNION ALL ".join(part.items_sql() for part in self.parts)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT string_agg(i.item, ',' ORDER BY i.id) FROM ({rows}) i",
                {**self._values, "ids": list(ids)},
            )
            (text,) = cursor.fetchone()
        return text or ""

    def _stream(self, keys: _Keys) -> StreamingHttpResponse:
        response = StreamingHttpResponse(self._chunks(keys), content_type=JSON)
        if self.is_versioned:
            response.headers["ETag"] = keys.tag
        return response

    def _chunks(self, keys: _Keys) -> Iterator[bytes]:
        """Everything, a few hundred objects at a time, each chunk in a transaction of its own."""
        yield b'{"data":['
        between = ""
        for start in range(0, len(keys.ids), SIZE_MAX):
            with organisation_scope(self.organisation_id):
                text = self._items(keys.ids[start : start + SIZE_MAX])
            if text:
                yield f"{between}{text}".encode()
                between = ","
        yield f'],"meta":{keys.meta}}}'.encode()


@dataclass(frozen=True, slots=True)
class _Keys:
    """What is on a page, before any of it is rendered."""

    ids: Sequence[int]
    version: str
    total: int

    @property
    def tag(self) -> str:
        text = f"{self.version}-{self.total}"
        return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'

    @property
    def meta(self) -> str:
        return f'{{"total-count":{self.total}}}'
