"""The pages that the demo goes through: sign-up, the portal's set-up, Link and consent."""

from __future__ import annotations

import email
import email.policy
import re
import time
from pathlib import Path

from bookbridge.demo.browser import Browser, Page, PageError
from bookbridge.demo.cast import COMPANY_NAME, OWNER_NAME, VAT_NUMBER
from bookbridge.demo.installation import DemoError, Ready

MAIL_SECONDS_MAX = 30
PANDLE = "vjms"


def sign_up_owner(browser: Browser, ready: Ready, address: str, password: str) -> None:
    """The owner opens an account in `books`, confirms the address, and is signed in."""
    form = browser.open(f"{ready.books_url}/users/sign_up").form("email", "business_name")
    page = browser.submit(
        form,
        name=OWNER_NAME,
        email=address,
        password1=password,
        business_name=COMPANY_NAME,
        business_type="LIMITED_COMPANY",
        vat_registered="on",
        vat_number=VAT_NUMBER,
    )
    link = _mailed_link(ready.outbox, address, ready.books_url, page)
    confirmation = browser.open(link)
    browser.submit(next(form for form in confirmation.forms if "confirm" in form.action))
    sign_in_owner(browser, ready, address, password)


def sign_in_owner(browser: Browser, ready: Ready, address: str, password: str) -> None:
    page = browser.open(f"{ready.books_url}/users/sign_in")
    if any("password" in form.fields for form in page.forms):
        browser.submit(page.form("login", "password"), login=address, password=password)


def _mailed_link(outbox: Path, address: str, host: str, page: Page) -> str:
    """The first link of the newest mail to this address."""
    until = time.monotonic() + MAIL_SECONDS_MAX
    while time.monotonic() < until:
        for path in sorted(outbox.glob("*"), key=lambda one: one.stat().st_mtime, reverse=True):
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            body = mail.get_body(("plain",))
            found = re.search(rf"{re.escape(host)}/\S+", body.get_content() if body else "")
            if address in str(mail["To"]) and found:
                return found.group(0)
        time.sleep(0.25)
    raise DemoError(f"No confirmation mail came to {address}. The page said: {page.text[:300]}")


def set_up_integration(browser: Browser, ready: Ready, client_id: str, client_secret: str) -> None:
    """The lender enters the keys in the portal and switches the integration on."""
    page = browser.open(f"{ready.bridge_url}/signin")
    if any("password" in form.fields for form in page.forms):
        form = page.form("login", "password")
        browser.submit(form, login=ready.portal_email, password=ready.portal_password)
    address = f"{ready.bridge_url}/settings/integrations/accounting/{PANDLE}"
    form = browser.open(address).form("host", "client_id", "client_secret")
    saved = browser.submit(
        form, host=ready.books_url, client_id=client_id, client_secret=client_secret
    )
    enable = next(
        form for form in saved.forms if form.action.endswith("/enablement")
        and form.fields.get("is_enabled") == "true"
    )  # fmt: skip
    browser.submit(enable)


def create_company(browser: Browser, ready: Ready) -> tuple[str, str]:
    """The lender creates a company; returns its id and its Link URL."""
    form = browser.open(f"{ready.bridge_url}/companies/new").form("name")
    page = browser.submit(form, name=COMPANY_NAME, description="The demo business")
    link_url = page.link("/link/company/")
    return link_url.rsplit("/", 1)[1], link_url


def link_company(
    browser: Browser, ready: Ready, link_url: str, address: str, password: str
) -> None:
    """The owner opens Link, chooses Pandle, signs in at `books`, allows, and is done."""
    page = browser.open(link_url)
    page = browser.open(page.link("/software"))
    page = browser.open(page.link(f"/software/{PANDLE}"))
    page = browser.submit(page.form_to("/authorisation"))
    if any("password" in form.fields for form in page.forms):
        page = browser.submit(page.form("login", "password"), login=address, password=password)
    page = browser.submit(page.form("decision"), decision="allow")
    if not page.url.endswith("/done"):
        raise PageError(f"The consent did not lead to the last page of Link: {page.text[:500]}")
