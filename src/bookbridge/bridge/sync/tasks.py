"""Jobs of the sync: each loads nothing and makes one call."""

from __future__ import annotations

from uuid import UUID

from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from bookbridge.bridge.clients.rules import SYSTEM
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.sync.operations.holding import hold_source, resume_source
from bookbridge.bridge.sync.operations.queueing import defer_run, end_patience
from bookbridge.bridge.sync.operations.requests import NoLinkedConnectionError, request_refresh
from bookbridge.bridge.sync.operations.schedules import queue_due_datasets
from bookbridge.bridge.sync.operations.stranded import queue_stranded_work
from bookbridge.bridge.sync.operations.working import run_connection

# A database that went away comes back: these jobs then go on where they were.
AFTER_AN_OUTAGE = RetryStrategy(
    max_attempts=200, wait=3, retry_exceptions={OperationalError, InterfaceError}
)


@app.task(name="sync.run_connection", queue="sync", retry=AFTER_AN_OUTAGE)
def run_connection_job(client_id: str, connection_id: str) -> None:
    close_old_connections()
    run_connection(client_id=UUID(client_id), connection_id=UUID(connection_id))


@app.task(name="sync.wake_connection", queue="sync", retry=AFTER_AN_OUTAGE)
def wake_connection_job(client_id: str, connection_id: str) -> None:
    close_old_connections()
    defer_run(UUID(client_id), UUID(connection_id))


@app.task(name="sync.refresh_after_link", queue="sync", retry=AFTER_AN_OUTAGE)
def refresh_after_link_job(
    client_id: str, company_id: str, connection_id: str, is_first: bool
) -> None:
    close_old_connections()
    with client_scope(UUID(client_id)):
        try:
            request_refresh(
                client_id=UUID(client_id),
                company_id=UUID(company_id),
                connection_id=UUID(connection_id),
                actor=SYSTEM,
                at=timezone.now(),
                is_first=is_first,
            )
        except NoLinkedConnectionError:
            # It was unlinked again before this job ran: there is nothing to read.
            return


@app.periodic(cron="*/5 * * * *")
@app.task(name="sync.queue_due_datasets", queue="sync", queueing_lock="sync.queue_due_datasets")
def queue_due_datasets_job(timestamp: int) -> None:
    close_old_connections()
    queue_due_datasets(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="sync.queue_stranded", queue="sync", queueing_lock="sync.queue_stranded")
def queue_stranded_job(timestamp: int) -> None:
    close_old_connections()
    queue_stranded_work()
    end_patience(at=timezone.now())


@app.task(name="sync.hold_source", queue="watch", retry=AFTER_AN_OUTAGE)
def hold_source_job(integration_key: str, host: str) -> None:
    close_old_connections()
    hold_source(integration_key=integration_key, host=host, at=timezone.now())


@app.task(name="sync.resume_source", queue="watch", retry=AFTER_AN_OUTAGE)
def resume_source_job(integration_key: str, host: str) -> None:
    close_old_connections()
    resume_source(integration_key=integration_key, host=host, at=timezone.now())
