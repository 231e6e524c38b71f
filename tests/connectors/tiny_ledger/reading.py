"""Tiny Ledger's lists: customers and invoices by cursor, transactions by page number."""

from __future__ import annotations

from collections.abc import Sequence

import httpx
import msgspec

from bookbridge.bridge.connectors import calling
from bookbridge.bridge.connectors.contract import (
    Assumption,
    Page,
    RawRecord,
    Resource,
    SourceCompany,
    SourceRequest,
)
from bookbridge.bridge.connectors.errors import RetryLaterError
from bookbridge.bridge.datatypes import DataType

PAGE_SIZE = 100
NUMBER, AFTER = "page[number]", "page[after]"

RESOURCES = {
    "customers": Resource("customers", offers_modified_since=True),
    "invoices": Resource("invoices", offers_modified_since=True),
    # Transactions are edited without a new time of change: they are always read in full.
    "transactions": Resource("transactions"),
}
PLACE_OF_PAGE = {"customers": AFTER, "invoices": AFTER, "transactions": NUMBER}
FIRST_PAGE = {AFTER: "", NUMBER: "1"}
READS: dict[DataType, tuple[str, ...]] = {
    DataType.CUSTOMERS: ("customers",),
    DataType.INVOICES: ("customers", "invoices"),
    DataType.JOURNAL_ENTRIES: ("transactions",),
}


class _Links(msgspec.Struct):
    next: str | None


class _Meta(msgspec.Struct, rename={"total_count": "total-count"}):
    total_count: int | None = None


class _List(msgspec.Struct):
    data: list[msgspec.Raw]
    links: _Links
    meta: _Meta = msgspec.field(default_factory=_Meta)


class _One(msgspec.Struct):
    data: msgspec.Raw


class _Identity(msgspec.Struct):
    id: str


class _Named(msgspec.Struct):
    name: str


class _Company(msgspec.Struct):
    id: str
    attributes: _Named


class _Companies(msgspec.Struct):
    data: list[_Company]


_LIST = msgspec.json.Decoder(_List)
_ONE = msgspec.json.Decoder(_One)
_IDENTITY = msgspec.json.Decoder(_Identity)
_COMPANIES = msgspec.json.Decoder(_Companies)


def fetch_page(request: SourceRequest, resource: str, cursor: str | None) -> Page:
    place, path = PLACE_OF_PAGE[resource], f"/api/{resource}"
    at = FIRST_PAGE[place] if cursor is None else cursor
    params = {"page[size]": str(PAGE_SIZE), place: at}
    if request.modified_since is not None and RESOURCES[resource].offers_modified_since:
        params["filter[modified-since]"] = f"{request.modified_since:%Y-%m-%dT%H:%M:%SZ}"
    reply = calling.get(request, f"{request.base_url}{path}", params=params)
    found = calling.decoded(reply, _LIST, path=path)
    following = httpx.URL(found.links.next).params.get(place) if found.links.next else None
    if following is not None and following == at:
        raise RetryLaterError(f"The source repeats a page of {resource}.")
    records = [_record(raw, path) for raw in found.data]
    return Page(records, following, None, found.meta.total_count)


def fetch_one(request: SourceRequest, resource: str, record_id: str) -> RawRecord | None:
    path = f"/api/{resource}/{record_id}"
    reply = calling.find(request, f"{request.base_url}{path}")
    if reply is None:
        return None
    return _record(calling.decoded(reply, _ONE, path=path).data, path)


def source_companies(request: SourceRequest) -> Sequence[SourceCompany]:
    """Each consent opens one company."""
    path = "/api/companies"
    reply = calling.get(request, f"{request.base_url}{path}")
    rows = calling.decoded(reply, _COMPANIES, path=path).data
    return [SourceCompany(row.id, row.attributes.name) for row in rows]


def probe(request: SourceRequest) -> Sequence[Assumption]:
    """Whether lists say how many records they have: without it, a cut list looks whole."""
    found = []
    for name in RESOURCES:
        total = fetch_page(request, name, None).source_total
        detail = f"meta.total-count {total}"
        found.append(Assumption("D", f"{name} says how many it has", total is not None, detail))
    return found


def _record(raw: msgspec.Raw, path: str) -> RawRecord:
    body = bytes(raw)
    identity = calling.parsed(body, _IDENTITY, path=path)
    return RawRecord(identity.id, body)
