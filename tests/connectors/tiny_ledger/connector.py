"""Tiny Ledger as the contract asks for it."""

from __future__ import annotations

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
    SourceRequest,
    Tokens,
)
from bookbridge.bridge.connectors.defaults import ConnectorDefaults
from bookbridge.bridge.connectors.oauth import OAuth
from bookbridge.bridge.datatypes import DataType
from tests.connectors.tiny_ledger import reading
from tests.connectors.tiny_ledger.manifest import MANIFEST
from tests.connectors.tiny_ledger.mapping import MAPPING_VERSION, map_records

# Unlike Pandle, it wants client ID and secret by HTTP Basic.
OAUTH = OAuth(MANIFEST.name, is_basic=True)


class TinyLedgerConnector(ConnectorDefaults):
    """No status page and no reports: those are the defaults."""

    manifest = MANIFEST
    mapping_version = MAPPING_VERSION
    resources: Mapping[str, Resource] = reading.RESOURCES

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

    def source_companies(self, request: SourceRequest) -> Sequence[SourceCompany]:
        return reading.source_companies(request)

    def resources_for(self, data_type: DataType) -> Sequence[str]:
        return reading.READS[data_type]

    def fetch_page(
        self,
        request: SourceRequest,
        resource: str,
        *,
        parent_id: str,
        cursor: str | None,
        etag: str | None,
    ) -> Page:
        return reading.fetch_page(request, resource, cursor)

    def fetch_one(
        self, request: SourceRequest, resource: str, *, parent_id: str, record_id: str
    ) -> RawRecord | None:
        return reading.fetch_one(request, resource, record_id)

    def map(
        self, data_type: DataType, records: SourceRecords
    ) -> Iterator[MappedRecord | RejectedRecord]:
        return map_records(data_type, records)

    def probe(self, request: SourceRequest) -> Sequence[Assumption]:
        return reading.probe(request)
