"""`bookbridge demo`: the whole story on one machine, told while it happens."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import secrets
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from bookbridge.demo.browser import Browser, PageError
from bookbridge.demo.business import steps
from bookbridge.demo.cast import COMPANY_NAME
from bookbridge.demo.filling import BooksApi, send
from bookbridge.demo.installation import DemoError, Ready, books_command, running
from bookbridge.demo.story import create_company, link_company, set_up_integration, sign_up_owner
from bookbridge.demo.syncing import BridgeApi, Outcome, watch
from bookbridge.kit.installation.halves import default_data_dir

OWNER_EMAIL = "morag@toft-stores.example"
REMEMBERED = "demo.json"
DEFAULT_SEED = 1
PASSWORD_BYTES = 12


def main(argv: Sequence[str]) -> int:
    """Runs the demo; 0 only if every certificate is complete and reconciled."""
    options = _options(argv)
    # Also when the demo was put into the background, where a shell has it ignore Ctrl-C.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    data_dir = options.data_dir.expanduser().absolute()
    try:
        with running(data_dir, options.bridge_port, options.books_port) as ready:
            is_good = _tell(ready, data_dir, options.seed, options.as_of)
            if options.exit:
                return 0 if is_good else 1
            say("It stays up until Ctrl-C.")
            _wait()
            return 0 if is_good else 1
    except (DemoError, PageError) as error:
        say(f"The demo stopped: {error}")
        return 1
    except KeyboardInterrupt:
        return 130


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _wait() -> None:
    try:
        while True:
            signal.pause()
    except KeyboardInterrupt:
        say("Stopping.")


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bookbridge demo",
        description="Fill books, set up the integration, link, sync, and show where to look.",
    )
    parser.add_argument("--exit", action="store_true", help="stop after the sync")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="another shop's figures")
    parser.add_argument(
        "--as-of", type=dt.date.fromisoformat, metavar="DATE",
        default=dt.datetime.now(dt.UTC).date(),
        help="the day on which the story ends (default: today)",
    )  # fmt: skip
    parser.add_argument("--data-dir", type=Path, default=default_data_dir() / "demo", metavar="DIR")
    parser.add_argument("--bridge-port", type=int, default=8000, metavar="PORT")
    parser.add_argument("--books-port", type=int, default=8001, metavar="PORT")
    return parser.parse_args(argv)


def say(text: str) -> None:
    """One line on the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _tell(ready: Ready, data_dir: Path, seed: int, as_of: dt.date) -> bool:
    remembered = data_dir / REMEMBERED
    if remembered.exists():
        known = json.loads(remembered.read_text())
        say("This data directory already holds the demo.")
    else:
        known = _act(ready, data_dir, seed, as_of)
        remembered.touch(mode=0o600)
        remembered.write_text(json.dumps(known))
    outcomes = _watch(ready, known["company_id"])
    _report(outcomes)
    _where_to_look(ready, known)
    return bool(outcomes) and all(_is_proved(one) for one in outcomes)


def _act(ready: Ready, data_dir: Path, seed: int, as_of: dt.date) -> dict[str, str]:
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    owner, lender = Browser(), Browser()
    try:
        say(f"1. {COMPANY_NAME} signs up in books and keeps two years of them")
        sign_up_owner(owner, ready, OWNER_EMAIL, password)
        books_id = _fill(ready, password, seed, as_of)
        say("2. The lender registers an application and sets up the Pandle integration")
        keys = json.loads(
            books_command(
                data_dir, "register_app", "--json", "--name", "Demo lender",
                "--description", "Reads the accounts of customers who ask us for a loan.",
                "--redirect-uri", f"{ready.bridge_url}/oauth/callback",
            )
        )  # fmt: skip
        set_up_integration(lender, ready, keys["client_id"], keys["client_secret"])
        say("3. The lender creates the company; its owner opens Link, signs in and allows")
        company_id, link_url = create_company(lender, ready)
        link_company(owner, ready, link_url, OWNER_EMAIL, password)
    finally:
        owner.close()
        lender.close()
    return {
        "company_id": company_id,
        "books_id": books_id,
        "owner_email": OWNER_EMAIL,
        "owner_password": password,
    }


def _fill(ready: Ready, password: str, seed: int, as_of: dt.date) -> str:
    api = BooksApi(ready.books_url, OWNER_EMAIL, password)
    started = time.monotonic()
    try:
        company_id = api.company_id()
        everything = list(steps(seed=seed, as_of=as_of))
        bar = Bar("   entering")
        count = send(
            api, company_id, everything, lambda n, what: bar.show(n, len(everything), what)
        )
        bar.end(f"{count:,} records in {time.monotonic() - started:.0f} s")
    finally:
        api.close()
    return company_id


def _watch(ready: Ready, company_id: str) -> list[Outcome]:
    say("4. The first sync")
    api, bar, started = BridgeApi(ready), Bar("   reading"), time.monotonic()
    try:
        outcomes = watch(api, company_id, bar.show)
    finally:
        api.close()
    bar.end(f"{len(outcomes)} data types in {time.monotonic() - started:.0f} s")
    return outcomes


def _is_proved(outcome: Outcome) -> bool:
    if outcome.status == "NotSupported":
        return True
    return outcome.is_good and outcome.reconciliation == "RECONCILED"


def _report(outcomes: list[Outcome]) -> None:
    for one in sorted(outcomes, key=lambda one: one.data_type):
        counts = ", ".join(
            f"{name} {value:,}" for name, value in one.counts.items() if isinstance(value, int)
        )
        say(f"   {one.data_type:<20} {one.status:<12} {one.certificate.lower():<10} {counts}")
    words = {one.reconciliation for one in outcomes if one.reconciliation}
    if words == {"RECONCILED"}:
        say("   Reconciled with the books' own trial balance, profit and loss and aged balances.")
    else:
        say(f"   Reconciliation: {', '.join(sorted(words)).lower() or 'none'}.")


def _where_to_look(ready: Ready, known: dict[str, str]) -> None:
    say("")
    say(f"Portal  {ready.bridge_url}/companies/{known['company_id']}/summary")
    say(f"        {ready.portal_email}  {ready.portal_password}")
    say(f"Books   {ready.books_url}")
    say(f"        {OWNER_EMAIL}  {known['owner_password']}")
    say(f"API     {ready.api_url}/companies/{known['company_id']}/data/invoices")
    say(f"        Authorization: Basic base64({ready.api_key})")


class Bar:
    """A line that counts: rewritten on a terminal, silent until its end elsewhere."""

    def __init__(self, label: str) -> None:
        self.label, self.is_terminal = label, sys.stdout.isatty()

    def show(self, done: int, total: int, what: str) -> None:
        if self.is_terminal:
            sys.stdout.write(f"\r{self.label} {done:,} of {total:,}  {what:<32}")
            sys.stdout.flush()

    def end(self, text: str) -> None:
        if self.is_terminal:
            sys.stdout.write("\r\x1b[K")
        say(f"{self.label} {text}")
