"""What people, networks and sources get wrong: each ends in a clear sentence for the right person,
and leaves nothing half done."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from bookbridge.demo.browser import Browser, Page, PageError
from bookbridge.demo.story import PANDLE
from bookbridge.demo.syncing import IN_PROGRESS
from tests.stories.proxy import Answer, Lie, path_of
from tests.stories.shop import shop_steps
from tests.stories.world import POLL_SECONDS, Business, Linked, World

WAIT_SECONDS_MAX = 60
CALM_MAX_WORDS = 90


# --- keys and consent --------------------------------------------------------


def settings_url(world: World) -> str:
    return f"{world.ready.bridge_url}/settings/integrations/accounting/{PANDLE}"


def save_keys(world: World, client_id: str, client_secret: str) -> Page:
    """The lender types keys in the portal; raises PageError for a refusal."""
    form = world.lender.open(settings_url(world)).form("host", "client_id", "client_secret")
    return world.lender.submit(form, client_id=client_id, client_secret=client_secret)


@contextmanager
def keys_in_use(world: World, client_id: str, client_secret: str) -> Iterator[Page]:
    """These keys in the portal for a while, then the right ones again."""
    try:
        yield save_keys(world, client_id, client_secret)
    finally:
        save_keys(world, world.keys["client_id"], world.keys["client_secret"])


@contextmanager
def at_consent(world: World, business: Business, company_id: str) -> Iterator[tuple[Browser, Page]]:
    """The owner's own browser, signed in at the books, as far as the question."""
    browser = Browser()
    try:
        page = browser.open(f"{world.ready.bridge_url}/link/company/{company_id}")
        page = browser.open(page.link("/software"))
        page = browser.open(page.link(f"/software/{PANDLE}"))
        page = browser.submit(page.form_to("/authorisation"))
        if any("password" in form.fields for form in page.forms):
            form = page.form("login", "password")
            page = browser.submit(form, login=business.email, password=business.password)
        yield browser, page
    finally:
        browser.close()


def connections(world: World, company_id: str) -> list[dict[str, Any]]:
    return list(world.api.get(f"/companies/{company_id}/connections")["results"])


def status(world: World, company_id: str) -> str:
    (one,) = connections(world, company_id)
    return str(one["status"])


def callback_addresses(browser: Browser) -> list[str]:
    """Every callback address that the browser is sent to from now on."""
    seen: list[str] = []

    def note(request: httpx.Request) -> None:
        if request.url.path == "/oauth/callback":
            seen.append(str(request.url))

    browser.http.event_hooks = {"request": [note]}
    return seen


def test_keys_with_spaces_are_refused_where_they_are_typed(world: World) -> None:
    with pytest.raises(PageError, match="must not contain spaces"):
        save_keys(world, world.keys["client_id"], f"{world.keys['client_secret']} ")
    with pytest.raises(PageError, match="must not contain spaces"):
        save_keys(world, f" {world.keys['client_id']}", world.keys["client_secret"])
    # What was saved before still stands.
    page = world.lender.open(settings_url(world))
    assert "knows this client ID and secret" in world.lender.submit(page.form_to("/test")).text


def test_a_wrong_secret_is_told_to_the_lender_and_links_nothing(
    world: World, shop: Business
) -> None:
    company_id = world.new_company()
    with keys_in_use(world, world.keys["client_id"], "not-the-secret") as page:
        told = world.lender.submit(page.form_to("/test")).text
        assert "does not accept the client ID and secret (invalid_client)" in told
        with (
            at_consent(world, shop, company_id) as (browser, page),
            pytest.raises(
                PageError,
                match=r"oauth/callback\S* answered 409: .*Not connected yet.*its own settings",
            ),
        ):
            browser.submit(page.form("decision"), decision="allow")
    assert status(world, company_id) == "PendingAuth"
    assert world.datasets(Linked(company_id, "", "")) == []


