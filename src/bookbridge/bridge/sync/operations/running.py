"""Runs one dataset from the queue to its end, or back to the queue with a reason and a time.

Calls to the source are made between transactions. A bug rises, after the dataset says so.
"""

from __future__ import annotations

import logging
import uuid
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.connections.operations import resolve_failures
from bookbridge.bridge.connectors.errors import SourceError
from bookbridge.bridge.datatypes import DatasetStatus, DataType
from bookbridge.bridge.datatypes.status import IN_PROGRESS
from bookbridge.bridge.records.digests import digest_of
from bookbridge.bridge.sync.models import Dataset, Refresh
from bookbridge.bridge.sync.operations.certificates import certify_dataset
from bookbridge.bridge.sync.operations.mapping import keep_content, map_data_type
from bookbridge.bridge.sync.operations.reports import read_reports_before
from bookbridge.bridge.sync.operations.run import Progress, Run, SupersededError
from bookbridge.bridge.sync.operations.scanning import scan_resource
from bookbridge.bridge.sync.operations.settling import end, finish, settle
from bookbridge.bridge.sync.operations.turns import Turn, TurnOverError
from bookbridge.bridge.sync.operations.watching import Watch
from bookbridge.bridge.sync.rules import RUNS_MAX
from bookbridge.bridge.sync.session import for_months, source_session
from bookbridge.bridge.sync.type_settings import setting_of, wanted_since
from bookbridge.kit.logs import DATASET_ID, about

logger = logging.getLogger(__name__)
Status = Dataset.Status


def run_dataset(*, client_id: UUID, dataset_id: UUID, turn: Turn | None = None) -> None:
    """Fetch, map, merge and certify one dataset; repeats and resumptions are harmless.

    Raises TurnOverError where it stops after a page, to be gone on with in the next turn.
    """
    run, dataset = _claim(client_id, dataset_id, turn)
    if run is None or dataset is None:
        return
    try:
        with about(DATASET_ID, dataset_id):
            _run_to_an_end(run, dataset)
    except SupersededError:
        # Taken over by another worker, or deleted with its connection meanwhile.
        logger.info("Dataset %s is no longer ours to run", dataset_id)


def _run_to_an_end(run: Run, dataset: Dataset) -> None:
    try:
        _run(run, dataset)
    except SourceError as error:
        settle(run, error)
    except TurnOverError:
        with client_scope(run.client_id):
            run.checkpoint(runs=0, run_token=None)
        raise
    except (OperationalError, InterfaceError, SupersededError):
        # The database went away: the job is tried again and goes on where this run was.
        raise
    except Exception:
        end(
            run,
            Status.INTERNAL_ERROR,
            _("Something went wrong in the bridge itself; it was logged."),
        )
        raise


def _claim(
    client_id: UUID, dataset_id: UUID, turn: Turn | None
) -> tuple[Run | None, Dataset | None]:
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
        if turn is None or not dataset.fetched:
            dataset.status_description = ""
        dataset.save()
        # A list is shared within a refresh: it must have been read since that was asked for.
        run = Run(dataset.id, client_id, dataset.run_token, dataset.requested_at, turn)
        if dataset.runs > RUNS_MAX:
            reason = _("Reading it ended its worker %(count)d times in a row; it was given up.")
            end(run, Status.INTERNAL_ERROR, reason % {"count": RUNS_MAX})
            return None, None
        return run, dataset


def _run(run: Run, dataset: Dataset) -> None:
    data_type = DataType(dataset.data_type)
    with client_scope(run.client_id):
        refresh = Refresh.objects.get(client_id=run.client_id, id=dataset.refresh_id)
        connection = Connection.objects.get(client_id=run.client_id, id=dataset.connection_id)
        setting = setting_of(run.client_id, dataset.company_id, data_type)
    if connection.status == Connection.Status.UNLINKED:
        end(run, Status.CANCELLED, _("The connection was unlinked before this was read."))
        return
    with source_session(connection, timezone.localdate(refresh.requested_at)) as opened:
        session = for_months(opened, setting.months_to_sync)
        read_reports_before(session=session)
        progress, scans = Progress(), {}
        for resource in session.connector.resources_for(data_type):
            scans[resource] = scan_resource(session, run, resource, progress)
        with client_scope(run.client_id):
            total = progress.total if progress.is_total_known else None
            run.checkpoint(
                status=Status.MAPPING,
                status_description=progress.at_mapping(data_type),
                fetched=progress.fetched,
                total=total,
            )
        watch = Watch(run, data_type, wanted_since(setting, session.request.today))
        mapped = map_data_type(
            session=session, data_type=data_type, scans=scans, at=timezone.now(), watch=watch
        )
        with client_scope(run.client_id):
            run.checkpoint(status=Status.VALIDATING)
        content = mapped.content or digest_of(session.place, data_type)
        at = timezone.now()
        with client_scope(run.client_id):
            run.checkpoint(status=Status.PROCESSING)
            if mapped.content is None:
                keep_content(session.place, data_type, content)
            certify_dataset(
                session=session,
                dataset=dataset,
                scans=scans,
                mapped=mapped,
                content=content,
                at=at,
                known=run.turn.facts if run.turn else None,
            )
            connection.last_sync_at = at
            connection.save(update_fields=["last_sync_at"])
            if not _others_still_fail(dataset):
                resolve_failures(connection=connection, at=at)
            finish(run, Status.COMPLETE, "", at, mapped)


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
