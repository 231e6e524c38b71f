"""A real retailer's year through the whole path, with workers and Postgres killed on the way.

The tests of this module tell one story, in order, on one installation of their own.
"""

from __future__ import annotations

import random
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
import pytest

from bookbridge.demo.installation import Ready
from bookbridge.demo.syncing import BridgeApi
from tests.conftest import Installation
from tests.stories.conftest import NAMES
from tests.stories.proxy import Answer, path_of, proxy_to
from tests.stories.world import Business, Linked, World

SALES_FILE = "data/online-retail-2009-2010.csv.gz"
AS_OF = "2010-12-31"
# Documents by kind and pounds, checked with an independent tool: see the data's own README.
INVOICES, INVOICES_TOTAL = 24_221, Decimal("10305892.01")
CREDIT_NOTES, CREDIT_NOTES_TOTAL = 4_592, Decimal("629855.37")
LINES = 525_461
ADJUSTMENTS_TOTAL = Decimal("-136552.02")
MARCH = (1_960, Decimal("833570.13"))
NOVEMBER = (3_093, Decimal("1470272.48"))
KILLS = 10
SEED = 20091201
SYNC_SECONDS_MAX = 900


@dataclass
class Year:
    """The world, the business and the link that the story is about."""

    world: World
    shop: Business
    linked: Linked | None = None
    first: dict[str, dict[str, Any]] | None = None

    @property
    def link(self) -> Linked:
        assert self.linked is not None
        return self.linked


@pytest.fixture(scope="module")
def year(test_data: Path) -> Iterator[Year]:
    if not (test_data / SALES_FILE).exists():
        pytest.skip(f"no outside data at {test_data / SALES_FILE}")
    folder = Path(tempfile.mkdtemp(prefix="bookbridge-year-"))
    folder.chmod(0o711)
    running = Installation(
        folder / "data", environment={"BOOKBRIDGE_BRIDGE_ALLOW_PRIVATE_HOSTS": "true"}
    )
    try:
        values = running.start()
        ready = Ready(**{n: str(values[n]) for n in NAMES}, outbox=Path(values["outbox"]))
        with proxy_to(ready.books_url) as proxy:
            world = World(running, ready, proxy, BridgeApi(ready))
            try:
                world.set_up()
                yield Year(world, world.new_business())
            finally:
                world.close()
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


def processes_named(running: Installation, *words: str) -> list[psutil.Process]:
    """Processes of the installation whose environment or command holds all these words."""
    assert running.process is not None
    found = []
    for child in psutil.Process(running.process.pid).children(recursive=True):
        try:
            told = " ".join([*child.cmdline(), child.environ().get("DJANGO_SETTINGS_MODULE", "")])
        except psutil.Error:
            continue
        if all(word in told for word in words):
            found.append(child)
    return found


def test_the_file_is_imported_to_the_penny_and_twice_is_once(year: Year, test_data: Path) -> None:
    sales = str((test_data / SALES_FILE).resolve())
    command = year.world.running.command
    command("books", "import_sales", year.shop.company_id, sales)
    trial = year.shop.report("trial_balance", date=AS_OF)
    debtors = next(row for row in trial["rows"] if row["name"] == "Trade debtors")
    net = INVOICES_TOTAL - CREDIT_NOTES_TOTAL
    assert Decimal(debtors["debit"]) - Decimal(debtors["credit"]) == net
    # The sales run over two financial years, so profit and loss is asked for the whole time.
    profit = year.shop.report("profit_and_loss", date_start="2009-12-01", date_end=AS_OF)
    by_name = {row["name"]: Decimal(row["amount"]) for row in profit["rows"]}
    assert by_name["Sales"] == Decimal(profit["sales-total"]) == net
    assert abs(by_name["Bad debts"]) == abs(ADJUSTMENTS_TOTAL)
    command("books", "check_ledger")
    again = command("books", "import_sales", year.shop.company_id, sales)
    assert re.search(r"28[, ]?816", again), again
    assert year.shop.report("trial_balance", date=AS_OF)["rows"] == trial["rows"]


class Killer:
    """Kills the bridge's worker with signal 9 at chosen pages of a list."""

    def __init__(self, running: Installation, pages: set[int], resource: str) -> None:
        self.running, self.pages, self.resource = running, pages, resource
        self.kills = 0

    def __call__(self, path: str) -> None:
        found = re.search(r"[?&]page=(\d+)", path)
        if not found or not path_of(path).endswith(f"/{self.resource}"):
            return
        if int(found.group(1)) in self.pages:
            self.pages.discard(int(found.group(1)))
            for worker in processes_named(self.running, "worker", "bookbridge.bridge.settings"):
                worker.kill()
            self.kills += 1


def test_the_first_sync_survives_ten_killed_workers(year: Year) -> None:
    pages = set(random.Random(SEED).sample(range(2, 240), KILLS))
    killer = Killer(year.world.running, pages, "invoices")
    year.world.proxy.pause = killer
    year.world.proxy.requests.clear()
    year.linked = year.world.link(year.shop)
    year.first = year.world.await_sync(year.link, SYNC_SECONDS_MAX)
    year.world.proxy.pause = None
    assert killer.kills == KILLS
    asked = Counter(path for path in year.world.proxy.api_requests("/invoices?") if "page=" in path)
    assert max(asked.values()) <= 2
    assert sum(count - 1 for count in asked.values()) <= KILLS


