"""The cases that tell a complete copy from one that only looks so; the same for every tool.

Each takes a trial whose source has 1,000 rows on ten pages, and says what went wrong, or nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from typing import Any

RETRY_AFTER_SECONDS = 2
Row = dict[str, Any]


class Trial(ABC):
    """One tool, one source with 1,000 rows, one empty copy."""

    @abstractmethod
    def control(self, order: str, **said: Any) -> None:
        """Tell the source what to do."""

    @abstractmethod
    def read(self) -> bool:
        """One reading to its end; whether the tool said that it went well."""

    @abstractmethod
    def read_and_kill(self, page: int) -> None:
        """Start a reading, and kill -9 it when it has asked for this page."""

    @abstractmethod
    def truth(self) -> dict[str, Row]:
        """The rows that the source has now, by id."""

    @abstractmethod
    def rows(self) -> list[tuple[str, Row]]:
        """The rows that the tool has stored, amounts as exact as it kept them."""

    @abstractmethod
    def requests(self) -> Counter[str]:
        """How often each path was asked for."""

    def wrong(self, *, exact: bool = True) -> str:
        """How the copy differs from the source; blank when it does not."""
        truth, rows = self.truth(), self.rows()
        stored = dict(rows)
        found = []
        if len(rows) != len(stored):
            found.append(f"{len(rows) - len(stored)} rows twice")
        if missing := truth.keys() - stored.keys():
            found.append(f"{len(missing)} missing")
        if extra := stored.keys() - truth.keys():
            found.append(f"{len(extra)} too many")
        changed = sum(
            not same(truth[key], stored[key], exact) for key in truth.keys() & stored.keys()
        )
        if changed:
            found.append(f"{changed} differ")
        return ", ".join(found)


def same(truth: Row, stored: Row, exact: bool) -> bool:
    if exact:
        return truth == stored
    # Cases that are not about digits forgive what a float cannot hold.
    return {**truth, "amount": None} == {**stored, "amount": None} and (
        float(truth["amount"]) == float(stored["amount"])
    )


def row_for_row(trial: Trial) -> str:
    trial.read()
    return trial.wrong(exact=False)


def ten_deleted(trial: Trial) -> str:
    trial.read()
    trial.control("delete", list="transactions", count=10)
    trial.read()
    return trial.wrong(exact=False)


def edited_without_a_new_time(trial: Trial) -> str:
    trial.read()
    row_id = sorted(trial.truth())[500]
    trial.control(
        "edit", list="transactions", id=row_id, attributes={"memo": "edited"}, touch=False
    )
    trial.read()
    return trial.wrong(exact=False)


def equal_times_across_pages(trial: Trial) -> str:
    # The source's rows share times in sevens, so that every page ends inside a group.
    trial.read()
    trial.control("insert", list="transactions", count=5, at=-1, modified_at="2025-01-01T09:00:00Z")
    trial.read()
    return trial.wrong(exact=False)


def row_lost_by_shifting_pages(trial: Trial) -> str:
    """A row vanishes from an earlier page while a later one is asked for: one row slips past."""
    trial.control("faults", faults=[{"list": "transactions", "kind": "delete", "page": 5, "at": 0}])
    well = trial.read()
    wrong = trial.wrong(exact=False)
    return f"{wrong}, and said nothing" if wrong and well else ""


def error_500(trial: Trial) -> str:
    trial.control(
        "faults", faults=[{"list": "transactions", "kind": "status", "page": 5, "status": 500}]
    )
    well = trial.read()
    wrong = trial.wrong(exact=False)
    return wrong if well else f"stopped; {wrong}" if wrong else ""


def killed(trial: Trial) -> str:
    trial.control(
        "faults",
        faults=[{"list": "transactions", "kind": "slow", "page": 6, "seconds": 3, "times": 1}],
    )
    trial.read_and_kill(6)
    trial.read()
    again = sum(count - 1 for count in trial.requests().values() if count > 1)
    return trial.wrong(exact=False) or (f"{again} pages fetched again" if again > 1 else "")


def too_many_requests(trial: Trial) -> str:
    trial.control(
        "faults",
        faults=[
            {
                "list": "transactions",
                "kind": "status",
                "page": 5,
                "status": 429,
                "retry_after": RETRY_AFTER_SECONDS,
            }
        ],
    )
    well = trial.read()
    wrong = trial.wrong(exact=False)
    return wrong if well else f"stopped; {wrong}"


def empty_page_in_the_middle(trial: Trial) -> str:
    trial.read()
    trial.control("faults", faults=[{"list": "transactions", "kind": "empty", "page": 5}])
    trial.read()
    return trial.wrong(exact=False)


def exact_digits(trial: Trial) -> str:
    trial.read()
    return trial.wrong()


CASES: tuple[tuple[str, Callable[[Trial], str]], ...] = (
    ("every row as at the source", row_for_row),
    ("10 rows deleted at the source", ten_deleted),
    ("edited without a new time", edited_without_a_new_time),
    ("equal times across a page's end", equal_times_across_pages),
    ("a row slips past shifting pages", row_lost_by_shifting_pages),
    ("500, then well again", error_500),
    ("kill -9 in mid-run", killed),
    ("429 with Retry-After", too_many_requests),
    ("an empty page in mid-list", empty_page_in_the_middle),
    ("decimals, dates and nulls exact", exact_digits),
)
