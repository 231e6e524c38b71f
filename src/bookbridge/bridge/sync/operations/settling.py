"""How a run ends: in a final state, or back in the queue with a reason and a time.

Every failure of the outside ends in a state of the dataset with a sentence for the right person.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from bookbridge.bridge.clients.rules import SYSTEM
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections.models import ConnectionEvent
from bookbridge.bridge.connections.operations import deauthorise_connection, note, record_failure
from bookbridge.bridge.connectors.errors import (
    MaintenanceError,
    NotSupportedError,
    RateLimitedError,
    ReauthoriseError,
    RetryLaterError,
    SourceError,
    SourceShapeError,
)
from bookbridge.bridge.sync.budget import MAINTENANCE_MARK, Budget, HeldBackError
from bookbridge.bridge.sync.models import Dataset
from bookbridge.bridge.sync.operations.announcing import announce_read
from bookbridge.bridge.sync.operations.holding import go_on_if_back
from bookbridge.bridge.sync.operations.mapping import Mapped
from bookbridge.bridge.sync.operations.run import Run
from bookbridge.bridge.sync.rules import MAINTENANCE_WAITS, RETRIES_MAX, wait_after
from bookbridge.bridge.sync.session import HostDownError

Status = Dataset.Status


def settle(run: Run, error: SourceError) -> None:
    """Turn a failure of the outside into a state, by its remedy."""
    if isinstance(error, RetryLaterError):
        _queue_again(run, error)
    elif isinstance(error, ReauthoriseError):
        with client_scope(run.client_id):
            dataset = Dataset.objects.get(client_id=run.client_id, id=run.dataset_id)
            deauthorise_connection(
                client_id=run.client_id,
                connection_id=dataset.connection_id,
                reason=str(error),
                actor=SYSTEM,
                at=timezone.now(),
            )
        end(run, Status.AUTH_ERROR, _("The owner must link the company again: ") + str(error))
    elif isinstance(error, NotSupportedError):
        end(run, Status.NOT_SUPPORTED, str(error))
    elif isinstance(error, SourceShapeError):
        end(run, _shape_status(run), str(error))
    else:
        end(run, Status.FETCH_ERROR, str(error))


def _shape_status(run: Run) -> str:
    with client_scope(run.client_id):
        dataset = Dataset.objects.get(client_id=run.client_id, id=run.dataset_id)
    return Status.MAP_ERROR if dataset.status == Status.MAPPING else Status.FETCH_ERROR


def _queue_again(run: Run, error: RetryLaterError) -> None:
    """Back to the queue with the reason; maintenance is waited out without alarm."""
    is_maintenance = isinstance(error, MaintenanceError)
    at = timezone.now()
    with client_scope(run.client_id):
        dataset = Dataset.objects.get(client_id=run.client_id, id=run.dataset_id)
        attempt = dataset.attempts + 1
        wait = wait_after(attempt, error.after, is_maintenance=is_maintenance)
        is_held = isinstance(error, HeldBackError)
        if attempt > RETRIES_MAX and not is_maintenance and not is_held:
            is_limited = isinstance(error, RateLimitedError) or error.after is not None
            status = Status.RATE_LIMIT_ERROR if is_limited else Status.FETCH_ERROR
            finish(run, status, str(error), at)
            return
        run.checkpoint(
            status=Status.QUEUED,
            status_description=str(error),
            not_before=at + wait,
            attempts=_counted(dataset.attempts, is_held=is_held, is_maintenance=is_maintenance),
            runs=0,
            run_token=None,
        )
        if not is_held and not is_maintenance:
            record_failure(
                connection=dataset.connection,
                status_code="503",
                status_text="Source unavailable",
                message=str(error),
                at=at,
            )
        key = dataset.connection.integration_key
    if isinstance(error, HostDownError):
        go_on_if_back(dataset)
    is_limited = isinstance(error, RateLimitedError)
    if not is_held and (error.after is not None or is_maintenance or is_limited):
        mark = MAINTENANCE_MARK if is_maintenance else ""
        Budget(run.client_id, key, dataset.connection_id).stop(
            wait, f"{mark}{error}", is_rate_limit=is_limited
        )


def _counted(attempts: int, *, is_held: bool, is_maintenance: bool) -> int:
    """Failures so far: being held back is none, and maintenance never uses up the tries."""
    if is_held:
        return attempts
    if is_maintenance:
        return max(attempts, min(attempts + 1, len(MAINTENANCE_WAITS)))
    return attempts + 1


def end(run: Run, status: str, message: str) -> None:
    with client_scope(run.client_id):
        finish(run, status, message, timezone.now())


def finish(
    run: Run, status: str, message: str, at: dt.datetime, mapped: Mapped | None = None
) -> None:
    """Reach a final state; webhooks tell of it, and of what the mapping came to."""
    run.checkpoint(
        status=status,
        error_message="" if status == Status.NOT_SUPPORTED else message,
        status_description=message,
        completed_at=at,
        not_before=None,
        run_token=None,
    )
    dataset = Dataset.objects.get(client_id=run.client_id, id=run.dataset_id)
    announce_read(dataset, mapped, at)
    if dataset.is_errored:
        note(
            dataset.connection,
            ConnectionEvent.Kind.SYNC_FAILED,
            f"{dataset.data_type}: {message}",
            SYSTEM,
            at,
        )
