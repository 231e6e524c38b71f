"""The whole story in one real browser, signed in to both halves at once, without a word from the
content policy; and every page of both halves on a phone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from bookbridge.demo.story import PANDLE
from tests.stories.shop import INVOICES, shop_steps
from tests.stories.world import Business, Linked, World

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
PAGES_MAX = 60
# A page that refuses a form says so with its status, which the browser repeats in its console.
REFUSAL = "status of 422"
LOST_IN_WIDTH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
NOT_PAGES = re.compile(
    r"sign_out|signout|logout|/certificates/|\.(?:csv|pdf|json|yaml)$|format=|/api/v1|mailto:"
)
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not shutil.which(CHROMIUM), reason="no chromium on this machine"),
]


@dataclass
class Watched:
    """A person's browser; `complaints` is what its console said, page by page."""

    context: BrowserContext
    page: Page
    complaints: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def opened(cls, chromium: Browser, size: dict[str, int]) -> Watched:
        context = chromium.new_context(viewport=size)
        watched = cls(context, context.new_page())
        watched.page.on("pageerror", lambda error: watched.note(str(error)))
        watched.page.on("console", watched.heard)
        return watched

    def heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.note(message.text)

    def note(self, text: str) -> None:
        self.complaints.append((self.page.url, text))

    def sign_in(self, address: str, email: str, password: str) -> None:
        self.page.goto(address)
        self.page.fill("[name=login]", email)
        self.page.fill("[name=password]", password)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "sign" not in urlsplit(url).path)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def owner(shared_world: World) -> Business:
    business = shared_world.new_business()
    business.enter(shop_steps())
    return business


@pytest.fixture(scope="module")
def desk(chromium: Browser, shared_world: World, owner: Business) -> Iterator[Watched]:
    """One browser for the lender and the owner: cookies do not know ports."""
    watched = Watched.opened(chromium, DESK)
    ready = shared_world.ready
    watched.sign_in(f"{ready.bridge_url}/signin", ready.portal_email, ready.portal_password)
    watched.sign_in(f"{ready.books_url}/users/sign_in", owner.email, owner.password)
    yield watched
    watched.context.close()


def test_the_story_from_keys_to_invoices(world: World, desk: Watched, owner: Business) -> None:
    set_up(world, desk)
    linked = link(world, desk)
    world.await_sync(linked)
    page = desk.page
    page.goto(f"{world.ready.bridge_url}/companies/{linked.company_id}/data/invoices")
    assert page.locator("table tbody tr").count() == INVOICES
    shown = page.locator("table tbody").inner_text()
    invoices = world.records(linked, "data/invoices")
    assert all(one["invoiceNumber"] in shown for one in invoices)
    assert f"{max(one['totalAmount'] for one in invoices):,.2f}" in shown
    # The owner is still at home in the books.
    page.goto(f"{world.ready.books_url}/connected-apps")
    assert "Test lender" in page.inner_text("table")
    expected = [text for _, text in desk.complaints if REFUSAL in text]
    assert len(expected) == 1
    assert [one for one in desk.complaints if REFUSAL not in one[1]] == []


def set_up(world: World, desk: Watched) -> None:
    """A trailing space is refused; the right keys are saved, and the dialog switches it on."""
    page = desk.page
    page.goto(f"{world.ready.bridge_url}/settings/integrations/accounting/{PANDLE}")
    page.click("button:has-text('Disable')")
    page.fill("[name=host]", world.proxy.url)
    page.fill("[name=client_id]", f"{world.keys['client_id']} ")
    page.fill("[name=client_secret]", world.keys["client_secret"])
    page.click("button:has-text('Save')")
    assert "must not contain spaces" in page.inner_text("main")
    page.fill("[name=client_id]", world.keys["client_id"])
    page.fill("[name=client_secret]", world.keys["client_secret"])
    page.click("button:has-text('Save')")
    page.click("dialog[open] button:has-text('Enable')")
    page.wait_for_selector("button:has-text('Disable')")
    page.click("button:has-text('Test connection')")
    page.wait_for_selector("text=knows this client ID and secret")


def link(world: World, desk: Watched) -> Linked:
    """The lender makes a company; the owner follows its Link URL and gives access."""
    page = desk.page
    page.goto(f"{world.ready.bridge_url}/companies/new")
    page.fill("[name=name]", "Browser & Sons")
    page.click("button:has-text('Create company')")
    page.wait_for_selector("a:has-text('Open Link')")
    link_url = page.locator("a:has-text('Open Link')").get_attribute("href") or ""
    page.goto(link_url)
    page.click("a:has-text('Choose your software')")
    page.click("a:has-text('Pandle')")
    page.click("button:has-text('Continue to')")
    page.wait_for_url(f"{world.proxy.url}/oauth/authorize*")
    assert "Test lender" in page.inner_text("main")
    page.click("button:has-text('Give access')")
    page.wait_for_url("**/done")
    assert "Reading has begun" in page.inner_text("main")
    company_id = link_url.rstrip("/").rpartition("/")[2]
    (connection,) = world.api.get(f"/companies/{company_id}/connections")["results"]
    assert connection["status"] == "Linked"
    return Linked(company_id, connection["id"], link_url)


@pytest.mark.parametrize("half", ["books", "bridge"])
def test_every_page_fits_a_phone(
    world: World, chromium: Browser, owner: Business, shop: Business, half: str
) -> None:
    ready = world.ready
    if half == "bridge":
        world.await_sync(world.link(shop))
    phone = Watched.opened(chromium, PHONE)
    try:
        if half == "books":
            start = f"{ready.books_url}/companies/{owner.company_id}"
            phone.sign_in(f"{ready.books_url}/users/sign_in", owner.email, owner.password)
        else:
            start = f"{ready.bridge_url}/companies"
            phone.sign_in(f"{ready.bridge_url}/signin", ready.portal_email, ready.portal_password)
        visited, too_wide = walk(phone, start)
    finally:
        phone.context.close()
    assert len(visited) > 10, visited
    assert too_wide == []
    assert phone.complaints == []


def walk(phone: Watched, start: str) -> tuple[list[str], list[tuple[str, int]]]:
    """One page of every kind that links lead to, and how far each is too wide."""
    host = urlsplit(start).netloc
    waiting, seen = [start], {kind_of(start)}
    visited: list[str] = []
    too_wide: list[tuple[str, int]] = []
    while waiting and len(visited) < PAGES_MAX:
        address = waiting.pop(0)
        reply = phone.page.goto(address)
        assert reply is not None and reply.status == 200, (address, reply and reply.status)
        visited.append(address)
        lost = int(phone.page.evaluate(LOST_IN_WIDTH))
        if lost > 0:
            too_wide.append((address, lost))
        found = phone.page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
        for one in map(str, found):
            target = urldefrag(urljoin(address, one)).url
            if urlsplit(target).netloc != host or NOT_PAGES.search(target):
                continue
            if (kind := kind_of(target)) not in seen:
                seen.add(kind)
                waiting.append(target)
    return visited, too_wide


def kind_of(address: str) -> str:
    """What pages of one view have in common: their path, whichever record it is of."""
    return IDS.sub("#", urlsplit(address).path.rstrip("/"))
