"""Runs a half's jobs, and gives back those whose worker was killed.

procrastinate never requeues a job whose worker died. Each worker looks for such jobs itself rather
than in a periodic job: a job that looks after jobs could be lost with its own worker.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn, TypeVar

from django.db import DatabaseError, close_old_connections, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

logger = logging.getLogger(__name__)
T = TypeVar("T")

HEARTBEAT_SECONDS = 2.0
STALLED_SECONDS = 10.0
LOST_JOBS_EVERY_SECONDS = 4.0
# A job that waited for another's lock is found by looking only: nothing announces that it is free.
FETCH_EVERY_SECONDS = 0.25
LANE_FETCH_EVERY_SECONDS = 1.0
# Threads beside those of the jobs, for what asyncio itself does in threads.
SPARE_THREADS = 2
# What a job may run on after the order to stop, before it is given back to another worker.
FINISH_SECONDS_MAX = 8.0
# A job that kills its worker each time must not do so for ever.
RETRIES_PER_HOUR_MAX = 50
FINISHED_JOBS_KEPT_HOURS = 7 * 24
CLEAN_EVERY_SECONDS = 3600.0
ONE_REAPER = 0x626F6F6B

LOST_JOBS = """
    SELECT job.id, job.task_name, (
        SELECT count(*) FROM procrastinate_events AS event
        WHERE event.job_id = job.id AND event.type = 'deferred_for_retry'
          AND event.at > now() - interval '1 hour'
    )
    FROM procrastinate_jobs AS job
    WHERE job.status = 'doing' AND NOT EXISTS (
        SELECT FROM procrastinate_workers AS worker
        WHERE worker.id = job.worker_id
          AND worker.last_heartbeat > now() - make_interval(secs => %s)
    )
    FOR UPDATE OF job SKIP LOCKED
"""


def give_back_lost_jobs(stalled_seconds: float = STALLED_SECONDS) -> list[int]:
    """Queue again the jobs of workers that no longer show a sign of life; their ids.

    A job given back too often within the hour fails instead.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        # One at a time, so that none acts on a list that another has already worked through.
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_REAPER])
        if not cursor.fetchone()[0]:
            return []
        cursor.execute(LOST_JOBS, [stalled_seconds])
        lost = cursor.fetchall()
        for job_id, task_name, retries in lost:
            if retries < RETRIES_PER_HOUR_MAX:
                give_back(cursor, job_id)
                logger.warning("Job %s (%s) lost its worker: queued again", job_id, task_name)
            else:
                cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [job_id])
                logger.error(
                    "Job %s (%s) failed: tried %s times within the hour",
                    job_id,
                    task_name,
                    retries,
                )
    return [job_id for job_id, _task, retries in lost if retries < RETRIES_PER_HOUR_MAX]


def give_back(cursor: Any, job_id: int) -> None:
    """Queue a running job again, as it was."""
    cursor.execute("SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", [job_id])


