"""A lender whose owners keep their books in Tiny Ledger, a platform that misbehaves on demand."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.misbehaving_source import Company, Source, start

from bookbridge.demo.browser import Browser
from bookbridge.demo.installation import Ready
from bookbridge.demo.syncing import IN_PROGRESS, BridgeApi
from tests.conftest import Installation
from tests.connectors.tiny_ledger.manifest import MANIFEST

SYNC_SECONDS_MAX = 180.0
POLL_SECONDS = 0.1
PAGE_SIZE = 500


@dataclass
class Ledger:
    """A company of the bridge, and the books at the source that it reads."""

    world: LedgerWorld
    company_id: str
    connection_id: str
    books: Company

    @property
    def source(self) -> Source:
        return self.world.source

    def order(self, name: str, **said: Any) -> Any:
        """What the referee tells the source about these books."""
        with self.source.lock:
            return self.source.control(name, {"company": self.books.number, **said})

    def fault(self, kind: str, *, page: int, times: int = 1, **more: Any) -> None:
        one = {"kind": kind, "list": "transactions", "page": page, "times": times, **more}
        self.order("faults", faults=[{"company": self.books.number, **one}])

    def start_read(self, data_type: str = "journalEntries") -> None:
        reply = self.world.api.http.post(f"/companies/{self.company_id}/data/queue/{data_type}")
        assert reply.status_code == 200, reply.text

    def read(self, data_type: str = "journalEntries") -> dict[str, Any]:
        """Read one data type again; returns its certificate."""
        self.start_read(data_type)
        return self.certificates()[data_type]

    def datasets(self) -> list[dict[str, Any]]:
        path = f"/companies/{self.company_id}/data/history?pageSize=500"
        return list(self.world.api.get(path)["results"])

    def certificates(self) -> dict[str, dict[str, Any]]:
        """The newest certificate of each type, once nothing is read any more."""
        datasets = self.wait(self._ended, "the end of the sync")
        newest = {
            one["dataType"]: one for one in sorted(datasets, key=lambda one: one["requested"])
        }
        history = f"/companies/{self.company_id}/data/history"
        return {
            key: self.world.api.get(f"{history}/{one['id']}/certificate")
            for key, one in newest.items()
        }

    def _ended(self) -> list[dict[str, Any]]:
        datasets = self.datasets()
        if any(one["status"] in IN_PROGRESS for one in datasets):
            return []
        failed = [one for one in datasets if one["status"] != "Complete"]
        assert not failed, failed
        return datasets

    def wait(self, happened: Callable[[], Any], what: str) -> Any:
        until = time.monotonic() + SYNC_SECONDS_MAX
        while time.monotonic() < until:
            found = happened()
            if found:
                return found
            time.sleep(POLL_SECONDS)
        raise AssertionError(f"waited in vain for {what}: {self.datasets()}")

    def records(self, path: str = "journalEntries") -> list[dict[str, Any]]:
        """Every record of a list of the public API, with exact numbers."""
        found: list[dict[str, Any]] = []
        for page in range(1, 1000):
            reply = self.world.api.http.get(
                f"/companies/{self.company_id}/data/{path}",
                params={"page": page, "pageSize": PAGE_SIZE},
            )
            assert reply.status_code == 200, reply.text
            body = json.loads(reply.text, parse_float=Decimal, parse_int=Decimal)
            found += body["results"]
            if len(found) >= body["totalResults"]:
                return found
        raise AssertionError("more pages than any test has")

    def live(self) -> dict[str, dict[str, Any]]:
        return {one["id"]: one for one in self.records() if not one["metadata"]["isDeleted"]}

    def deleted(self) -> set[str]:
        return {one["id"] for one in self.records() if one["metadata"]["isDeleted"]}

    def truth(self) -> dict[str, dict[str, Any]]:
        """The transactions that the source has now."""
        return {row["id"]: row["attributes"] for row in self.books.rows["transactions"]}

    def pages_read(self) -> list[str]:
        return [path for path in self.source.requests if "/transactions?" in path]


def digest(rows: dict[str, tuple[Any, ...]]) -> str:
    """One hash over all rows in the order of their ids."""
    text = "\n".join(repr((key, *rows[key])) for key in sorted(rows, key=int))
    return hashlib.sha256(text.encode()).hexdigest()


def rows_at_source(ledger: Ledger) -> dict[str, tuple[Any, ...]]:
    return {
        key: (
            one["date"],
            one["value-date"],
            Decimal(one["amount"]),
            one["balance"],
            one["memo"],
            one["modified-at"],
        )
        for key, one in ledger.truth().items()
    }


def rows_served(ledger: Ledger) -> dict[str, tuple[Any, ...]]:
    return {
        key: (
            one["postedOn"][:10],
            one["createdOn"][:10] if "createdOn" in one else None,
            one["journalLines"][0]["netAmount"],
            one["supplementalData"]["content"]["balance"],
            one.get("description"),
            one["sourceModifiedDate"],
        )
        for key, one in ledger.live().items()
    }


@dataclass
class LedgerWorld:
    """An installation with the Tiny Ledger integration set up."""

    running: Installation
    ready: Ready
    source: Source
    url: str
    api: BridgeApi
    lender: Browser = field(default_factory=Browser)

    def set_up(self) -> None:
        """The lender enters host and keys in the portal and switches the integration on."""
        page = self.lender.open(f"{self.ready.bridge_url}/signin")
        if any("password" in form.fields for form in page.forms):
            form = page.form("login", "password")
            self.lender.submit(
                form, login=self.ready.portal_email, password=self.ready.portal_password
            )
        address = f"{self.ready.bridge_url}/settings/integrations/accounting/{MANIFEST.key}"
        form = self.lender.open(address).form("host", "client_id", "client_secret")
        client_id, secret = self.source.tokens.client
        saved = self.lender.submit(form, host=self.url, client_id=client_id, client_secret=secret)
        switch = [one for one in saved.forms if one.fields.get("is_enabled") == "true"]
        if switch:  # else the installation has it from another module's tests
            self.lender.submit(switch[0])
        assert self.api.get(f"/integrations/{MANIFEST.key}")["enabled"]

    def link(self) -> Ledger:
        """A new company, whose owner goes through Link; the source agrees at once."""
        reply = self.api.http.post("/companies", json={"name": "A very small business"})
        assert reply.status_code == 200, reply.text
        company_id = str(reply.json()["id"])
        owner = Browser()
        try:
            page = owner.open(f"{self.ready.bridge_url}/link/company/{company_id}")
            page = owner.open(page.link("/software"))
            page = owner.open(page.link(f"/software/{MANIFEST.key}"))
            page = owner.submit(page.form_to("/authorisation"))
            assert page.url.endswith("/done"), page.text
        finally:
            owner.close()
        connection = self.api.get(f"/companies/{company_id}/connections")["results"][0]
        books = self.source.companies[self.source.tokens.grants[-1].company - 1]
        return Ledger(self, company_id, connection["id"], books)


NAMES = ("bridge_url", "api_url", "api_key", "portal_email", "portal_password", "books_url")


@contextmanager
def ledger_world(running: Installation, source: Source) -> Iterator[LedgerWorld]:
    """A lender with Tiny Ledger switched on, on a source that runs in this process."""
    values = {name: str(running.ready[name]) for name in NAMES}
    ready = Ready(**values, outbox=Path(running.ready["outbox"]))
    server, url = start(source)
    world = LedgerWorld(running, ready, source, url, BridgeApi(ready))
    try:
        world.set_up()
        yield world
    finally:
        world.api.close()
        world.lender.close()
        server.shutdown()
        server.server_close()