def test_every_document_and_line_is_in_the_bridge_and_proved(year: Year) -> None:
    assert year.first is not None
    world, linked = year.world, year.link
    certificates = world.certificates(linked, year.first)
    assert {one["outcome"] for one in certificates.values()} == {"COMPLETE"}
    invoices = world.records(linked, "data/invoices")
    credit_notes = world.records(linked, "data/creditNotes")
    # One credit note of the year has a positive total: a sale by another name, and shown as one.
    turned = [one for one in invoices if not one["id"].isdigit()]
    assert (len(turned), len(invoices) - len(turned)) == (1, INVOICES)
    assert len(credit_notes) + len(turned) == CREDIT_NOTES
    assert total(invoices) - total(turned) == INVOICES_TOTAL
    assert total(credit_notes) - total(turned) == CREDIT_NOTES_TOTAL
    # The three bad-debt adjustments have a line each and no document here.
    lines = sum(len(one["lineItems"]) for one in [*invoices, *credit_notes])
    assert lines == LINES - 3
    assert by_month(invoices, "2010-03") == MARCH
    assert by_month(invoices, "2010-11") == NOVEMBER
    compared = world.reconciliation(linked, year.first)
    assert compared is not None
    assert compared["outcome"] == "RECONCILED", compared["certificate"]


def total(records: list[dict[str, Any]]) -> Decimal:
    return sum((Decimal(str(one["totalAmount"])) for one in records), Decimal(0))


def by_month(records: list[dict[str, Any]], month: str) -> tuple[int, Decimal]:
    found = [one for one in records if one["issueDate"].startswith(month) and one["id"].isdigit()]
    return len(found), total(found)


def test_a_second_sync_of_the_unchanged_books_writes_no_record(year: Year) -> None:
    world, linked = year.world, year.link
    before = moved_dates(world, linked)
    datasets = world.refresh(linked)
    written = {
        key: one["certificate"]["records"]["written"]
        for key, one in world.certificates(linked, datasets).items()
    }
    assert set(written.values()) == {0}, written
    assert moved_dates(world, linked) == before


def moved_dates(world: World, linked: Linked) -> dict[str, str]:
    records = world.records(linked, "data/invoices")
    return {one["id"]: one["modifiedDate"] for one in records if one["id"].isdigit()}


def test_a_killed_postgres_loses_nothing(year: Year) -> None:
    world, linked = year.world, year.link
    killed: list[int] = []

    def kill_once(path: str) -> None:
        if not killed and "page=20&" in path + "&" and "/invoices" in path:
            postmaster = min(
                processes_named(world.running, "postgres", "-D"), key=lambda one: one.create_time()
            )
            killed.append(postmaster.pid)
            postmaster.kill()

    world.proxy.pause = kill_once
    reply = world.api.http.post(f"/companies/{linked.company_id}/data/all")
    assert reply.status_code == 204
    datasets = retried(lambda: world.await_sync(linked, SYNC_SECONDS_MAX))
    world.proxy.pause = None
    assert killed
    certificates = world.certificates(linked, datasets)
    assert {one["outcome"] for one in certificates.values()} == {"COMPLETE"}
    assert len(states(world, linked)) == INVOICES


def retried(attempt: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """While Postgres is away the API answers 5xx; a client tries again, at most so often."""
    import time

    for _ in range(60):
        try:
            return attempt()
        except Exception as error:
            if "50" not in str(error) and "refused" not in str(error):
                raise
            time.sleep(1)
    raise AssertionError("the API did not come back")


def test_voided_documents_stay_listed_and_removed_ones_go_when_it_is_proved(year: Year) -> None:
    world, linked, shop = year.world, year.link, year.shop
    before = moved_dates(world, linked)
    ids = sorted(before, key=int)
    voided, removed = set(ids[10:15]), set(ids[50:55])
    for one in voided:
        shop.post(f"invoices/{one}/void", {"date": "2010-12-31", "reason": "A test"})
    # Missing from the list, but there when asked for by id: a list in trouble, not a deletion.
    world.proxy.lie = hidden(removed, by_id=False)
    datasets = world.refresh(linked)
    assert world.certificate(linked, datasets["invoices"])["outcome"] == "INCOMPLETE"
    doubted = states(world, linked)
    assert {one for one in voided if doubted[one]["status"] == "Void"} == voided
    assert not any(one["metadata"]["isDeleted"] for one in doubted.values())
    # Gone by id as well: that is the proof.
    world.proxy.lie = hidden(removed, by_id=True)
    datasets = world.refresh(linked)
    certificate = world.certificate(linked, datasets["invoices"])
    assert certificate["outcome"] == "COMPLETE", certificate["certificate"]["doubts"]
    proved = states(world, linked)
    assert {one for one in ids if proved[one]["metadata"]["isDeleted"]} == removed
    assert {proved[one]["status"] for one in removed} == {"Void"}
    world.proxy.lie = None
    untouched = set(ids) - voided - removed
    assert not {one for one in untouched if proved[one]["modifiedDate"] != before[one]}


def states(world: World, linked: Linked) -> dict[str, dict[str, Any]]:
    records = world.records(linked, "data/invoices")
    return {one["id"]: one for one in records if one["id"].isdigit()}


def hidden(ids: set[str], *, by_id: bool) -> Callable[[str, Answer], Answer]:
    """The lists no longer have these documents; with `by_id` they answer 404 as well."""

    def lie(path: str, answer: Answer) -> Answer:
        plain = path_of(path)
        if plain.endswith("/invoices") and answer.document:
            listed = [one for one in answer.document["data"] if one["id"] not in ids]
            answer.document["data"] = listed
            answer.document["meta"]["total-count"] -= len(ids)
            answer.headers.pop("etag", None)
        elif by_id and "/invoices/" in plain and plain.rpartition("/")[2] in ids:
            answer.status, answer.document = 404, {"errors": ["Not found"]}
        return answer

    return lie
