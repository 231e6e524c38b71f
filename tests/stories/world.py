"""One lender, one proxy before the books, and any number of businesses that share theirs."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bookbridge.demo.browser import Browser
from bookbridge.demo.filling import BooksApi, send
from bookbridge.demo.installation import Ready
from bookbridge.demo.steps import Step
from bookbridge.demo.story import link_company, set_up_integration, sign_up_owner
from bookbridge.demo.syncing import IN_PROGRESS, BridgeApi
from tests.conftest import Installation
from tests.stories.proxy import Proxy

SYNC_SECONDS_MAX = 240
POLL_SECONDS = 0.3


@dataclass
class Business:
    """A business that keeps its books: its owner, and its id there."""

    email: str
    password: str
    books: BooksApi
    company_id: str
    browser: Browser

    def post(self, path: str, body: dict[str, Any]) -> Any:
        reply = self.books.http.post(f"/companies/{self.company_id}/{path}", json=body)
        assert reply.status_code in (200, 201), reply.text
        return reply.json()["data"]

    def enter(self, steps: Iterable[Step]) -> int:
        return send(self.books, self.company_id, steps, lambda count, what: None)

    def report(self, name: str, **query: str) -> dict[str, Any]:
        reply = self.books.http.get(f"/companies/{self.company_id}/reports/{name}", params=query)
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()["data"]["attributes"]
        return found


@dataclass
class Linked:
    """A company of the bridge, linked to a business."""

    company_id: str
    connection_id: str
    link_url: str


@dataclass
class World:
    """An installation with the Pandle integration set up, its host the proxy."""

    running: Installation
    ready: Ready
    proxy: Proxy
    api: BridgeApi
    lender: Browser = field(default_factory=Browser)
    businesses: list[Business] = field(default_factory=list)

    def close(self) -> None:
        self.api.close()
        self.lender.close()
        for business in self.businesses:
            business.browser.close()
            business.books.close()

    def set_up(self) -> None:
        printed = self.running.command(
            "books", "register_app", "--json", "--name", "Test lender",
            "--description", "Reads the accounts of test businesses.",
            "--redirect-uri", f"{self.ready.bridge_url}/oauth/callback",
        )  # fmt: skip
        self.keys = json.loads(printed)
        at_proxy = Ready(**{**self.ready.__dict__, "books_url": self.proxy.url})
        set_up_integration(
            self.lender, at_proxy, self.keys["client_id"], self.keys["client_secret"]
        )

    def new_business(self) -> Business:
        """An owner signs up through the pages."""
        email = f"owner{len(self.businesses) + 1}@business.example"
        password = secrets.token_urlsafe(12)
        browser = Browser()
        sign_up_owner(browser, self.ready, email, password)
        books = BooksApi(self.ready.books_url, email, password)
        business = Business(email, password, books, books.company_id(), browser)
        self.businesses.append(business)
        return business

    def new_company(self, name: str = "A business") -> str:
        reply = self.api.http.post("/companies", json={"name": name})
        assert reply.status_code == 200, reply.text
        return str(reply.json()["id"])

    def link(self, business: Business) -> Linked:
        """A new company of the bridge, whose owner goes through Link."""
        company_id = self.new_company()
        link_url = f"{self.ready.bridge_url}/link/company/{company_id}"
        browser = Browser()
        try:
            link_company(browser, self.ready, link_url, business.email, business.password)
        finally:
            browser.close()
        connections = self.api.get(f"/companies/{company_id}/connections")["results"]
        return Linked(company_id, connections[0]["id"], link_url)

    def refresh(self, linked: Linked) -> dict[str, dict[str, Any]]:
        reply = self.api.http.post(f"/companies/{linked.company_id}/data/all")
        assert reply.status_code == 204, reply.text
        return self.await_sync(linked)

    def datasets(self, linked: Linked) -> list[dict[str, Any]]:
        path = f"/companies/{linked.company_id}/data/history?pageSize=500"
        return list(self.api.get(path)["results"])

    def await_sync(self, linked: Linked, seconds: float = SYNC_SECONDS_MAX) -> dict[str, Any]:
        """The newest dataset of each type, once all have ended and the refresh is compared."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            datasets = self.datasets(linked)
            if datasets and not any(one["status"] in IN_PROGRESS for one in datasets):
                newest: dict[str, dict[str, Any]] = {}
                for one in sorted(datasets, key=lambda one: one["requested"]):
                    newest[one["dataType"]] = one
                if self.reconciliation(linked, newest) is not None:
                    return newest
            time.sleep(POLL_SECONDS)
        raise AssertionError(f"no end of the sync: {self.datasets(linked)}")

    def certificate(self, linked: Linked, dataset: dict[str, Any]) -> dict[str, Any]:
        path = f"/companies/{linked.company_id}/data/history/{dataset['id']}/certificate"
        found: dict[str, Any] = self.api.get(path)
        return found

    def certificates(self, linked: Linked, datasets: dict[str, Any]) -> dict[str, dict[str, Any]]:
        return {
            key: self.certificate(linked, one)
            for key, one in datasets.items()
            if one["status"] == "Complete"
        }

    def reconciliation(self, linked: Linked, datasets: dict[str, Any]) -> dict[str, Any] | None:
        """The comparison that ended the refresh of these datasets; None while there is none."""
        for one in datasets.values():
            if one["status"] == "Complete":
                found = self.certificate(linked, one)["reconciliation"]
                return found or None
        return {"outcome": "NOT_COMPARED", "certificate": {}}

    def records(self, linked: Linked, path: str, **query: str) -> list[dict[str, Any]]:
        """Every record of a list of the public API, page by page."""
        found: list[dict[str, Any]] = []
        for page in range(1, 1000):
            reply = self.api.http.get(
                f"/companies/{linked.company_id}/{path}",
                params={"page": page, "pageSize": 500, **query},
            )
            assert reply.status_code == 200, reply.text
            body = reply.json()
            found += body["results"]
            if len(found) >= body["totalResults"]:
                return found
        raise AssertionError("more pages than any test has")