class JobRunner:
    """One worker process: it runs jobs until told to stop, then finishes or gives back.

    `lanes` are queues with places of their own, so that the jobs of others never hold them up.
    """

    def __init__(self, concurrency: int, lanes: Mapping[str, int] | None = None) -> None:
        self._concurrency = concurrency
        self._lanes = dict(lanes or {})
        self._running: set[int] = set()
        self._worker_ids: set[int] = set()
        # One thread, so that housekeeping keeps to one database connection.
        self._housekeeper = ThreadPoolExecutor(1, thread_name_prefix="housekeeping")

    def run(self) -> None:
        """Return when told to stop; raises what ended the worker otherwise."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        threads = self._concurrency + sum(self._lanes.values()) + SPARE_THREADS
        loop.set_default_executor(ThreadPoolExecutor(threads, thread_name_prefix="job"))
        connector: Any = app.connector
        # An app of its own: jobs that defer other jobs do it through the app that all code imports,
        # on Django's connection, so in the transaction that their rows are written in.
        queue = app.with_connector(connector.get_worker_connector())
        async with queue.open_async():
            workers = [asyncio.create_task(work) for work in self._all_work(queue)]
            housekeeping = asyncio.create_task(self._keep_house(queue))
            stopping = asyncio.create_task(stop.wait())
            ended, _rest = await asyncio.wait(
                {*workers, stopping}, return_when=asyncio.FIRST_COMPLETED
            )
            housekeeping.cancel()
            if stop.is_set():
                await self._stop(workers)
            else:
                stopping.cancel()
                await asyncio.gather(*ended)
                raise SystemExit("The worker stopped by itself; the lines above say why.")

    def _all_work(self, queue: Any) -> list[Coroutine[Any, Any, None]]:
        if not self._lanes:
            return [self._work(queue, None, self._concurrency, FETCH_EVERY_SECONDS)]
        queue.perform_import_paths()
        others = {task.queue for task in queue.tasks.values()} - self._lanes.keys()
        return [
            self._work(queue, sorted(others), self._concurrency, FETCH_EVERY_SECONDS),
            *(
                self._work(queue, [name], places, LANE_FETCH_EVERY_SECONDS)
                for name, places in self._lanes.items()
            ),
        ]

    async def _work(
        self, queue: Any, names: Collection[str] | None, places: int, fetch_every: float
    ) -> None:
        await queue.run_worker_async(
            queues=names,
            concurrency=places,
            fetch_job_polling_interval=fetch_every,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=STALLED_SECONDS,
            install_signal_handlers=False,
            worker_middleware=[self._note_running],
        )

    async def _note_running(
        self, call_next: Callable[[], Awaitable[Any]], context: Any, worker: Any
    ) -> Any:
        self._worker_ids.add(worker.worker_id)
        self._running.add(context.job.id)
        try:
            return await call_next()
        finally:
            self._running.discard(context.job.id)

    async def _keep_house(self, queue: Any) -> None:
        clean_at = turn_at = time.time()
        while True:
            # Wall time, which goes on while the machine sleeps: after that every sign of life
            # is old, of the living too, who get one turn to give another.
            last_at, turn_at = turn_at, time.time()
            try:
                if turn_at - last_at < STALLED_SECONDS:
                    await self._tend()
                if turn_at >= clean_at:
                    clean_at = turn_at + CLEAN_EVERY_SECONDS
                    await queue.job_manager.delete_old_jobs(
                        FINISHED_JOBS_KEPT_HOURS, include_failed=True, include_aborted=True
                    )
            except (DatabaseError, ConnectorException):
                # The worker itself judges whether the database is gone; this only skips a turn.
                logger.warning("Looking for lost jobs failed", exc_info=True)
            await asyncio.sleep(LOST_JOBS_EVERY_SECONDS)

    async def _tend(self) -> None:
        """Give back others' lost jobs; end at once if others take ours for lost.

        A worker whose heartbeat failed goes on with its jobs, while the rest of the world starts
        them anew.
        """
        is_presumed_dead = await self._on_one_connection(_tend, sorted(self._worker_ids))
        if is_presumed_dead and self._running:
            logger.error("The heartbeat of this worker has stopped: its jobs belong to others now")
            _end(1)

    async def _on_one_connection(self, task: Callable[..., T], *arguments: Any) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._housekeeper, task, *arguments)

    async def _stop(self, workers: list[asyncio.Task[None]]) -> None:
        """Take no new job, let the running ones finish, give back those that take too long.

        Their threads cannot be interrupted: the process ends under them, which rolls back their
        open transaction, as a killed worker's would.
        """
        for worker in workers:
            worker.cancel()
        _done, busy = await asyncio.wait(workers, timeout=FINISH_SECONDS_MAX)
        if not busy:
            return
        await self._on_one_connection(_give_back_all, sorted(self._running))
        _end(0)


def _end(status: int) -> NoReturn:
    """End under the threads of running jobs, which cannot be interrupted."""
    logging.shutdown()
    os._exit(status)


def _tend(worker_ids: list[int]) -> bool:
    """Look after lost jobs; True when this worker itself counts, or is about to, as dead."""
    close_old_connections()
    give_back_lost_jobs()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers "
            "WHERE id = ANY(%s) AND last_heartbeat > now() - make_interval(secs => %s)",
            [worker_ids, STALLED_SECONDS / 2],
        )
        return int(cursor.fetchone()[0]) < len(worker_ids)


def _give_back_all(job_ids: list[int]) -> None:
    close_old_connections()
    for job_id in job_ids:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                give_back(cursor, job_id)
            logger.info("Job %s is given back: it did not finish in time", job_id)
        except DatabaseError:
            # It has just finished, or the server is gone; then the next worker finds it lost.
            logger.info("Job %s could not be given back", job_id)
