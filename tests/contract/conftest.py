"""A lender with the official clients, and a business with the worked example in its books."""

from __future__ import annotations

import json
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
from codat_platform import CodatPlatform
from codataccounting import CodatAccounting

from bookbridge.bridge.api.tests.official import accounting_client, platform_client
from bookbridge.bridge.api.tests.openapi import Spec
from bookbridge.demo.browser import Browser
from bookbridge.demo.filling import BooksApi
from bookbridge.demo.installation import Ready
from bookbridge.demo.story import set_up_integration, sign_up_owner
from bookbridge.kit.testing import TEST_DATA
from tests.conftest import Installation
from tests.contract.linking import Linked, await_sync, connection_of, make_company

sys.path.insert(0, str(Path(__file__).parent.parent))

from golden.entering import enter_documents

READY_NAMES = ("bridge_url", "api_url", "api_key", "portal_email", "portal_password", "books_url")


@dataclass
class Replies:
    """Every reply that an official client got, for the published files to judge."""

    api_url: str
    seen: list[tuple[str, str, int, bytes]] = field(default_factory=list)

    def of_httpx(self, response: httpx.Response) -> None:
        response.read()
        self._add(
            response.request.method, response.url.path, response.status_code, response.content
        )

    def of_requests(self, response: requests.Response, *_args: Any, **_options: Any) -> None:
        path = httpx.URL(response.url).path
        self._add(str(response.request.method), path, response.status_code, response.content)

    def _add(self, method: str, path: str, status: int, content: bytes) -> None:
        self.seen.append((method, path.removeprefix("/api"), status, content))


@dataclass
class Lender:
    """A client of the bridge that uses the official clients and nothing else."""

    ready: Ready
    platform: CodatPlatform
    accounting: CodatAccounting
    replies: Replies


@dataclass
class Owner:
    """A business owner whose books hold the worked example; `ids` are the source's own ids."""

    email: str
    password: str
    ids: dict[str, str]

    def consent(self, link_url: str) -> None:
        """Follow the link that a connection gave, sign in at the books and allow."""
        browser = Browser()
        try:
            page = browser.open(link_url)
            for form in page.forms:
                if "/authorisation" in form.action:
                    page = browser.submit(form)
                    break
            if any("password" in form.fields for form in page.forms):
                form = page.form("login", "password")
                page = browser.submit(form, login=self.email, password=self.password)
            page = browser.submit(page.form("decision"), decision="allow")
            assert page.url.endswith("/done"), page.text[:600]
        finally:
            browser.close()


@pytest.fixture(scope="session")
def world() -> Iterator[tuple[Installation, Ready]]:
    """An installation of its own: stories elsewhere put a proxy before theirs."""
    folder = Path(tempfile.mkdtemp(prefix="bookbridge-contract-"))
    folder.chmod(0o711)
    running = Installation(
        folder / "data", environment={"BOOKBRIDGE_BRIDGE_ALLOW_PRIVATE_HOSTS": "true"}
    )
    try:
        values = running.start()
        named = {name: str(values[name]) for name in READY_NAMES}
        yield running, Ready(**named, outbox=Path(values["outbox"]))
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def lender(world: tuple[Installation, Ready]) -> Iterator[Lender]:
    running, ready = world
    printed = running.command(
        "books", "register_app", "--json", "--name", "Contract lender",
        "--description", "Reads the accounts of test businesses.",
        "--redirect-uri", f"{ready.bridge_url}/oauth/callback",
    )  # fmt: skip
    keys = json.loads(printed)
    browser = Browser()
    set_up_integration(browser, ready, keys["client_id"], keys["client_secret"])
    browser.close()
    replies = Replies(ready.api_url)
    session = requests.Session()
    session.hooks["response"].append(replies.of_requests)
    with httpx.Client(event_hooks={"response": [replies.of_httpx]}) as client:
        yield Lender(
            ready,
            platform_client(ready.api_url, ready.api_key, client),
            accounting_client(ready.api_url, ready.api_key, session),
            replies,
        )
    session.close()


@pytest.fixture(scope="session")
def owner(world: tuple[Installation, Ready]) -> Owner:
    _running, ready = world
    address, password = "owner@contract.example", secrets.token_urlsafe(12)
    browser = Browser()
    sign_up_owner(browser, ready, address, password)
    browser.close()
    books = BooksApi(ready.books_url, address, password)
    company = f"/companies/{books.company_id()}"

    def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
        reply = books.http.post(f"{company}/{path}", json=body)
        assert reply.status_code in (200, 201), f"{path}: {reply.text}"
        made: dict[str, Any] = reply.json()
        return made

    def get(path: str) -> dict[str, Any]:
        found: dict[str, Any] = books.http.get(f"{company}/{path}").json()
        return found

    ids = enter_documents(post, get)
    books.close()
    return Owner(address, password, ids)


@pytest.fixture(scope="session")
def linked(lender: Lender, owner: Owner) -> Linked:
    """Created, connected, linked through the pages, and read for the first time."""
    made = make_company(lender.platform, "Acorn Works Ltd")
    owner.consent(connection_of(lender.platform, made).link_url)
    assert connection_of(lender.platform, made).status == "Linked"
    operations_seen = await_sync(lender.platform, made)
    bad = [(one.data_type, one.status, one.error_message) for one in operations_seen
           if one.status not in ("Complete", "NotSupported")]  # fmt: skip
    assert not bad, bad
    return made


@pytest.fixture(scope="session")
def spec() -> Spec:
    folder = TEST_DATA / "specs"
    if not folder.is_dir():
        pytest.skip(f"no OpenAPI files at {folder} (set BOOKBRIDGE_TEST_DATA)")
    return Spec(folder)
