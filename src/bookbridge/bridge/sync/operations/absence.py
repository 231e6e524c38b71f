"""Closes a scan: does what was read tie, and what do the records that it did not meet mean?

Absence alone proves nothing. A missing record is suspect after the first complete scan that lacks
it; it is deleted when a second one lacks it too, or when its source answers 404 by its id. Where
more go at once than daily work explains, none does until an administrator has said so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import timezone

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.contract import RawRecord
from bookbridge.bridge.records.operations import (
    delete_records,
    raw_counts,
    release_suspects,
    store_raw,
    suspect_records,
)
from bookbridge.bridge.sync.models import Dataset, ResourceScan, ResourceState, ScanPage
from bookbridge.bridge.sync.operations.deletions import hold_deletion, withdraw_deletion
from bookbridge.bridge.sync.operations.tallying import (
    Tally,
    count_missing,
    list_missing,
    suspect_all_missing,
    tally,
)
from bookbridge.bridge.sync.rules import PROBES_MAX, is_mass_deletion
from bookbridge.bridge.sync.session import SourceSession

DELETIONS_LISTED_MAX = 1000
BY_ID = "404 by its id"
State = ResourceScan.State
Checkpoint = Callable[..., None]


@dataclass
class Verdict:
    """What a scan's missing records turned out to be."""

    gone_by_id: list[str] = field(default_factory=list)
    gone_by_scan: list[str] = field(default_factory=list)
    suspects: list[str] = field(default_factory=list)
    found_by_id: list[RawRecord] = field(default_factory=list)
    # So many are gone at once that somebody is asked.
    held: int = 0


def close_scan(
    *, session: SourceSession, row: ResourceScan, checkpoint: Checkpoint
) -> ResourceScan:
    """Judge a scan that reached its end; commit its state and what it proved.

    A scan of changes alone says nothing of what it does not meet.
    """
    verdict = Verdict()
    with client_scope(session.place.client_id):
        found = tally(row)
        missing, live = (0, 0) if row.is_incremental else count_missing(row)
    row.fetched, row.source_total = found.distinct, found.claimed
    row.flaws = _flaws(found, is_whole=not row.is_incremental)
    if missing and not row.flaws:
        if _is_too_many(session, row.resource, missing, live):
            verdict.held = missing
            row.flaws = [
                f"{missing} of {live} records vanished at once; none was taken for deleted: "
                "they are kept until an administrator confirms it"
            ]
        else:
            verdict = _judge(session, row)
            if row.source_total is not None:
                row.flaws = [
                    f"record {record.id} is missing from its list but answers by its id"
                    for record in verdict.found_by_id
                ]
    _commit(session, row, verdict, live, checkpoint)
    return row


def _flaws(found: Tally, *, is_whole: bool) -> list[str]:
    flaws = []
    if is_whole and found.claimed is not None and found.claimed != found.distinct:
        flaws.append(f"the source says {found.claimed} records and gave {found.distinct}")
    if found.read != found.distinct:
        flaws.append(f"{found.read - found.distinct} records came twice in the list")
    if is_whole and found.has_shrunk:
        # What is taken from a page that was read moves a later record into it, unread.
        flaws.append("the list grew shorter while it was read")
    if found.empty_page is not None:
        flaws.append(f"page {found.empty_page + 1} is empty in mid-list")
    return flaws


def _is_too_many(session: SourceSession, resource: str, missing: int, live: int) -> bool:
    """Queues below a parent empty themselves in daily work; whole lists do not."""
    facts = session.connector.resources[resource]
    if facts.optional and facts.parent is not None:
        return False
    return is_mass_deletion(
        missing,
        live,
        above=settings.DELETIONS_HELD_ABOVE,
        percent=settings.DELETIONS_HELD_PERCENT,
    )


def _judge(session: SourceSession, row: ResourceScan) -> Verdict:
    """Second absences are deletions; first ones are asked for by id, as far as the limit goes."""
    with client_scope(session.place.client_id):
        missing = list_missing(row)
    verdict = Verdict()
    probes = 0
    for one in missing:
        if one.suspect_scan is not None and one.suspect_scan < row.number:
            verdict.gone_by_scan.append(one.id)
            continue
        if probes >= PROBES_MAX:
            verdict.suspects.append(one.id)
            continue
        probes += 1
        found = session.connector.fetch_one(
            session.request, row.resource, parent_id=one.parent_id, record_id=one.id
        )
        if found is None:
            verdict.gone_by_id.append(one.id)
        else:
            verdict.found_by_id.append(found)
    return verdict


def _commit(
    session: SourceSession, row: ResourceScan, verdict: Verdict, live: int, checkpoint: Checkpoint
) -> None:
    at = timezone.now()
    row.completed_at = at
    row.state = State.UNPROVEN if row.flaws else State.COMPLETE
    with client_scope(session.place.client_id):
        changed = store_raw(
            place=session.place,
            box=session.box,
            resource=row.resource,
            scan=row.number,
            records=verdict.found_by_id,
            at=at,
        )
        is_whole = row.state == State.COMPLETE and not row.is_incremental
        if is_whole or verdict.gone_by_id or verdict.gone_by_scan:
            changed += _absent(session, row, verdict, at)
        if verdict.held:
            suspect_all_missing(row)
            hold_deletion(session=session, row=row, missing=verdict.held, live=live, at=at)
        elif is_whole:
            withdraw_deletion(session=session, row=row, at=at)
        counts = raw_counts(place=session.place, resource=row.resource)
        row.stored, row.suspect, row.deleted = counts.stored, counts.suspect, counts.deleted
        row.save()
        state = ResourceState.objects.select_for_update().get(
            company_id=row.company_id, connection_id=row.connection_id, resource=row.resource
        )
        if not state.is_supported or changed:
            state.revision += 1
            state.is_supported = True
        if is_whole:
            state.last_complete_scan = row.number
        state.save()
        _keep_only(session, row, state.last_complete_scan)
        checkpoint(status=Dataset.Status.FETCHING)


def _absent(session: SourceSession, row: ResourceScan, verdict: Verdict, at: dt.datetime) -> int:
    """Write what is suspect and what is deleted; returns how many records were deleted."""
    place, resource, scan = session.place, row.resource, row.number
    release_suspects(
        place=place, resource=resource, except_ids=[*verdict.suspects, *verdict.gone_by_scan]
    )
    suspect_records(place=place, resource=resource, scan=scan, ids=verdict.suspects)
    second = f"absent from two complete scans, the second is scan {scan}"
    count = 0
    for ids, evidence in ((verdict.gone_by_id, BY_ID), (verdict.gone_by_scan, second)):
        if ids:
            count += delete_records(
                place=place, resource=resource, scan=scan, ids=ids, evidence=evidence, at=at
            )
            row.deletions = [
                *row.deletions,
                *({"id": one, "evidence": evidence} for one in ids[:DELETIONS_LISTED_MAX]),
            ]
    return count


def _keep_only(session: SourceSession, row: ResourceScan, complete: int) -> None:
    """Pages of older scans have served; those of the last complete one answer 'what changed'."""
    kept = {complete, row.number}
    ScanPage.objects.filter(
        company_id=row.company_id, connection_id=row.connection_id, resource=row.resource
    ).exclude(scan_number__in=kept).delete()
