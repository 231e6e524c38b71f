"""Runs one dataset from the queue to its end, or back to the queue with a reason and a time.

Calls to the source are made between transactions. Every failure of the outside ends in a state of
the dataset with a sentence for the right person; a bug rises, after the dataset says so.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from bookbridge.bridge.clients.rules import SYSTEM
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections.models import Connection, ConnectionEvent
from bookbridge.bridge.connections.operations import (
    deauthorise_connection,
    note,
    record_failure,
    resolve_failures,
)
from bookbridge.bridge.connectors.errors import (
    MaintenanceError,
    NotSupportedError,
    ReauthoriseError,
    RetryLaterError,
    SourceError,
    SourceShapeError,
)
from bookbridge.bridge.datatypes import DatasetStatus, DataType
from bookbridge.bridge.datatypes.status import IN_PROGRESS
from bookbridge.bridge.records.digests import digest_of
from bookbridge.bridge.sync.budget import MAINTENANCE_MARK, Budget, HeldBackError
from bookbridge.bridge.sync.models import Dataset, Refresh
from bookbridge.bridge.sync.operations.certificates import certify_dataset
from bookbridge.bridge.sync.operations.mapping import map_data_type
from bookbridge.bridge.sync.operations.reports import read_reports_before
from bookbridge.bridge.sync.operations.run import Progress, Run, SupersededError
from bookbridge.bridge.sync.operations.scanning import scan_resource
from bookbridge.bridge.sync.rules import MAINTENANCE_WAITS, RETRIES_MAX, RUNS_MAX, wait_after
from bookbridge.bridge.sync.session import source_session

logger = logging.getLogger(__name__)
Status = Dataset.Status


def run_dataset(*, client_id: UUID, dataset_id: UUID) -> None:
    """Fetch, map, merge and certify one dataset; repeats and resumptions are harmless."""
    run, dataset = _claim(client_id, dataset_id)
    if run is None or dataset is None:
        return
    try:
        _run_to_an_end(run, dataset)
    except SupersededError:
        # Taken over by another worker, or deleted with its connection meanwhile.
        logger.info("Dataset %s is no longer ours to run", dataset_id)


def _run_to_an_end(run: Run, dataset: Dataset) -> None:
    try:
        _run(run, dataset)
    except SourceError as error:
        _settle(run, error)
    except (OperationalError, InterfaceError, SupersededError):
        # The database went away: the job is tried again and goes on where this run was.
        raise
    except Exception:
        _end(
            run,
            Status.INTERNAL_ERROR,
            _("Something went wrong in the bridge itself; it was logged."),
        )
        raise


def _claim(client_id: UUID, dataset_id: UUID) -> tuple[Run | None, Dataset | None]:
    """Take the dataset over: an earlier run that is still alive can write no more."""
    with client_scope(client_id):
        dataset = (
            Dataset.objects.select_for_update().filter(client_id=client_id, id=dataset_id).first()
        )
        if dataset is None or DatasetStatus(dataset.status) not in IN_PROGRESS:
            return None, None
        dataset.run_token = uuid.uuid4()
        dataset.runs += 1
        dataset.status = Status.FETCHING
        dataset.started_at = dataset.started_at or timezone.now()
        dataset.not_before = None
        dataset.status_description = ""
        dataset.save()
        # A list is shared within a refresh: it must have been read since that was asked for.
        run = Run(dataset.id, client_id, dataset.run_token, dataset.requested_at)
        if dataset.runs > RUNS_MAX:
            _end(run, Status.INTERNAL_ERROR, _("Reading it ended its worker again and again."))
            return None, None
        return run, dataset


def _run(run: Run, dataset: Dataset) -> None:
    data_type = DataType(dataset.data_type)
    with client_scope(run.client_id):
        refresh = Refresh.objects.get(client_id=run.client_id, id=dataset.refresh_id)
        connection = Connection.objects.get(client_id=run.client_id, id=dataset.connection_id)
    if connection.status == Connection.Status.UNLINKED:
        _end(run, Status.CANCELLED, _("The connection was unlinked before this was read."))
        return
    with source_session(connection, timezone.localdate(refresh.requested_at)) as session:
        read_reports_before(session=session, refresh=refresh)
        progress, scans = Progress(), {}
        for resource in session.connector.resources_for(data_type):
            scans[resource] = scan_resource(session, run, resource, progress)
        with client_scope(run.client_id):
            total = progress.total if progress.is_total_known else None
            run.checkpoint(status=Status.MAPPING, fetched=progress.fetched, total=total)
        mapped = map_data_type(session=session, data_type=data_type, scans=scans, at=timezone.now())
        with client_scope(run.client_id):
            run.checkpoint(status=Status.VALIDATING)
        content = digest_of(session.place, data_type)
        at = timezone.now()
        with client_scope(run.client_id):
            run.checkpoint(status=Status.PROCESSING)
            certify_dataset(
                session=session,
                dataset=dataset,
                scans=scans,
                mapped=mapped,
                content=content,
                at=at,
            )
            connection.last_sync_at = at
            connection.save(update_fields=["last_sync_at"])
            if not _others_still_fail(dataset):
                resolve_failures(connection=connection, at=at)
            _finish(run, Status.COMPLETE, "", at)


def _others_still_fail(dataset: Dataset) -> bool:
    """Whether another data type of the connection waits after a failure of its own."""
    return (
        Dataset.objects.filter(
            client_id=dataset.client_id,
            company_id=dataset.company_id,
            connection_id=dataset.connection_id,
            status__in=[status.value for status in IN_PROGRESS],
            attempts__gt=0,
        )
        .exclude(id=dataset.id)
        .exists()
    )


def _settle(run: Run, error: SourceError) -> None:
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
        _end(run, Status.AUTH_ERROR, _("The owner must link the company again: ") + str(error))
    elif isinstance(error, NotSupportedError):
        _end(run, Status.NOT_SUPPORTED, str(error))
    elif isinstance(error, SourceShapeError):
        _end(run, _shape_status(run), str(error))
    else:
        _end(run, Status.FETCH_ERROR, str(error))


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
            limited = error.after is not None
            _finish(run, Status.RATE_LIMIT_ERROR if limited else Status.FETCH_ERROR, str(error), at)
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
    if not is_held and (error.after is not None or is_maintenance):
        mark = MAINTENANCE_MARK if is_maintenance else ""
        Budget(run.client_id, key, dataset.connection_id).stop(wait, f"{mark}{error}")


def _counted(attempts: int, *, is_held: bool, is_maintenance: bool) -> int:
    """Failures so far: being held back is none, and maintenance never uses up the tries."""
    if is_held:
        return attempts
    if is_maintenance:
        return max(attempts, min(attempts + 1, len(MAINTENANCE_WAITS)))
    return attempts + 1


def _end(run: Run, status: str, message: str) -> None:
    with client_scope(run.client_id):
        _finish(run, status, message, timezone.now())


def _finish(run: Run, status: str, message: str, at: dt.datetime) -> None:
    """Reach a final state."""
    run.checkpoint(
        status=status,
        error_message="" if status == Status.NOT_SUPPORTED else message,
        status_description=message,
        completed_at=at,
        not_before=None,
        run_token=None,
    )
    dataset = Dataset.objects.get(client_id=run.client_id, id=run.dataset_id)
    if dataset.is_errored:
        note(
            dataset.connection,
            ConnectionEvent.Kind.SYNC_FAILED,
            f"{dataset.data_type}: {message}",
            SYSTEM,
            at,
        )
