"""Compares what the bridge holds with the source's own reports, once a refresh has ended.

The reports are read before and after the lists. If they moved meanwhile, the certificate says so
and the source is read again, a bounded number of times.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from bookbridge.bridge.clients.rules import SYSTEM
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections.models import ConnectionEvent
from bookbridge.bridge.connections.operations import note
from bookbridge.bridge.connectors.errors import RetryLaterError, SourceError
from bookbridge.bridge.sync.models import Certificate, Dataset, Refresh
from bookbridge.bridge.sync.operations.announcing import announce_first_read
from bookbridge.bridge.sync.operations.certificates import issue, whose
from bookbridge.bridge.sync.operations.comparing import COUNTED, compare
from bookbridge.bridge.sync.operations.reports import read_reports, reports_of
from bookbridge.bridge.sync.operations.requests import RefreshError, request_refresh
from bookbridge.bridge.sync.rules import REREADS_MAX, RUNS_MAX, Urgency
from bookbridge.bridge.sync.session import SourceSession, source_session
from bookbridge.bridge.sync.type_settings import effective_settings, wanted_since

Outcome = Certificate.Outcome
# A layer above looks for warning signs in what was read.
SIGNS_TASK = "evidence.find_signs"
RETRY_WAIT = dt.timedelta(seconds=30)
RETRIED_FOR_MAX = dt.timedelta(hours=24)


@dataclass
class Findings:
    """What the comparison came to, and the facts that say so."""

    outcome: Outcome
    facts: dict[str, Any] = field(default_factory=dict)


def reconcile_refresh(*, client_id: UUID, refresh_id: UUID) -> dt.datetime | None:
    """Leave the refresh's certificate and end it; harmless when repeated.

    Returns when to try again if the source does not answer now.
    """
    with client_scope(client_id):
        refresh = (
            Refresh.objects.select_related("connection")
            .filter(client_id=client_id, id=refresh_id, completed_at=None)
            .first()
        )
        if refresh is None:
            return None
        refresh.runs += 1
        refresh.save(update_fields=["runs"])
    if not refresh.is_full or not refresh.connection.is_linked or refresh.runs > RUNS_MAX:
        _complete(refresh, Outcome.NOT_COMPARED)
        return None
    try:
        with source_session(
            refresh.connection, timezone.localdate(refresh.requested_at)
        ) as session:
            findings = _findings(session, refresh)
            _certify(session, refresh, findings)
    except RetryLaterError as error:
        return _try_again(refresh, error)
    except SourceError:
        _complete(refresh, Outcome.NOT_COMPARED)
    return None


def _findings(session: SourceSession, refresh: Refresh) -> Findings:
    unfinished = _unfinished(session, refresh)
    if unfinished:
        reason = "not every data type was read: " + ", ".join(unfinished)
        return Findings(Outcome.NOT_COMPARED, {"reason": reason})
    windowed = _windowed(session, refresh)
    if windowed:
        reason = "the settings leave out what was last changed before a time: " + ", ".join(
            windowed
        )
        return Findings(Outcome.NOT_COMPARED, {"reason": reason})
    before = refresh.reports_before or {"unavailable": "they were not read before the lists"}
    as_of = refresh.as_of or session.request.today
    after = read_reports(session, as_of)
    for reports in (before, after):
        if "unavailable" in reports:
            return Findings(Outcome.NOT_COMPARED, {"reason": reports["unavailable"]})
    facts = compare(session.place, reports_of(after))
    if before != after or (facts["differences"] and _was_read_early(session, refresh)):
        # The differences stand in the certificate all the same: they show what moved.
        return Findings(Outcome.MOVED, {"movedDuringScan": True, **facts})
    if facts["differences"]:
        outcome = Outcome.DIFFERENCES
    elif facts["figuresCompared"]:
        outcome = Outcome.RECONCILED
    else:
        outcome = Outcome.NOT_COMPARED
    return Findings(outcome, {"movedDuringScan": False, **facts})


def _unfinished(session: SourceSession, refresh: Refresh) -> list[str]:
    """Types that ended in an error: without them the records need not tie to the reports.

    A type that was being read already when the refresh was asked for counts as it then ended.
    """
    done = (Dataset.Status.COMPLETE.value, Dataset.Status.NOT_SUPPORTED.value)
    with client_scope(refresh.client_id):
        own = Dataset.objects.filter(client_id=refresh.client_id, refresh=refresh)
        wanted = set(session.connector.manifest.data_types) & COUNTED
        ended: dict[str, str] = {one.value: "" for one in wanted}
        shared = _shared(session, refresh, own)
        ended.update(shared.values_list("data_type", "status"))
        ended.update(own.values_list("data_type", "status"))
    return sorted(key for key, status in ended.items() if status not in done)


def _windowed(session: SourceSession, refresh: Refresh) -> list[str]:
    """Counted types of which the settings leave out the older records."""
    with client_scope(refresh.client_id):
        chosen = effective_settings(refresh.client_id, refresh.company_id)
    return sorted(
        one.data_type
        for one in chosen
        if one.data_type in COUNTED and wanted_since(one, session.request.today) is not None
    )


def _was_read_early(session: SourceSession, refresh: Refresh) -> bool:
    """Whether a counted type that was in progress already was begun before the first reports."""
    if refresh.reports_at is None:
        return False
    with client_scope(refresh.client_id):
        rows = _shared(session, refresh, Dataset.objects.filter(refresh=refresh))
        return any(row.started_at is None or row.started_at < refresh.reports_at for row in rows)


def _shared(session: SourceSession, refresh: Refresh, own: QuerySet[Dataset]) -> QuerySet[Dataset]:
    """The datasets of counted types that the refresh found in progress: the newest of each."""
    wanted = set(session.connector.manifest.data_types) & COUNTED
    others = Dataset.objects.filter(
        client_id=refresh.client_id,
        company_id=refresh.company_id,
        connection_id=refresh.connection_id,
        data_type__in=wanted,
    ).exclude(data_type__in=own.values("data_type"))
    return others.order_by("data_type", "-requested_at").distinct("data_type")


def _certify(session: SourceSession, refresh: Refresh, findings: Findings) -> None:
    at = timezone.now()
    facts = {
        "certificate": "reconciliation",
        "outcome": findings.outcome.value,
        **whose(session, refresh.id),
        "issuedAt": at,
        "asOf": refresh.as_of,
        "reread": refresh.reread,
        **findings.facts,
    }
    with client_scope(refresh.client_id):
        issue(
            session=session,
            refresh_id=refresh.id,
            dataset_id=None,
            kind=Certificate.Kind.RECONCILIATION,
            outcome=findings.outcome,
            facts=facts,
            at=at,
        )
    _complete(refresh, findings.outcome)


def _complete(refresh: Refresh, outcome: Outcome) -> None:
    """End the refresh; after one whose books moved, ask for another."""
    at = timezone.now()
    with client_scope(refresh.client_id):
        unended = Refresh.objects.filter(
            client_id=refresh.client_id, id=refresh.id, completed_at=None
        )
        if not unended.update(completed_at=at, outcome=outcome.value):
            return  # Another worker has ended it, and told of it.
        if refresh.is_first:
            announce_first_read(refresh, at)
        note(
            refresh.connection,
            ConnectionEvent.Kind.SYNC_COMPLETED,
            _("The read is done."),
            SYSTEM,
            at,
        )
        if refresh.is_full:
            app.configure_task(SIGNS_TASK).defer(
                client_id=str(refresh.client_id), connection_id=str(refresh.connection_id)
            )
        if outcome == Outcome.MOVED and refresh.reread < REREADS_MAX:
            try:
                request_refresh(
                    client_id=refresh.client_id,
                    company_id=refresh.company_id,
                    connection_id=refresh.connection_id,
                    actor=SYSTEM,
                    at=at,
                    reread=refresh.reread + 1,
                    urgency=Urgency(refresh.urgency),
                )
            except RefreshError:
                # Somebody asked for it meanwhile, or unlinked: nothing more to do.
                return


def _try_again(refresh: Refresh, error: RetryLaterError) -> dt.datetime | None:
    at = timezone.now()
    if at - refresh.requested_at > RETRIED_FOR_MAX:
        _complete(refresh, Outcome.NOT_COMPARED)
        return None
    with client_scope(refresh.client_id):
        Refresh.objects.filter(client_id=refresh.client_id, id=refresh.id).update(runs=0)
    return at + max(error.after or RETRY_WAIT, dt.timedelta(seconds=1))