def test_a_wrong_redirect_uri_ends_at_the_books_without_a_redirect(
    world: World, shop: Business
) -> None:
    printed = world.running.command(
        "books", "register_app", "--json", "--name", "Mistyped", "--description", "Reads.",
        "--redirect-uri", f"{world.ready.bridge_url}/oauth/call-back",
    )  # fmt: skip
    keys = json.loads(printed)
    company_id = world.new_company()
    with (
        keys_in_use(world, keys["client_id"], keys["client_secret"]),
        pytest.raises(PageError, match="redirect") as refused,
        at_consent(world, shop, company_id),
    ):
        raise AssertionError("the books asked for consent")
    # The address that the browser shows: the books' own page (through the proxy), not the bridge's.
    assert str(refused.value).startswith(f"{world.proxy.url}/oauth/authorize")
    assert "answered 400" in str(refused.value)
    assert status(world, company_id) == "PendingAuth"


def test_a_denied_consent_is_an_answer(world: World, shop: Business) -> None:
    company_id = world.new_company()
    with at_consent(world, shop, company_id) as (browser, page):
        page = browser.submit(page.form("decision"), decision="deny")
    assert page.status == 200
    assert "Nothing was shared" in page.text
    assert len(page.text.split()) < CALM_MAX_WORDS
    assert status(world, company_id) == "PendingAuth"


def test_a_code_serves_once(world: World, shop: Business) -> None:
    first, second = world.new_company(), world.new_company()
    with at_consent(world, shop, first) as (browser, page):
        seen = callback_addresses(browser)
        browser.submit(page.form("decision"), decision="allow")
        (address,) = seen
        # The same address again: its state is used up.
        with pytest.raises(PageError, match=r"answered 409: .*Not connected yet"):
            browser.open(address)
    assert status(world, first) == "Linked"
    used = parse_qs(urlsplit(address).query)["code"][0]
    with at_consent(world, shop, second) as (browser, page):
        state = parse_qs(urlsplit(page.url).query)["state"][0]
        query = urlencode({"code": used, "state": state})
        with pytest.raises(PageError, match=r"answered 409: .*Not connected yet"):
            browser.open(f"{world.ready.bridge_url}/oauth/callback?{query}")
    assert status(world, second) == "PendingAuth"


def test_a_code_that_came_too_late_can_be_asked_for_again(world: World, shop: Business) -> None:
    def expired(path: str, answer: Answer) -> Answer:
        if path_of(path) == "/oauth/token":
            answer.status, answer.document = 400, {"error": "invalid_grant"}
        return answer

    company_id = world.new_company()
    world.proxy.lie = expired
    with at_consent(world, shop, company_id) as (browser, page):
        with pytest.raises(PageError, match="no longer accepts"):
            browser.submit(page.form("decision"), decision="allow")
        assert status(world, company_id) == "PendingAuth"
        world.proxy.lie = None
        page = browser.open(f"{world.ready.bridge_url}/link/company/{company_id}")
        page = browser.open(page.link("/software"))
        page = browser.open(page.link(f"/software/{PANDLE}"))
        page = browser.submit(page.form_to("/authorisation"))
        page = browser.submit(page.form("decision"), decision="allow")
    assert page.url.endswith("/done")
    assert status(world, company_id) == "Linked"


# --- access that ends --------------------------------------------------------


@contextmanager
def tokens_seen(world: World) -> Iterator[list[dict[str, Any]]]:
    """The tokens that the books give out meanwhile, as anybody on the way could see them."""
    seen: list[dict[str, Any]] = []

    def look(path: str, answer: Answer) -> Answer:
        if path_of(path) == "/oauth/token" and answer.status == 200:
            seen.append(json.loads(answer.body))
        return answer

    world.proxy.lie = look
    try:
        yield seen
    finally:
        world.proxy.lie = None


