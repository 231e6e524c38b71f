"""The connector's parts put together as the contract asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import httpx

from bookbridge.bridge.connectors.contract import (
    AppKeys,
    Assumption,
    MappedRecord,
    Page,
    RawRecord,
    RejectedRecord,
    Resource,
    SourceCompany,
    SourceRecords,
    SourceReports,
    SourceRequest,
    SourceStatus,
    Tokens,
)
from bookbridge.bridge.connectors.pandle import fetching, pdf, probing, reports, status
from bookbridge.bridge.connectors.pandle.auth import OAUTH
from bookbridge.bridge.connectors.pandle.manifest import MANIFEST
from bookbridge.bridge.connectors.pandle.mapping import MAPPING_VERSION, map_records
from bookbridge.bridge.connectors.pandle.resources import READS, RESOURCES
from bookbridge.bridge.datatypes import DataType


class PandleConnector:
    """Pandle, and any source that speaks its API."""

    manifest = MANIFEST
    mapping_version = MAPPING_VERSION
    resources: Mapping[str, Resource] = RESOURCES

    def authorise_url(self, keys: AppKeys, redirect_uri: str, state: str) -> str:
        return OAUTH.authorise_url(keys, redirect_uri, state)

    def exchange_code(
        self, http: httpx.Client, keys: AppKeys, redirect_uri: str, code: str
    ) -> Tokens:
        return OAUTH.exchange_code(http, keys, redirect_uri, code)

    def refresh_tokens(self, http: httpx.Client, keys: AppKeys, refresh_token: str) -> Tokens:
        return OAUTH.refresh_tokens(http, keys, refresh_token)

    def test_keys(self, http: httpx.Client, keys: AppKeys, redirect_uri: str) -> str:
        return OAUTH.check_keys(http, keys, redirect_uri)

    def source_status(self, http: httpx.Client, keys: AppKeys) -> SourceStatus:
        return status.source_status(http, keys)

    def source_companies(self, request: SourceRequest) -> Sequence[SourceCompany]:
        return fetching.source_companies(request)

    def resources_for(self, data_type: DataType) -> Sequence[str]:
        return READS[data_type]

    def fetch_page(
        self,
        request: SourceRequest,
        resource: str,
        *,
        parent_id: str,
        cursor: str | None,
        etag: str | None,
    ) -> Page:
        return fetching.fetch_page(request, resource, parent_id=parent_id, cursor=cursor, etag=etag)

    def fetch_one(
        self, request: SourceRequest, resource: str, *, parent_id: str, record_id: str
    ) -> RawRecord | None:
        return fetching.fetch_one(request, resource, parent_id=parent_id, record_id=record_id)

    def map(
        self, data_type: DataType, records: SourceRecords
    ) -> Iterator[MappedRecord | RejectedRecord]:
        return map_records(data_type, records)

    def read_reports(self, request: SourceRequest, as_of: dt.date) -> SourceReports:
        return reports.read_reports(request, as_of)

    def invoice_pdf(self, request: SourceRequest, invoice_id: str) -> bytes:
        return pdf.invoice_pdf(request, invoice_id)

    def probe(self, request: SourceRequest) -> Sequence[Assumption]:
        return probing.probe(request)
