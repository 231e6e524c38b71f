"""Works the queue off as one worker would: the same job is fetched, run and finished."""

from __future__ import annotations

import json

from django.db import connection as database

from bookbridge.bridge.sync.tasks import run_connection_job, wake_connection_job

TURNS_MAX = 2000
FETCH = "SELECT id, task_name, args FROM procrastinate_fetch_job_v2(ARRAY['sync'], NULL)"
FINISH = "SELECT procrastinate_finish_job_v1(%s, 'succeeded', false)"
TASKS = {"sync.run_connection": run_connection_job, "sync.wake_connection": wake_connection_job}


def next_turn() -> str | None:
    """Run the sync that a worker would run next; returns the connection that it served."""
    while (job := _fetch()) is not None:
        job_id, name, arguments = job
        if name in TASKS:
            TASKS[name](**arguments)
        with database.cursor() as cursor:
            cursor.execute(FINISH, [job_id])
        if name in TASKS:
            return str(arguments["connection_id"])
    return None


def _fetch() -> tuple[int, str, dict[str, str]] | None:
    with database.cursor() as cursor:
        cursor.execute(FETCH)
        job_id, name, arguments = cursor.fetchone()
    if job_id is None:
        return None
    return job_id, name, arguments if isinstance(arguments, dict) else json.loads(arguments)


def all_turns() -> list[str]:
    """Run jobs until none is left that can run now; returns whom each served."""
    served = []
    while (one := next_turn()) is not None:
        served.append(one)
        assert len(served) < TURNS_MAX, "the queue does not end"
    return served
