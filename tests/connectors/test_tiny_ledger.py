"""A connector outside the bridge's tree keeps what every connector promises."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import httpx
from bench.misbehaving_source import make_source

from bookbridge.bridge.connectors.conformance import ConformanceSuite
from tests.connectors.tiny_ledger import TinyLedgerConnector
from tests.connectors.tiny_ledger.reading import AFTER

HOST = "https://books.example"


class TestTinyLedgerConforms(ConformanceSuite):
    connector = TinyLedgerConnector()
    company_id = "1"
    paged = "invoices"
    source = make_source(rows=5, customers=3, invoices=4)

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
