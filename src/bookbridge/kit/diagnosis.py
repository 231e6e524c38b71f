"""What a half can say about its own health: findings, and the checks that both halves share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from django.conf import settings
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

POSTGRES_MIN = 150000
CLOCK_SECONDS_MAX = 5.0
HEARTBEAT_SECONDS_MAX = 30.0
OLDEST_JOB_MINUTES_MAX = 15
FAILED_WITHIN_HOURS = 24


class Grade(Enum):
    """How a check came out: all is well, worth knowing, or broken."""

    OK = "ok"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One check: what was found, in a sentence, and what to do where something is to be done."""

    grade: Grade
    what: str
    remedy: str = ""


Check = Callable[[], Iterator[Finding]]


def shared_checks() -> tuple[Check, ...]:
    """The checks that both halves have; each may be asked even when nothing runs."""
    return (_server, _migrations, _clock, _workers, _jobs, _address, _mail)


def _one(statement: str, *params: float | dt.datetime) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        row: tuple[object, ...] = cursor.fetchone()
    return row


def _server() -> Iterator[Finding]:
    version = connection.cursor().connection.info.server_version
    if version < POSTGRES_MIN:
        yield Finding(
            Grade.BAD,
            f"Postgres is of version {version // 10000}.",
            "Use a server of version 15 or newer.",
        )
    else:
        yield Finding(Grade.OK, f"Postgres {version // 10000} answers.")


def _migrations() -> Iterator[Finding]:
    alias = "owner" if "owner" in connections.databases else "default"
    executor = MigrationExecutor(connections["default" if alias == "default" else alias])
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield Finding(
            Grade.BAD,
            f"{len(waiting)} migrations wait, the first is {waiting[0][0]}.",
            "Run the half's 'migrate', or 'bookbridge serve', which does.",
        )
    else:
        yield Finding(Grade.OK, "The schema is up to date.")


def _clock() -> Iterator[Finding]:
    (seconds,) = _one("SELECT EXTRACT(epoch FROM now() - %s)::float8", dt.datetime.now(dt.UTC))
    apart = abs(float(str(seconds)))
    if apart > CLOCK_SECONDS_MAX:
        yield Finding(
            Grade.BAD,
            f"This machine's clock and the database's are {apart:.0f} s apart.",
            "Let both keep time by NTP: tokens and schedules depend on it.",
        )


def _workers() -> Iterator[Finding]:
    (alive,) = _one(
        "SELECT count(*) FROM procrastinate_workers"
        " WHERE last_heartbeat > now() - make_interval(secs => %s)",
        HEARTBEAT_SECONDS_MAX,
    )
    if alive:
        yield Finding(Grade.OK, f"Workers that show signs of life: {alive}.")
    else:
        yield Finding(
            Grade.NOTE,
            "No worker runs: nothing that takes time is done.",
            "Start 'bookbridge serve', or a worker of this half.",
        )


def _jobs() -> Iterator[Finding]:
    waiting, oldest = _one(
        "SELECT count(*), COALESCE(EXTRACT(epoch FROM max(now() - COALESCE(scheduled_at, ("
        " SELECT min(at) FROM procrastinate_events WHERE job_id = job.id)))), 0)::float8"
        " FROM procrastinate_jobs AS job"
        " WHERE status = 'todo' AND COALESCE(scheduled_at, now()) <= now()"
    )
    minutes = float(str(oldest)) / 60
    if minutes > OLDEST_JOB_MINUTES_MAX:
        yield Finding(
            Grade.BAD,
            f"{waiting} jobs wait, one of them for {minutes:.0f} minutes.",
            "Is a worker running? Start more of them if it is always busy.",
        )
    (failed,) = _one(
        "SELECT count(DISTINCT job.id) FROM procrastinate_jobs AS job"
        " JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'failed'"
        " WHERE job.status = 'failed' AND event.at > now() - make_interval(hours => %s)",
        FAILED_WITHIN_HOURS,
    )
    if failed:
        yield Finding(
            Grade.NOTE,
            f"{failed} jobs failed within {FAILED_WITHIN_HOURS} hours.",
            "The worker's log says why; a bug is worth reporting.",
        )


def _address() -> Iterator[Finding]:
    address = str(getattr(settings, "PUBLIC_URL", "") or "")
    is_local = any(word in address for word in ("//127.", "//localhost", "//[::1]"))
    if address.startswith("http://") and not is_local:
        yield Finding(
            Grade.NOTE,
            f"People reach this at {address}, without TLS.",
            "Put a proxy with TLS before it, and set the URL with https.",
        )


def _mail() -> Iterator[Finding]:
    if "smtp" not in str(settings.EMAIL_BACKEND):
        yield Finding(
            Grade.NOTE,
            "No mail server is set: mails land in the outbox folder.",
            "Set BOOKBRIDGE_SMTP_HOST when others are to get them.",
        )
