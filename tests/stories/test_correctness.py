"""Eleven ways in which a source makes copies go wrong; after each, ours is right or says it is not.

The same cases are run against other tools by `bench`, on the same source.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import pytest
from bench.misbehaving_source import LONG_AMOUNTS, make_source

from tests.conftest import Installation
from tests.stories.ledger_world import (
    Ledger,
    LedgerWorld,
    digest,
    ledger_world,
    rows_at_source,
    rows_served,
)

ROWS, PAGE = 250, 100


@pytest.fixture(scope="module")
def world(running_installation: Installation) -> Iterator[LedgerWorld]:
    source = make_source(rows=ROWS, customers=3, invoices=3, companies=9, is_strict=True)
    with ledger_world(running_installation, source) as found:
        yield found


@pytest.fixture(scope="module")
def shared_ledger(world: LedgerWorld) -> Ledger:
    ledger = world.link()
    outcomes = {key: one["outcome"] for key, one in ledger.certificates().items()}
    assert set(outcomes.values()) == {"COMPLETE"}, outcomes
    return ledger


@pytest.fixture
def ledger(shared_ledger: Ledger) -> Iterator[Ledger]:
    """Books that were read once; every test leaves them as right as it found them."""
    shared_ledger.order("forget")
    yield shared_ledger
    shared_ledger.order("faults", faults=[])
    shared_ledger.order("hold", held=False)


def assert_exact(ledger: Ledger) -> None:
    """Row for row what the source has now."""
    assert digest(rows_served(ledger)) == digest(rows_at_source(ledger))


def assert_complete(certificate: dict[str, object]) -> None:
    assert certificate["outcome"] == "COMPLETE", certificate


def test_01_row_for_row_the_copy_equals_the_source(ledger: Ledger) -> None:
    assert len(ledger.truth()) > 2 * PAGE
    assert_exact(ledger)


def test_02_ten_rows_deleted_at_the_source_are_deleted_here(ledger: Ledger) -> None:
    gone = set(ledger.order("delete", count=10)["ids"])
    certificate = ledger.read()
    assert_complete(certificate)
    assert gone <= ledger.deleted()
    assert_exact(ledger)


def test_03_a_row_edited_without_a_new_timestamp_is_seen(ledger: Ledger) -> None:
    row_id = list(ledger.truth())[PAGE + 7]
    before = ledger.truth()[row_id]["modified-at"]
    ledger.order("edit", id=row_id, attributes={"amount": "77.07"}, touch=False)
    assert ledger.truth()[row_id]["modified-at"] == before
    assert_complete(ledger.read())
    assert ledger.live()[row_id]["journalLines"][0]["netAmount"] == Decimal("77.07")
    assert_exact(ledger)


def test_04_equal_timestamps_across_a_page_boundary_lose_nothing(ledger: Ledger) -> None:
    rows = list(ledger.truth().values())
    newest = max(one["modified-at"] for one in rows)
    made = ledger.order("insert", at=PAGE, count=3, modified_at=newest)["ids"]
    made += ledger.order("insert", at=-1, count=2, modified_at=newest)["ids"]
    same = rows[PAGE]["modified-at"]
    made += ledger.order("insert", at=PAGE - 3, count=6, modified_at=same)["ids"]
    times = [one["modified-at"] for one in ledger.truth().values()]
    assert times[PAGE - 1] == times[PAGE] == same
    assert_complete(ledger.read())
    assert set(made) <= set(ledger.live())
    assert_exact(ledger)


@pytest.mark.parametrize("kind", ["insert", "delete"])
def test_05_a_list_that_shifts_while_it_is_read_is_read_again(ledger: Ledger, kind: str) -> None:
    ledger.fault(kind, page=2, at=0, count=1)
    assert_complete(ledger.read())
    assert_exact(ledger)


def test_05_a_row_that_slips_past_the_very_first_reading_is_read_too(world: LedgerWorld) -> None:
    # Nothing was known before that could be missed: only the shrinking total tells.
    number = world.source.tokens.counts["consents"] % len(world.source.companies) + 1
    fault = {"company": number, "list": "transactions", "kind": "delete", "page": 2, "at": 0}
    with world.source.lock:
        world.source.control("faults", {"faults": [fault]})
    ledger = world.link()
    assert ledger.books.number == number
    assert_complete(ledger.certificates()["journalEntries"])
    assert_exact(ledger)


def test_06_a_500_is_followed_by_recovery(ledger: Ledger) -> None:
    ledger.order("insert", count=1)
    ledger.fault("status", page=2, times=1, status=500)
    assert_complete(ledger.read())
    assert_exact(ledger)
    assert max(Counter(ledger.pages_read()).values()) == 2


def test_07_a_worker_killed_in_mid_run_reads_at_most_one_page_again(ledger: Ledger) -> None:
    running = ledger.world.running
    ledger.order("edit", id=next(iter(ledger.truth())), attributes={"memo": "before"})
    ledger.fault("slow", page=0, times=0, seconds=0.7)
    ledger.start_read()
    ledger.wait(lambda: len(ledger.pages_read()) == 2, "the second page")
    os.kill(running.children()["bridge worker"], signal.SIGKILL)
    asked = len(ledger.pages_read())
    ledger.wait(lambda: len(ledger.pages_read()) > asked, "another worker")
    assert_complete(ledger.certificates()["journalEntries"])
    again = [path for path, count in Counter(ledger.pages_read()).items() if count > 1]
    assert len(again) <= 1
    assert max(Counter(ledger.pages_read()).values()) <= 2
    assert len({one["id"] for one in ledger.records()}) == len(ledger.records())
    assert_exact(ledger)


def test_08_two_workers_renew_a_lapsed_token_for_single_use_once(ledger: Ledger) -> None:
    source, before = ledger.source, Counter(ledger.source.tokens.counts)
    ledger.order("insert", count=1)
    ledger.fault("expire", page=2)
    ledger.order("hold", held=True)
    ledger.start_read()
    ledger.wait(lambda: len(ledger.pages_read()) >= 2, "the token to lapse")
    # Two more processes with the same token: theirs is refused while it is being renewed.
    asked = len(source.requests)
    others = [probing(ledger), probing(ledger)]
    ledger.wait(lambda: len(source.requests) >= asked + 2, "the others to be refused")
    ledger.order("hold", held=False)
    for one in others:
        _, said = one.communicate(timeout=120)
        assert one.returncode == 0, said.decode()
    assert_complete(ledger.certificates()["journalEntries"])
    spent = Counter(source.tokens.counts) - before
    assert (spent["refreshed"], spent["reused"], spent["refused"]) == (1, 0, 0)
    assert_exact(ledger)


def probing(ledger: Ledger) -> subprocess.Popen[bytes]:
    """Another process that reads from the same connection."""
    running = ledger.world.running
    command = [sys.executable, "-m", "bookbridge.cli", "bridge", "--data-dir"]
    return subprocess.Popen(
        [*command, str(running.data_dir), "probe_connection", ledger.connection_id],
        env={**os.environ, **running.environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def test_09_a_429_is_waited_out_as_long_as_the_source_asks(ledger: Ledger) -> None:
    wait = 2
    ledger.order("insert", count=1)
    ledger.fault("status", page=2, status=429, retry_after=wait)
    assert_complete(ledger.read())
    assert_exact(ledger)
    second = [n for n, path in enumerate(ledger.source.requests) if "%5Bnumber%5D=2" in path]
    refused, after = second[0], second[0] + 1
    assert ledger.source.times[after] - ledger.source.times[refused] >= wait


def test_10_an_empty_page_in_mid_list_deletes_nothing(ledger: Ledger) -> None:
    before = ledger.live()
    ledger.fault("empty", page=2, times=1)
    assert_complete(ledger.read())
    assert set(ledger.live()) == set(before)
    ledger.fault("empty", page=2, times=0)
    certificate = ledger.read()
    assert certificate["outcome"] == "INCOMPLETE", certificate
    assert set(ledger.live()) == set(before)
    ledger.order("faults", faults=[])
    assert_complete(ledger.read())
    assert_exact(ledger)


def test_11_decimals_are_exact_and_dates_and_nulls_are_kept(ledger: Ledger) -> None:
    told, served = ledger.truth(), ledger.live()
    amounts = {str(one["amount"]) for one in told.values()}
    assert set(LONG_AMOUNTS) <= amounts
    for row_id, one in told.items():
        found = served[row_id]
        assert found["journalLines"][0]["netAmount"] == Decimal(one["amount"])
        assert found["postedOn"] == f"{one['date']}T00:00:00"
        assert ("createdOn" in found) == (one["value-date"] is not None)
        assert found.get("description", None) == one["memo"]
    assert {one["memo"] for one in told.values()} >= {"", None}
