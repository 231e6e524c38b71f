"""Takes the pictures of the documentation from a running demo: `python scripts/screenshots.py DIR`.

DIR is the demo's data directory; it must be up. Needs Debian's Chromium.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


def sign_in(page: Page, address: str, email: str, password: str) -> None:
    page.goto(address)
    page.fill("[name=login]", email)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_load_state("networkidle")


def take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}.png")


def pictures(browser: Browser, ready: dict[str, str], known: dict[str, str], scheme: str) -> None:
    suffix = "" if scheme == "light" else "-dark"
    context = browser.new_context(
        viewport={"width": 1280, "height": 800},
        color_scheme="light" if scheme == "light" else "dark",
    )
    page = context.new_page()
    bridge, books = ready["bridge_url"], ready["books_url"]
    sign_in(page, f"{bridge}/signin", ready["portal_email"], ready["portal_password"])
    company = f"{bridge}/companies/{known['company_id']}"
    for name, address in {
        "portal-dashboard": f"{bridge}/",
        "portal-integration": f"{bridge}/settings/integrations/accounting/vjms",
        "portal-companies": f"{bridge}/companies",
        "portal-company": f"{company}/summary",
        "portal-data": f"{company}/data",
        "portal-invoices": f"{company}/data/invoices",
        "portal-history": f"{company}/history",
        "link": f"{bridge}/link/company/{known['company_id']}/software/vjms",
    }.items():
        page.goto(address)
        take(page, name + suffix)
    owner = known["owner_email"], known["owner_password"]
    sign_in(page, f"{books}/users/sign_in", *owner)
    for name, path in {
        "books-dashboard": "",
        "books-invoices": "/invoices",
        "books-profit-and-loss": "/reports/profit-and-loss",
    }.items():
        page.goto(f"{books}/companies/{known['books_id']}{path}")
        take(page, name + suffix)
    context.close()


def main(folder: Path) -> int:
    ready = json.loads((folder / "ready.json").read_text())
    known = json.loads((folder / "demo.json").read_text())
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for scheme in ("light", "dark"):
            pictures(browser, ready, known, scheme)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
