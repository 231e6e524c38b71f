"""Reading lists page by page, single records, and the reports month by month.

A list is read in id order until an empty page or a page without new ids, never until a merely
short one, since a server may cap the page size.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from bookbridge.bridge.connectors.calling import Reply
from bookbridge.bridge.connectors.contract import Page, RawRecord, SourceCompany, SourceRequest
from bookbridge.bridge.connectors.errors import RetryLaterError, SourceShapeError
from bookbridge.bridge.connectors.pandle import client, wire
from bookbridge.bridge.connectors.pandle.resources import SOURCE_LISTS, Shape, SourceList

PAGE_SIZE = 100
PAGES_MAX = 100_000
LAST_PAGE_COMPANIES = 50


class _Meta(msgspec.Struct, rename={"total_count": "total-count"}):
    total_count: int | None = None


class _ListReply(msgspec.Struct):
    data: list[msgspec.Raw]
    meta: _Meta | None = None


class _OneReply(msgspec.Struct):
    data: msgspec.Raw


class _Identity(msgspec.Struct):
    id: wire.Id


@dataclass(frozen=True)
class _Cursor:
    """Page number, and what tells a page of new records from a repeated one: the greatest id so
    far (None once the order turned out not to be numeric) and a digest of the page before."""

    page: int = 1
    greatest_id: int | None = 0
    digest: str = ""

    @classmethod
    def parse(cls, text: str | None) -> _Cursor:
        if text is None:
            return cls()
        page, greatest, digest = text.split(".")
        return cls(int(page), int(greatest) if greatest else None, digest)

    def __str__(self) -> str:
        greatest = "" if self.greatest_id is None else self.greatest_id
        return f"{self.page}.{greatest}.{self.digest}"

    def after(self, ids: Sequence[str]) -> _Cursor | None:
        """Where to go on after a page with these ids; None when it brought nothing new."""
        digest = hashlib.blake2b(",".join(ids).encode(), digest_size=8).hexdigest()
        if not ids or digest == self.digest or self.page >= PAGES_MAX:
            return None
        numbers = [int(number) for number in ids] if all(i.isdecimal() for i in ids) else None
        greatest: int | None = None
        if self.greatest_id is not None and numbers is not None:
            if max(numbers) <= self.greatest_id:
                return None
            if min(numbers) > self.greatest_id:
                greatest = max(numbers)
        return _Cursor(self.page + 1, greatest, digest)


def fetch_page(
    request: SourceRequest, resource: str, *, parent_id: str, cursor: str | None, etag: str | None
) -> Page:
    """One page of a resource; see the contract for what it raises."""
    source = SOURCE_LISTS[resource]
    if source.shape is Shape.MONTHLY:
        return _month(request, source, cursor)
    if source.shape is Shape.SINGLE:
        return _single(request, source, etag)
    return _list(request, source, parent_id, cursor, etag)


def fetch_one(
    request: SourceRequest, resource: str, *, parent_id: str, record_id: str
) -> RawRecord | None:
    """The record by id; None when the source answers 404."""
    source = SOURCE_LISTS[resource]
    if source.shape is Shape.MONTHLY:
        return _month(request, source, record_id).records[0]
    path = _path(source, request, parent_id)
    if source.shape is Shape.LIST:
        path = f"{path}/{record_id}"
    reply = client.find(request, path)
    if reply is None:
        return None
    return RawRecord(record_id, bytes(_one(reply, path)), parent_id)


def source_companies(request: SourceRequest) -> Sequence[SourceCompany]:
    """The companies that the owner's grant opens."""
    companies: list[SourceCompany] = []
    known: set[str] = set()
    for page in range(1, LAST_PAGE_COMPANIES + 1):
        reply = client.get(request, "/companies", params=_paging(page))
        records = [_record(raw, "", "/companies") for raw in _many(reply, "/companies").data]
        new = [record for record in records if record.id not in known]
        if not new:
            break
        for record in new:
            known.add(record.id)
            _, company, _ = wire.read(wire.Company, record, "companies")
            name = company.company_name or company.name
            if not name:
                raise SourceShapeError(
                    "A company has no name", path="/companies", field="attributes.company-name"
                )
            companies.append(SourceCompany(id=record.id, name=name))
    return companies


