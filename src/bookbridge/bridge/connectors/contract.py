"""What every connector offers to the sync engine. Pure Python: no Django, no store, no clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

import httpx

from bookbridge.bridge.connectors.downtime import PlannedWindow as PlannedWindow
from bookbridge.bridge.connectors.downtime import SourceStatus as SourceStatus
from bookbridge.bridge.connectors.downtime import WeeklyWindow as WeeklyWindow
from bookbridge.bridge.datatypes import DataType


@dataclass(frozen=True)
class Manifest:
    """Who the platform is, and what one needs to set it up.

    `key`, `source_id` and `integration_id` are the public API's identifiers of the integration.
    `logo_svg` is a square picture of your own; without one, the name's first letter is shown.
    """

    key: str
    name: str
    description: str
    source_id: str
    integration_id: str
    source_type: str
    default_host: str
    status_url: str | None
    support_email: str | None
    maintenance_note: str
    data_types: tuple[DataType, ...]
    # When the platform's own host is known to be down now and then.
    known_windows: tuple[WeeklyWindow, ...] = ()
    logo_svg: str = ""


@dataclass(frozen=True)
class AppKeys:
    """One client's registration with the platform."""

    host: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class Tokens:
    """What the token endpoint gave; `expires_in_seconds` counts from the moment of the reply."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_in_seconds: int


@dataclass(frozen=True)
class SourceCompany:
    """A company that the owner's grant opens at the source."""

    id: str
    name: str


@dataclass(frozen=True)
class RateHint:
    """What a source says of its limit: so many requests are left until it counts anew."""

    remaining: int
    resets_in: dt.timedelta


def unheeded(_hint: RateHint) -> None:
    """Nobody wants to know what the source says of its limit."""


@dataclass(frozen=True)
class SourceRequest:
    """How one connection reaches its source.

    `base_url` is the host of the integration's settings (`https://my.pandle.com`), without a path.
    `access_token(stale)` returns a token that is good now; a connector calls it again with the
    token that was refused after a 401. `before_request()` waits for the shared rate budget.
    `heed(hint)` is told what the source says of its own limit, where it does (X-RateLimit-...).
    `today` is the day of the sync: connectors have no clock, and some lists are read by month,
    `months` of them. `modified_since` is set only for a list that `offers_modified_since`, where
    what changed since then is all that is wanted.
    """

    http: httpx.Client
    base_url: str
    company_id: str
    access_token: Callable[[str | None], str]
    before_request: Callable[[], None]
    today: dt.date
    heed: Callable[[RateHint], None] = unheeded
    months: int = 24
    modified_since: dt.datetime | None = None


@dataclass(frozen=True)
class RawRecord:
    """One record exactly as the source gave it: `body` is its JSON text, `parent_id` set for
    records that live below another (a bank account's transactions)."""

    id: str
    body: bytes
    parent_id: str = ""


@dataclass(frozen=True)
class Page:
    """One page of one resource. `next_cursor` is None after the last; `not_modified` means the
    page is as it was under `etag` and `records` is empty. `etag` is opaque: hand it back as it is;
    it is None where the page must be read in full next time."""

    records: Sequence[RawRecord]
    next_cursor: str | None
    etag: str | None
    source_total: int | None
    not_modified: bool = False


@dataclass(frozen=True)
class Resource:
    """A list at the source. `parent` names the resource whose ids it is read under, if any;
    `optional` marks an extension whose absence is NotSupported and not an error;
    `offers_modified_since` a list that can be asked for what changed since a time: it is then read
    in full only now and then, since only a full reading proves what was deleted."""

    name: str
    parent: str | None = None
    optional: bool = False
    offers_modified_since: bool = False


class SourceRecords(Protocol):
    """The raw records of one connection, as stored: what mapping reads from."""

    def all(self, resource: str) -> Iterator[RawRecord]:
        """Every live record in numeric id order, streamed."""
        ...

    def get(self, resource: str, record_id: str) -> RawRecord | None: ...

    def is_deleted(self, resource: str, record_id: str) -> bool: ...

    def supported(self, resource: str) -> bool: ...


