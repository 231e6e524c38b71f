"""Sees that a list has been read since a dataset was asked for: shared, resumed or begun anew."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.errors import NotSupportedError, PermanentError
from bookbridge.bridge.records.operations import raw_counts
from bookbridge.bridge.sync.models import Dataset, ResourceScan, ResourceState, ScanPage
from bookbridge.bridge.sync.operations.absence import close_scan
from bookbridge.bridge.sync.operations.reading import Scan, pages_of
from bookbridge.bridge.sync.operations.run import Progress, Run
from bookbridge.bridge.sync.rules import INCREMENTAL_OVERLAP
from bookbridge.bridge.sync.session import SourceSession

State = ResourceScan.State
DONE = (State.COMPLETE, State.UNPROVEN, State.NOT_SUPPORTED)


def scan_resource(
    session: SourceSession, run: Run, resource: str, progress: Progress
) -> ResourceScan:
    """A scan of this list that began after the dataset was asked for: shared, resumed or new."""
    row = run.turn.ended.get(resource) if run.turn else None
    if row is None or row.started_at < run.requested_at:
        row = _scanned(session, run, resource, progress)
        if run.turn is not None:
            run.turn.ended[resource] = row
    progress.add(row.fetched, row.source_total)
    return row


def _scanned(session: SourceSession, run: Run, resource: str, progress: Progress) -> ResourceScan:
    with client_scope(run.client_id):
        state = _state(session, resource)
        row = _scans(session).filter(resource=resource, number=state.last_scan).first()
        is_ours = row is not None and row.started_at >= run.requested_at
        if row is None or not is_ours or row.state == State.ABANDONED:
            row = _begin(session, state, row)
    if row.state in DONE:
        return row
    earlier = {} if row.is_incremental else _earlier(session, run, state)
    scan = Scan(session, run, progress, row, earlier)
    try:
        scan.read()
    except NotSupportedError as error:
        return _not_supported(session, run, row, state, str(error))
    row = close_scan(session=session, row=row, checkpoint=run.checkpoint)
    if row.state == State.UNPROVEN and not _was_repeated(session, run, row):
        # What does not tie may have moved while it was read: once more, from the beginning.
        with client_scope(run.client_id):
            _begin(session, _state(session, resource), row)
        return _scanned(session, run, resource, progress)
    return row


def _begin(
    session: SourceSession, state: ResourceState, before: ResourceScan | None
) -> ResourceScan:
    if before is not None and before.state == State.RUNNING:
        before.state = State.ABANDONED
        before.save(update_fields=["state"])
        pages_of(session, before).delete()
    state.last_scan += 1
    state.save(update_fields=["last_scan"])
    return ResourceScan.objects.create(
        company_id=session.place.company_id,
        connection_id=session.place.connection_id,
        client_id=session.place.client_id,
        resource=state.resource,
        number=state.last_scan,
        state=State.RUNNING,
        started_at=timezone.now(),
        since=_since(session, state),
    )


def _since(session: SourceSession, state: ResourceState) -> dt.datetime | None:
    """From when on changes alone are asked for; None where the whole list is to be read.

    The whole list is read the first time, on a slower beat, and while records are suspect: only
    that proves what was deleted.
    """
    if not session.connector.resources[state.resource].offers_modified_since:
        return None
    complete = _scans(session).filter(resource=state.resource, state=State.COMPLETE)
    whole = complete.filter(number=state.last_complete_scan, since=None).first()
    beat = dt.timedelta(hours=settings.FULL_SCAN_HOURS)
    if whole is None or whole.suspect or whole.started_at < timezone.now() - beat:
        return None
    newest = complete.order_by("-number").first()
    return None if newest is None else newest.started_at - INCREMENTAL_OVERLAP


def _was_repeated(session: SourceSession, run: Run, row: ResourceScan) -> bool:
    """Whether this list has had its second reading of this refresh already."""
    with client_scope(run.client_id):
        return (
            _scans(session)
            .filter(resource=row.resource, number__lt=row.number, state=State.UNPROVEN)
            .filter(started_at__gte=run.requested_at)
            .exists()
        )


def _not_supported(
    session: SourceSession, run: Run, row: ResourceScan, state: ResourceState, reason: str
) -> ResourceScan:
    """The source has no such list; what the connector calls optional is then simply not there."""
    with client_scope(run.client_id):
        held = raw_counts(place=session.place, resource=row.resource).stored
    if held:
        # A list that had records does not end by being refused: that would be an unproved deletion.
        raise PermanentError(
            f"The source no longer offers {row.resource}, of which we hold {held} records: {reason}"
        )
    with client_scope(run.client_id):
        row.state, row.completed_at = State.NOT_SUPPORTED, timezone.now()
        row.flaws = [reason]
        row.save()
        if state.is_supported:
            _states(session).filter(resource=row.resource).update(
                is_supported=False, revision=state.revision + 1
            )
        run.checkpoint(status=Dataset.Status.FETCHING)
    if not session.connector.resources[row.resource].optional:
        raise NotSupportedError(reason)
    return row


def _earlier(
    session: SourceSession, run: Run, state: ResourceState
) -> dict[tuple[str, str], ScanPage]:
    """The pages of the last complete scan, by their place: for asking what changed since."""
    if not state.last_complete_scan:
        return {}
    with client_scope(run.client_id):
        pages = ScanPage.objects.filter(
            company_id=session.place.company_id,
            connection_id=session.place.connection_id,
            resource=state.resource,
            scan_number=state.last_complete_scan,
        ).defer("source_ids")
        return {(page.parent_id, page.cursor): page for page in pages}


def _state(session: SourceSession, resource: str) -> ResourceState:
    state, _made = ResourceState.objects.get_or_create(
        company_id=session.place.company_id,
        connection_id=session.place.connection_id,
        resource=resource,
        defaults={"client_id": session.place.client_id},
    )
    return state


def _states(session: SourceSession) -> QuerySet[ResourceState]:
    return ResourceState.objects.filter(
        company_id=session.place.company_id, connection_id=session.place.connection_id
    )


def _scans(session: SourceSession) -> QuerySet[ResourceScan]:
    return ResourceScan.objects.filter(
        company_id=session.place.company_id, connection_id=session.place.connection_id
    )
