"""When a source is likely to be down, on UK clocks, over both changes of the clocks."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from bookbridge.bridge.connectors.contract import WeeklyWindow
from bookbridge.bridge.integrations.health import waiting_sentence
from bookbridge.bridge.integrations.windows import (
    ANNOUNCED,
    KNOWN,
    LearnedHours,
    LikelyWindow,
    Outage,
    learn,
    likely_windows,
    next_clear,
    occurrences,
)

UK = ZoneInfo("Europe/London")
HOUR = dt.timedelta(hours=1)
WEEK = dt.timedelta(weeks=1)
TUESDAY = WeeklyWindow(1, 6, 12)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def test_a_window_keeps_its_hour_on_the_wall_when_the_clocks_change() -> None:
    found = occurrences(TUESDAY, utc("2026-03-20T00:00"), utc("2026-04-01T00:00"), KNOWN)

    assert [one.starts_at for one in found] == [utc("2026-03-24T06:00"), utc("2026-03-31T05:00")]
    assert [one.ends_at - one.starts_at for one in found] == [6 * HOUR, 6 * HOUR]


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29T00:00", 0), ("2026-10-25T00:00", 2), ("2026-06-07T00:00", 1)]
)
def test_the_hour_that_is_missing_or_doubled_is_so(day: str, hours: int) -> None:
    """On the last Sunday of March there is no one o'clock; in October there are two."""
    weekly = WeeklyWindow(6, 1, 2)

    found = occurrences(weekly, utc(day), utc(day) + 24 * HOUR, KNOWN)

    assert sum((one.ends_at - one.starts_at for one in found), dt.timedelta()) == hours * HOUR


def test_a_window_may_end_at_midnight() -> None:
    found = occurrences(
        WeeklyWindow(0, 22, 24), utc("2026-01-05T12:00"), utc("2026-01-06T12:00"), KNOWN
    )

    assert [one.ends_at for one in found] == [utc("2026-01-06T00:00")]


def outages(*starts: str, minutes: int = 40) -> list[Outage]:
    return [Outage(utc(one), utc(one) + dt.timedelta(minutes=minutes)) for one in starts]


def test_the_same_hour_on_three_days_is_learned_as_the_wall_clock_shows_it() -> None:
    """09:10 GMT in March and 08:10 UTC in April are both ten past nine in London."""
    found = learn(
        outages("2026-03-17T09:10", "2026-03-24T09:10", "2026-04-07T08:10"), utc("2026-04-10T00:00")
    )

    assert found == [LearnedHours(WeeklyWindow(1, 9, 10, "Europe/London"), 3)]


@pytest.mark.parametrize(
    "evidence",
    [
        outages("2026-03-17T09:10", "2026-03-24T09:10"),
        outages("2026-03-17T09:10", "2026-03-17T09:30", "2026-03-17T09:50", minutes=5),
        outages("2026-03-17T09:10", "2026-03-25T09:10", "2026-04-02T09:10"),
        outages("2025-03-18T09:10", "2025-03-25T09:10", "2025-04-01T09:10"),
        [Outage(one.starts_at, one.starts_at + dt.timedelta(seconds=20))
         for one in outages("2026-03-10T09:10", "2026-03-17T09:10", "2026-03-24T09:10")],
        outages("2026-03-10T09:10", "2026-03-17T09:10", "2026-03-24T09:10", minutes=3000),
    ],
    ids=["twice", "one day", "other weekdays", "long ago", "hiccups", "for days"],
)  # fmt: skip
def test_little_evidence_is_no_window(evidence: list[Outage]) -> None:
    assert learn(evidence, utc("2026-04-10T00:00")) == []


def test_neighbouring_hours_become_one_window_with_the_evidence_of_the_weakest() -> None:
    starts = ["2026-03-03T09:10", "2026-03-10T09:10", "2026-03-17T09:10", "2026-03-24T10:10"]
    found = learn(outages(*starts, minutes=90), utc("2026-03-28T00:00"))

    assert found == [LearnedHours(WeeklyWindow(1, 9, 11, "Europe/London"), 3)]


def test_a_source_that_is_always_down_is_still_read_sometimes() -> None:
    hours = [
        Outage(utc("2026-03-02T00:00") + HOUR * n, utc("2026-03-02T00:30") + HOUR * n)
        for n in range(24 * 28)
    ]
    found = learn(hours, utc("2026-03-30T00:00"))

    assert sum(one.weekly.to_hour - one.weekly.from_hour for one in found) == 24


def test_schedules_wait_for_the_end_of_windows_that_follow_each_other() -> None:
    announced = [LikelyWindow(utc("2026-03-17T11:30"), utc("2026-03-17T13:00"), ANNOUNCED)]
    at = utc("2026-03-17T07:00")
    windows = likely_windows(announced=announced, known=[TUESDAY], learned=[], at=at)

    assert next_clear(windows, at) == utc("2026-03-17T13:00")
    assert next_clear(windows, utc("2026-03-17T05:59")) == utc("2026-03-17T05:59")
    assert [one.starts_at.day for one in windows] == [17, 17, 24]


@pytest.mark.parametrize(
    ("expected", "sentence"),
    [
        ("2026-06-02T08:28", "until about 09:30 UK time; this resumes by itself."),
        ("2026-06-03T08:30", "until about Wed 3 Jun 09:30 UK time; this resumes by itself."),
        ("2026-06-02T07:00", "is still in maintenance; this resumes by itself."),
        (None, "Pandle is in maintenance; this resumes by itself."),
    ],
)
def test_the_sentence_tells_the_time_in_the_united_kingdom(
    expected: str | None, sentence: str
) -> None:
    said = waiting_sentence("Pandle", utc(expected) if expected else None, utc("2026-06-02T07:30"))

    assert said.startswith("Pandle is ") and said.endswith(sentence)