def withdraw(world: World, business: Business) -> None:
    """The owner takes the access back, at the books."""
    page = business.browser.open(f"{world.ready.books_url}/connected-apps")
    business.browser.submit(page.form_to("/withdrawal"))


def revoke(world: World, token: str) -> None:
    body = {"token": token, "client_id": world.keys["client_id"],
            "client_secret": world.keys["client_secret"]}  # fmt: skip
    reply = httpx.post(f"{world.ready.books_url}/oauth/revoke", data=body)
    assert reply.status_code == 200, reply.text


@pytest.mark.parametrize("way", ["withdrawn", "revoked"])
def test_access_that_ended_deauthorises_and_linking_again_keeps_the_records(
    world: World, way: str
) -> None:
    business = world.new_business()
    business.enter(shop_steps())
    with tokens_seen(world) as tokens:
        linked = world.link(business)
        world.await_sync(linked)
    before = world.records(linked, "data/invoices")
    if way == "withdrawn":
        withdraw(world, business)
    else:
        revoke(world, tokens[-1]["refresh_token"])
    datasets = world.refresh(linked)
    assert {one["status"] for one in datasets.values()} == {"AuthError"}, datasets
    assert all("link the company again" in one["errorMessage"] for one in datasets.values())
    (connection,) = connections(world, linked.company_id)
    assert connection["status"] == "Deauthorized"
    failures = [one for one in connection["dataConnectionErrors"] if one["status"] == "Active"]
    assert "no longer accepts this grant" in failures[-1]["errorMessage"], connection
    assert world.records(linked, "data/invoices") == before
    reads = len(world.datasets(linked))
    relink(world, business, linked)
    until = time.monotonic() + WAIT_SECONDS_MAX
    while len(world.datasets(linked)) == reads and time.monotonic() < until:
        time.sleep(POLL_SECONDS)
    datasets = world.await_sync(linked)
    assert {one["status"] for one in datasets.values()} <= {"Complete", "NotSupported"}
    (connection,) = connections(world, linked.company_id)
    assert (connection["id"], connection["status"]) == (linked.connection_id, "Linked")
    assert [one for one in connection["dataConnectionErrors"] if one["status"] == "Active"] == []
    # Not one record was written anew: not even modifiedDate moved.
    assert world.records(linked, "data/invoices") == before


def relink(world: World, business: Business, linked: Linked) -> None:
    with at_consent(world, business, linked.company_id) as (browser, page):
        page = browser.submit(page.form("decision"), decision="allow")
        assert page.url.endswith("/done"), page.text


# --- a source in trouble -----------------------------------------------------


def answers_suppliers(code: int, body: str, kind: str, **headers: str) -> Lie:
    """The source answers its list of suppliers like this, everything else as ever."""

    def lie(path: str, answer: Answer) -> Answer:
        if not path_of(path).endswith("/suppliers"):
            return answer
        return Answer(code, {"content-type": kind, **headers}, body.encode())

    return lie


HTML = "<html><h1>Welcome to our new home page</h1></html>"
DOWN = '{"errors": ["Down for maintenance"]}'
JSON_KIND = "application/json"


@pytest.mark.parametrize(
    ("lie", "reason", "is_failure"),
    [
        (answers_suppliers(200, HTML, "text/html"), "instead of JSON", True),
        (
            answers_suppliers(503, DOWN, JSON_KIND, **{"retry-after": "2"}),
            "maintenance",
            False,
        ),
        (answers_suppliers(503, DOWN, JSON_KIND), "maintenance", False),
    ],
    ids=["a page of HTML", "503 with Retry-After", "503 without"],
)
def test_a_source_in_trouble_is_waited_for(
    world: World, shop: Business, lie: Lie, reason: str, is_failure: bool
) -> None:
    world.proxy.lie = lie
    linked = world.link(shop)
    waiting = await_reason(world, linked, reason)
    assert (waiting["status"], waiting["isErrored"]) == ("Queued", False)
    (connection,) = connections(world, linked.company_id)
    assert connection["status"] == "Linked"
    # Maintenance is no failure; a page where data should be is one, until it has passed.
    failures = connection["dataConnectionErrors"]
    assert ("Active" in {one["status"] for one in failures}) == bool(failures) == is_failure
    world.proxy.lie = None
    # Nobody has to do anything.
    datasets = world.await_sync(linked)
    assert {one["status"] for one in datasets.values()} <= {"Complete", "NotSupported"}
    assert len(world.records(linked, "data/suppliers")) == 1
    (connection,) = connections(world, linked.company_id)
    assert "Active" not in {one["status"] for one in connection["dataConnectionErrors"]}
    compared = world.reconciliation(linked, datasets)
    assert compared is not None and compared["outcome"] == "RECONCILED", compared


