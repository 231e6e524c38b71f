"""Pandle's connector keeps what every connector promises."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import httpx

from bookbridge.bridge.connectors.conformance import ConformanceSuite
from bookbridge.bridge.connectors.pandle import PandleConnector
from bookbridge.bridge.connectors.pandle.tests.source import COMPANY, Source


class TestPandleConforms(ConformanceSuite):
    connector = PandleConnector()
    company_id = COMPANY
    paged = "customers"
    optional = "credit_notes"

    def answer(self, request: httpx.Request) -> httpx.Response:
        return Source()(request)

    def is_paged_list(self, request: httpx.Request) -> bool:
        return request.url.path.endswith("/customers")

    def with_records(
        self, response: httpx.Response, change: Callable[[list[Any]], list[Any]]
    ) -> httpx.Response:
        body = json.loads(response.content)
        return httpx.Response(200, json={**body, "data": change(body["data"])})

    def paged_answer(
        self, request: httpx.Request, pages: Sequence[Sequence[Any]]
    ) -> httpx.Response:
        place = int(request.url.params.get("page", "1")) - 1
        shown = pages[place] if place < len(pages) else []
        total = sum(map(len, pages))
        return httpx.Response(200, json={"data": shown, "meta": {"total-count": total}})
