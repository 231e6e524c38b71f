import datetime as dt

import pytest

from bookbridge.books.reports.periods import PeriodUnclearError, parse_period

TODAY = dt.date(2026, 11, 22)
APRIL = dt.date(2024, 4, 1)
JANUARY = dt.date(2024, 1, 1)


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("this quarter", "2026-10-01", "2026-12-31"),
        ("Last Quarter", "2026-07-01", "2026-09-30"),
        ("this year", "2026-04-01", "2027-03-31"),
        ("last year", "2025-04-01", "2026-03-31"),
        ("year to date", "2026-04-01", "2026-11-22"),
        ("this month", "2026-11-01", "2026-11-30"),
        ("last month", "2026-10-01", "2026-10-31"),
        ("today", "2026-11-22", "2026-11-22"),
        ("2026", "2025-04-01", "2026-03-31"),
        ("q1", "2026-04-01", "2026-06-30"),
        ("q4 2026", "2026-01-01", "2026-03-31"),
        ("march", "2026-03-01", "2026-03-31"),
        ("dec", "2025-12-01", "2025-12-31"),
        ("feb 2024", "2024-02-01", "2024-02-29"),
        ("1/4-30/6", "2026-04-01", "2026-06-30"),
        ("1/10 - 31/3", "2025-10-01", "2026-03-31"),
        ("1/4/2025 to 31/3/2026", "2025-04-01", "2026-03-31"),
        ("1.4.25–30.6.25", "2025-04-01", "2025-06-30"),
        ("2026-01-01..2026-03-31", "2026-01-01", "2026-03-31"),
        ("2026-01-01 - 2026-03-31", "2026-01-01", "2026-03-31"),
        ("15/3/2026", "2026-03-15", "2026-03-15"),
        ("2026-03-15", "2026-03-15", "2026-03-15"),
    ],
)
def test_words_mean_a_period(words: str, start: str, end: str) -> None:
    period = parse_period(words, today=TODAY, first_year_start=APRIL)
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)


def test_a_year_that_follows_the_calendar_is_the_year_written() -> None:
    period = parse_period("2025", today=TODAY, first_year_start=JANUARY)
    assert (period.start, period.end) == (dt.date(2025, 1, 1), dt.date(2025, 12, 31))


@pytest.mark.parametrize(
    "words", ["", "soon", "31/2", "30/6/2026-1/4/2026", "1/1-2/2-3/3", "2026-13-01", "32/1", "-"]
)
def test_words_that_mean_none_are_refused(words: str) -> None:
    with pytest.raises(PeriodUnclearError):
        parse_period(words, today=TODAY, first_year_start=APRIL)
