"""What only a real browser shows: rows that grow, dialogs, keys, themes, and pages that fit a phone
without a word from the content policy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bookbridge.books.conftest import OPENED_AT, person
from bookbridge.books.contacts.operations import create_customer
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor
from bookbridge.kit.live_half import LiveHalf

CHROMIUM = shutil.which("chromium") or ""
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1440, "height": 900}
PLACES = ("", "/invoices", "/invoices/new", "/bank", "/accounts", "/journals/new", "/reports",
          "/reports/aged-debtors", "/settings", "/customers/new")  # fmt: skip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine"),
]


@pytest.fixture
def session_key(committed_books: Organisation, committed_owner: Actor) -> str:
    """The owner's session, with a customer in the books: made before the browser starts, whose
    loop would give Django another connection."""
    create_customer(
        organisation_id=committed_books.pk,
        fields={"name": "Kiln & Co"},
        actor=committed_owner,
        at=OPENED_AT,
    )
    client = Client()
    client.force_login(person("Olive"))
    return client.cookies["books_session"].value


@pytest.fixture
def chromium(session_key: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


def signed_in(
    browser: Browser, server: LiveHalf, session_key: str, size: dict[str, int]
) -> BrowserContext:
    context = browser.new_context(viewport=size, base_url=server.url)
    context.add_cookies([{"name": "books_session", "value": session_key, "url": server.url}])
    return context


def watched(context: BrowserContext, complaints: list[str]) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    return page


def test_an_invoice_is_typed_row_by_row_and_voided_in_a_dialog(
    half_server: LiveHalf, session_key: str, chromium: Browser, committed_books: Organisation
) -> None:
    books = committed_books
    complaints: list[str] = []
    page = watched(signed_in(chromium, half_server, session_key, DESK), complaints)
    page.goto(f"/companies/{books.pk}/invoices/new")
    with page.expect_response("**/customers/options*"):
        page.fill("[name=contact]", "kil")
    page.wait_for_selector("#contact-options option[value='Kiln & Co']", state="attached")
    page.fill("[name=contact]", "Kiln & Co")
    page.fill("[name=lines-0-description]", "Oak shelving")
    page.fill("[name=lines-0-quantity]", "3")
    page.fill("[name=lines-0-price]", "1,250.00")
    assert page.inner_text("[data-total=all]") == "4,500.00"
    rows = page.locator("[data-line]").count()
    page.focus(f"[name=lines-{rows - 1}-price]")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"[name=lines-{rows}-description]:focus")
    assert page.input_value("[name=lines-0-description]") == "Oak shelving"
    assert page.inner_text("[data-total=all]") == "4,500.00"
    page.click("text=Approve and post")
    page.wait_for_selector("text=was posted")
    page.click("a:has-text('Void')")
    page.fill("#void [name=reason]", "entered twice")
    page.click("#void .button-danger")
    page.wait_for_selector("text=entered twice")
    page.goto(f"/companies/{books.pk}/invoices")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/companies/{books.pk}/invoices/*")
    assert complaints == []


def test_a_form_that_htmx_sent_comes_back_with_its_errors(
    half_server: LiveHalf, session_key: str, chromium: Browser, committed_books: Organisation
) -> None:
    page = signed_in(chromium, half_server, session_key, DESK).new_page()
    page.goto(f"/companies/{committed_books.pk}/customers/new")
    page.evaluate(
        """() => { const form = document.querySelector('main form');
        form.noValidate = true; form.setAttribute('hx-post', location.pathname);
        form.setAttribute('hx-target', 'body'); htmx.process(form); }"""
    )
    page.click("main .button-primary")
    page.wait_for_selector(".error-summary")


def test_pages_fit_a_phone_and_a_desk_in_both_themes(
    half_server: LiveHalf, session_key: str, chromium: Browser, committed_books: Organisation
) -> None:
    complaints: list[str] = []
    too_wide = []
    for size in (PHONE, DESK):
        page = watched(signed_in(chromium, half_server, session_key, size), complaints)
        for place in PLACES:
            page.goto(f"/companies/{committed_books.pk}{place}")
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                too_wide.append((size["width"], place))
    assert too_wide == []
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.click("[data-theme-choice=dark]")
    assert page.evaluate(paper) != light
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert complaints == []
