"""Closes a scan: does what was read tie, and what do the records that it did not meet mean?

Absence alone proves nothing. A missing record is suspect after the first complete scan that lacks
it; it is deleted when a second one lacks it too, or when its source answers 404 by its id.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from django.utils import timezone

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.contract import RawRecord
from bookbridge.bridge.records.operations import (
    Missing,
    delete_records,
    missing_records,
    raw_counts,
    release_suspects,
    store_raw,
    suspect_records,
)
from bookbridge.bridge.sync.models import Dataset, ResourceScan, ResourceState, ScanPage
from bookbridge.bridge.sync.rules import PROBES_MAX, vanished_at_once
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


def close_scan(
    *, session: SourceSession, row: ResourceScan, checkpoint: Checkpoint
) -> ResourceScan:
    """Judge a scan that reached its end; commit its state and what it proved."""
    with client_scope(session.place.client_id):
        pages = list(_pages_of(session, row))
        seen = {one for page in pages for one in page.source_ids}
        missing, live = missing_records(place=session.place, resource=row.resource, seen=seen)
    row.fetched = distinct_count(pages)
    row.source_total = claimed_total(pages)
    flaws = _flaws(pages, row.fetched, row.source_total)
    if missing and _is_vanished(session, row.resource, len(missing), live):
        flaws.append(
            f"{len(missing)} of {live} records vanished at once; none was taken for deleted"
        )
    verdict = Verdict()
    if not flaws:
        verdict = _judge(session, row, missing)
        if verdict.found_by_id and row.source_total is not None:
            flaws.extend(
                f"record {record.id} is missing from its list but answers by its id"
                for record in verdict.found_by_id
            )
    row.flaws = flaws
    _commit(session, row, verdict, checkpoint)
    return row


def claimed_total(pages: Sequence[ScanPage]) -> int | None:
    """What the source says it has: the last word of each parent's list, added up."""
    last: dict[str, int] = {}
    for page in pages:
        if page.source_total is not None:
            last[page.parent_id] = page.source_total
    return sum(last.values()) if last else None


def distinct_count(pages: Sequence[ScanPage]) -> int:
    """How many records the list had, each parent's counted by itself."""
    ids: dict[str, set[str]] = {}
    for page in pages:
        ids.setdefault(page.parent_id, set()).update(page.source_ids)
    return sum(map(len, ids.values()))


def _flaws(pages: Sequence[ScanPage], seen: int, total: int | None) -> list[str]:
    flaws = []
    if total is not None and total != seen:
        flaws.append(f"the source says {total} records and gave {seen}")
    read = sum(len(page.source_ids) for page in pages)
    if read != seen:
        flaws.append(f"{read - seen} records came twice in the list")
    for page, following in pairwise(pages):
        if page.parent_id == following.parent_id and not page.source_ids:
            flaws.append(f"page {page.position + 1} is empty in mid-list")
    return flaws


def _is_vanished(session: SourceSession, resource: str, missing: int, live: int) -> bool:
    """Queues below a parent empty themselves in daily work; whole lists do not."""
    facts = session.connector.resources[resource]
    if facts.optional and facts.parent is not None:
        return False
    return vanished_at_once(missing, live)


def _judge(session: SourceSession, row: ResourceScan, missing: Sequence[Missing]) -> Verdict:
    """Second absences are deletions; first ones are asked for by id, as far as the limit goes."""
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
    session: SourceSession, row: ResourceScan, verdict: Verdict, checkpoint: Checkpoint
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
        if row.state == State.COMPLETE or verdict.gone_by_id or verdict.gone_by_scan:
            changed += _absent(session, row, verdict, at)
        counts = raw_counts(place=session.place, resource=row.resource)
        row.stored, row.suspect, row.deleted = counts.stored, counts.suspect, counts.deleted
        row.save()
        state = ResourceState.objects.select_for_update().get(
            company_id=row.company_id, connection_id=row.connection_id, resource=row.resource
        )
        if not state.is_supported or changed:
            state.revision += 1
            state.is_supported = True
        if row.state == State.COMPLETE:
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


def _pages_of(session: SourceSession, row: ResourceScan) -> Sequence[ScanPage]:
    return list(
        ScanPage.objects.filter(
            company_id=row.company_id,
            connection_id=row.connection_id,
            resource=row.resource,
            scan_number=row.number,
        ).order_by("position")
    )
