"""A connector outside the bridge's tree keeps what every connector promises."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Any

import httpx
from bench.misbehaving_source import make_source

from bookbridge.bridge.connectors.conformance import ConformanceSuite
from bookbridge.bridge.connectors.rehearsal import read_list
from tests.connectors.tiny_ledger import TinyLedgerConnector
from tests.connectors.tiny_ledger.reading import AFTER

HOST = "https://books.example"


class TestTinyLedgerConforms(ConformanceSuite):
    connector = TinyLedgerConnector()
    company_id = "1"
    paged = "invoices"
    source = make_source(rows=5, customers=3, invoices=9)

    def answer(self, request: httpx.Request) -> httpx.Response:
        words = request.url.path.removeprefix("/api/").split("/")
        company = self.source.companies[0]
        if words[0] == "companies":
            row = {"id": "1", "attributes": {"name": "Company 1"}}
            return httpx.Response(200, json={"data": [row], "links": {"next": None}})
        if len(words) == 1:
            page = self.source.page(company, words[0], dict(request.url.params), HOST)
            return httpx.Response(200, text=page.body())
        rows = [row for row in company.rows[words[0]] if row["id"] == words[1]]
        if not rows:
            return httpx.Response(404)
        return httpx.Response(200, text=f'{{"data":{company.text(words[0], rows[0])}}}')

    def is_paged_list(self, request: httpx.Request) -> bool:
        return request.url.path == "/api/invoices"

    def with_records(
        self, response: httpx.Response, change: Callable[[list[Any]], list[Any]]
    ) -> httpx.Response:
        body = json.loads(response.content)
        return httpx.Response(200, json={**body, "data": change(body["data"])})

    def paged_answer(
        self, request: httpx.Request, pages: Sequence[Sequence[Any]]
    ) -> httpx.Response:
        after = request.url.params.get(AFTER)
        starts = [page[-1]["id"] for page in pages if page]
        place = starts.index(after) + 1 if after in starts else 0
        shown = list(pages[place]) if place < len(pages) else []
        has_more = place + 1 < len(pages) and shown
        following = f"{HOST}/api/invoices?{AFTER}={shown[-1]['id']}" if has_more else None
        total = sum(map(len, pages))
        body = {"data": shown, "links": {"next": following}, "meta": {"total-count": total}}
        return httpx.Response(200, json=body)

    def test_only_what_changed_is_read_where_that_is_asked(self) -> None:
        rows = self.source.companies[0].rows["invoices"]
        newest = max(row["attributes"]["modified-at"] for row in rows)
        whole = self.request(self.answer)
        changed = dataclasses.replace(whole, modified_since=dt.datetime.fromisoformat(newest))
        ids = [one.id for one in read_list(self.connector, changed, "invoices")]
        assert ids == [r["id"] for r in rows if r["attributes"]["modified-at"] == newest]
        assert len(read_list(self.connector, changed, "transactions")) == 5