@dataclass(frozen=True)
class MappedRecord:
    """One normalised record: `body` is the public model without modifiedDate; `order_date` is its
    business date, by which lists are ordered; `sources` names the raw records it was made from,
    the main one first. `warnings` are doubts about it that do not forbid its use, in words."""

    id: str
    body: Mapping[str, Any]
    order_date: dt.date | None
    source_modified_at: dt.datetime | None
    sources: Sequence[tuple[str, str]]
    parent_id: str = ""
    warnings: Sequence[str] = ()


@dataclass(frozen=True)
class RejectedRecord:
    """A raw record that could not be mapped, and why, in words."""

    resource: str
    id: str
    reason: str


@dataclass(frozen=True)
class ReportRow:
    """One account in one of the source's reports; amount in base currency, debit positive."""

    account_id: str
    name: str
    amount: Decimal


@dataclass(frozen=True)
class ContactBalance:
    """What one contact owes (debtors) or is owed (creditors), base currency, by the source."""

    contact_id: str
    name: str
    amount: Decimal


@dataclass(frozen=True)
class SourceReports:
    """The source's own figures, for reconciliation; None where it does not give one.

    `accounts_by_role` maps trade_debtors, trade_creditors, vat, exchange, retained_earnings to
    account ids where the source says so."""

    as_of: dt.date
    year_start: dt.date
    trial_balance: Sequence[ReportRow] | None
    profit_and_loss: Mapping[str, Decimal] | None
    aged_debtors: Sequence[ContactBalance] | None
    aged_creditors: Sequence[ContactBalance] | None
    accounts_by_role: Mapping[str, str]


@dataclass(frozen=True)
class Assumption:
    """Something that the connector takes for granted about its source, and whether it holds there:
    True, False, or None where the source gives no occasion to tell. `mark` says how it is known."""

    mark: str
    statement: str
    holds: bool | None
    detail: str


class Connector(Protocol):
    """One platform. Everything may raise the errors of `connectors.errors`, and only those."""

    manifest: Manifest
    mapping_version: str
    resources: Mapping[str, Resource]

    def authorise_url(self, keys: AppKeys, redirect_uri: str, state: str) -> str: ...

    def exchange_code(
        self, http: httpx.Client, keys: AppKeys, redirect_uri: str, code: str
    ) -> Tokens: ...

    def refresh_tokens(self, http: httpx.Client, keys: AppKeys, refresh_token: str) -> Tokens: ...

    def test_keys(self, http: httpx.Client, keys: AppKeys, redirect_uri: str) -> str:
        """One sentence on what works; raises PermanentError saying what is wrong."""
        ...

    def source_status(self, http: httpx.Client, keys: AppKeys) -> SourceStatus: ...

    def source_companies(self, request: SourceRequest) -> Sequence[SourceCompany]: ...

    def resources_for(self, data_type: DataType) -> Sequence[str]:
        """Names of the resources that mapping this data type reads, parents first."""
        ...

    def fetch_page(
        self,
        request: SourceRequest,
        resource: str,
        *,
        parent_id: str,
        cursor: str | None,
        etag: str | None,
    ) -> Page: ...

    def fetch_one(
        self, request: SourceRequest, resource: str, *, parent_id: str, record_id: str
    ) -> RawRecord | None:
        """The record by id; None when the source answers 404."""
        ...

    def map(
        self, data_type: DataType, records: SourceRecords
    ) -> Iterator[MappedRecord | RejectedRecord]:
        """Every record of the type, streamed. Raises NotSupportedError, perhaps only at the first
        step, when the source lacks what the type is made of; an optional resource that is missing
        otherwise reads as empty. Raises SourceShapeError when a reply has an unknown shape."""
        ...

    def read_reports(self, request: SourceRequest, as_of: dt.date) -> SourceReports: ...

    def probe(self, request: SourceRequest) -> Sequence[Assumption]:
        """What holds of the connector's assumptions at this source; reads only."""
        ...