def _list(
    request: SourceRequest, source: SourceList, parent_id: str, cursor: str | None, etag: str | None
) -> Page:
    place = _Cursor.parse(cursor)
    path = _path(source, request, parent_id)
    tail, _, source_etag = (etag or "").partition("|")
    reply = client.get(
        request,
        path,
        params=_paging(place.page),
        etag=source_etag or None,
        optional=source.optional,
    )
    if reply.status == 304:
        return Page((), tail or None, etag, None, not_modified=True)
    found = _many(reply, path)
    records = [_record(raw, parent_id, path) for raw in found.data]
    if source.name == "invoices":
        records = [_with_lines(request, path, record) for record in records]
    following = place.after([record.id for record in records])
    # The last page carries no ETag, so that it is always read in full and growth is seen.
    new_etag = f"{following}|{reply.etag}" if following and reply.etag else None
    return Page(
        records,
        str(following) if following else None,
        new_etag,
        found.meta.total_count if found.meta else None,
    )


def _with_lines(request: SourceRequest, path: str, record: RawRecord) -> RawRecord:
    """The invoice as its own page gives it, where the list leaves out the lines."""
    if b'"invoice-lines"' in record.body or b'"invoice_lines"' in record.body:
        return record
    one_path = f"{path}/{record.id}"
    reply = client.find(request, one_path)
    if reply is None:
        raise RetryLaterError(f"{one_path} went away while it was being read.")
    return RawRecord(record.id, bytes(_one(reply, one_path)), record.parent_id)


def _single(request: SourceRequest, source: SourceList, etag: str | None) -> Page:
    path = _path(source, request, "")
    reply = client.get(request, path, etag=etag, optional=source.optional)
    if reply.status == 304:
        return Page((), None, etag, None, not_modified=True)
    body = bytes(_one(reply, path))
    identity = msgspec.json.decode(body, type=dict[str, msgspec.Raw]).get("id")
    record_id = str(msgspec.json.decode(identity, type=wire.Id)) if identity else source.name
    return Page((RawRecord(record_id or source.name, body),), None, reply.etag, None)


def _month(request: SourceRequest, source: SourceList, cursor: str | None) -> Page:
    """The report of one calendar month, newest month first; the record's id is the month."""
    newest = request.today.replace(day=1)
    first = newest if cursor is None else dt.date.fromisoformat(f"{cursor}-01")
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    path = _path(source, request, "")
    if source.name == "report_profit_and_loss":
        params = {"date_start": first.isoformat(), "date_end": last.isoformat()}
    else:
        params = {"date": last.isoformat()}
    reply = client.get(request, path, params=params, optional=source.optional)
    record = RawRecord(f"{first:%Y-%m}", bytes(_one(reply, path)))
    age = (newest.year - first.year) * 12 + newest.month - first.month
    before = first - dt.timedelta(days=1)
    return Page((record,), f"{before:%Y-%m}" if age + 1 < request.months else None, None, None)


def _path(source: SourceList, request: SourceRequest, parent_id: str) -> str:
    return source.path.format(c=f"/companies/{request.company_id}", parent=parent_id)


def _paging(page: int) -> dict[str, str]:
    return {"page": str(page), "size": str(PAGE_SIZE)}


def _record(raw: msgspec.Raw, parent_id: str, path: str) -> RawRecord:
    body = bytes(raw)
    try:
        record_id = str(_IDENTITY.decode(body).id)
    except msgspec.ValidationError as error:
        raise SourceShapeError("A record has no id", path=path, field="data[].id") from error
    if not record_id:
        raise SourceShapeError("A record has an empty id", path=path, field="data[].id")
    return RawRecord(record_id, body, parent_id)


def _many(reply: Reply, path: str) -> _ListReply:
    try:
        return _LIST.decode(reply.body)
    except msgspec.ValidationError as error:
        raise SourceShapeError(f"Not a list: {error}", path=path, field="data") from error
    except msgspec.DecodeError as error:
        raise RetryLaterError(f"The source's answer to {path} is broken JSON: {error}") from error


def _one(reply: Reply, path: str) -> msgspec.Raw:
    try:
        raw = _ONE.decode(reply.body).data
    except msgspec.ValidationError as error:
        raise SourceShapeError(f"Not an object: {error}", path=path, field="data") from error
    except msgspec.DecodeError as error:
        raise RetryLaterError(f"The source's answer to {path} is broken JSON: {error}") from error
    if not bytes(raw).lstrip().startswith(b"{"):
        raise SourceShapeError("Not an object", path=path, field="data")
    return raw


_LIST = msgspec.json.Decoder(_ListReply)
_ONE = msgspec.json.Decoder(_OneReply)
_IDENTITY = msgspec.json.Decoder(_Identity)