def await_reason(world: World, linked: Linked, reason: str) -> dict[str, Any]:
    """The dataset that waits for this reason."""
    until = time.monotonic() + WAIT_SECONDS_MAX
    while time.monotonic() < until:
        for one in world.datasets(linked):
            if one["status"] in IN_PROGRESS and reason in one.get("statusDescription", ""):
                return one
        time.sleep(POLL_SECONDS)
    raise AssertionError(world.datasets(linked))


# --- the books refuse --------------------------------------------------------


@pytest.fixture(scope="module")
def small(shared_world: World) -> Business:
    """A business for refusals: its trial balance never moves."""
    business = shared_world.new_business()
    business.enter(shop_steps())
    return business


def refused(business: Business, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """What the API says when it refuses this; the books must be as they were."""
    before = business.report("trial_balance")
    reply = business.books.http.post(f"/companies/{business.company_id}/{path}", json=body)
    assert reply.status_code == 422, reply.text
    assert business.report("trial_balance") == before
    found: dict[str, Any] = reply.json()
    return found


def journal(date: str, debit: str, credit: str) -> dict[str, Any]:
    lines = [{"nominal_code": "740", "amount": debit}, {"nominal_code": "005", "amount": credit}]
    return {"journal_entry": {"date": date, "description": "Month end", "lines_attributes": lines}}


def test_an_unbalanced_journal_is_refused_with_the_difference(small: Business) -> None:
    body = refused(small, "journal_entries", journal("2026-03-31", "50.00", "-49.99"))
    assert body["errors"] == ["“Month end” does not balance: debits and credits differ by 0.01."]


def test_a_locked_period_refuses_and_names_the_field(world: World, small: Business) -> None:
    url = f"{world.ready.books_url}/companies/{small.company_id}/settings/lock"
    form = small.browser.open(url).form("lock_date")
    small.browser.submit(form, lock_date="2026-01-31")
    body = refused(small, "journal_entries", journal("2026-01-31", "50.00", "-50.00"))
    (sentence,) = body["errors"]
    assert "locked up to 2026-01-31" in sentence
    assert body["fields"] == {"date": [sentence]}
    small.post("journal_entries", journal("2026-02-01", "50.00", "-50.00"))


SALES = """number,kind,date,customer,description,quantity,price
S-1,invoice,2026-04-01,Walk-in,Mugs,2,6.25
S-2,invoice,2026-04-02,Walk-in,Plates,three,4.00
"""


def test_a_malformed_file_names_line_column_and_value_and_books_nothing(
    world: World, small: Business, tmp_path: Path
) -> None:
    file = tmp_path / "sales.csv"
    before = small.report("trial_balance")
    file.write_text(SALES)
    with pytest.raises(AssertionError, match=r"line 3, column quantity: “three” is not a number"):
        world.running.command("books", "import_sales", small.company_id, str(file))
    file.write_text(SALES.replace("three", "3") + '"S-3,invoice')
    with pytest.raises(AssertionError, match="is not CSV at line 4"):
        world.running.command("books", "import_sales", small.company_id, str(file))
    assert small.report("trial_balance") == before
