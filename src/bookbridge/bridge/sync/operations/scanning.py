"""Reads one list of the source from beginning to end, page by page.

Each page is committed with its place in the list, so that a scan that dies goes on after its
last committed page. What a scan met is known from its pages alone: an unchanged record is not
written at all.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection as database
from django.db.models import QuerySet
from django.utils import timezone

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.contract import Page
from bookbridge.bridge.connectors.errors import NotSupportedError, RetryLaterError
from bookbridge.bridge.records.operations import store_raw
from bookbridge.bridge.records.rules import HASH_BYTES
from bookbridge.bridge.sync.models import Dataset, ResourceScan, ResourceState, ScanPage
from bookbridge.bridge.sync.operations.absence import close_scan
from bookbridge.bridge.sync.session import SourceSession

PAGES_MAX = 200_000
State = ResourceScan.State
DONE = (State.COMPLETE, State.UNPROVEN, State.NOT_SUPPORTED)

PARENTS = """
SELECT source_id FROM records_rawrecord
WHERE company_id = %(company)s AND connection_id = %(connection)s AND resource = %(resource)s
  AND deleted_at IS NULL ORDER BY id_length, source_id
"""


class SupersededError(Exception):
    """Another run has taken this dataset over: this one must write nothing more."""

    code = "superseded"


@dataclass(frozen=True)
class Run:
    """One run of one dataset; its token says whether it may still write."""

    dataset_id: UUID
    client_id: UUID
    token: UUID
    requested_at: dt.datetime

    def checkpoint(self, **changes: object) -> None:
        """Note progress; raises SupersededError when another run has taken over."""
        rows = Dataset.objects.filter(
            client_id=self.client_id, id=self.dataset_id, run_token=self.token
        )
        if not rows.update(**changes):
            raise SupersededError


@dataclass
class Progress:
    """Records read for the dataset so far, over all of its lists."""

    fetched: int = 0
    total: int = 0
    is_total_known: bool = False

    def add(self, fetched: int, total: int | None) -> None:
        self.fetched += fetched
        if total is not None:
            self.total += total
            self.is_total_known = True


@dataclass
class Scan:
    """A reading of one list under way."""

    session: SourceSession
    run: Run
    progress: Progress
    row: ResourceScan
    earlier: dict[tuple[str, str], ScanPage] = field(default_factory=dict)

    @property
    def resource(self) -> str:
        return self.row.resource

    def read(self) -> None:
        """Read on from the last committed page to the end of the list."""
        place = self._last_page()
        parents = self._parents(place)
        position = place.position + 1 if place else 0
        cursor: str | None = place.next_cursor if place else None
        for index, parent_id in enumerate(parents):
            if index or place is None:
                cursor = None
            elif cursor is None:
                continue  # this parent was read to its end before
            while True:
                page = self._fetch(parent_id, cursor)
                cursor = self._commit(page, parent_id, cursor, position)
                position += 1
                if position > PAGES_MAX:
                    raise RetryLaterError(f"The list {self.resource} does not end.")
                if cursor is None:
                    break

    def _fetch(self, parent_id: str, cursor: str | None) -> Page:
        known = self.earlier.get((parent_id, cursor or ""))
        return self.session.connector.fetch_page(
            self.session.request,
            self.resource,
            parent_id=parent_id,
            cursor=cursor,
            etag=known.etag if known and known.etag else None,
        )

    def _commit(self, page: Page, parent_id: str, cursor: str | None, position: int) -> str | None:
        """Store a page with its place; returns where to go on."""
        known = self.earlier.get((parent_id, cursor or ""))
        if page.not_modified and known is None:
            raise RetryLaterError("The source says that a page is unchanged that we never had.")
        at = timezone.now()
        with client_scope(self.run.client_id):
            changed = 0
            if page.not_modified and known is not None:
                row = self._unchanged(known, position)
            else:
                row = self._fresh(page, parent_id, cursor, position)
                changed = store_raw(
                    place=self.session.place,
                    box=self.session.box,
                    resource=self.resource,
                    scan=self.row.number,
                    records=page.records,
                    at=at,
                )
            row.save(force_insert=True)
            self._count(row, changed)
            self.run.checkpoint(
                fetched=self.progress.fetched + self.row.fetched,
                total=self._total(row.source_total),
            )
        return row.next_cursor

    def _count(self, row: ScanPage, changed: int) -> None:
        self.row.pages += 1
        self.row.fetched += len(row.source_ids)
        self.row.changed += changed
        self.row.save(update_fields=["pages", "fetched", "changed"])
        if changed:
            state = _states(self.session).get(resource=self.resource)
            # Moved with the page, so that a scan which dies here is not mistaken for no change.
            state.revision += 1
            state.save(update_fields=["revision"])

    def _total(self, of_list: int | None) -> int | None:
        if of_list is None and not self.progress.is_total_known:
            return None
        return self.progress.total + max(of_list or 0, self.row.fetched)

    def _fresh(self, page: Page, parent_id: str, cursor: str | None, position: int) -> ScanPage:
        digest = hashlib.blake2b(digest_size=HASH_BYTES)
        for record in page.records:
            digest.update(record.id.encode() + b"\x00" + record.body + b"\x00")
        return ScanPage(
            **self._page_key(position),
            parent_id=parent_id,
            cursor=cursor or "",
            next_cursor=page.next_cursor,
            etag=page.etag or "",
            source_ids=list(dict.fromkeys(record.id for record in page.records)),
            page_hash=digest.digest(),
            source_total=page.source_total,
        )

    def _unchanged(self, known: ScanPage, position: int) -> ScanPage:
        return ScanPage(
            **self._page_key(position),
            parent_id=known.parent_id,
            cursor=known.cursor,
            next_cursor=known.next_cursor,
            etag=known.etag,
            source_ids=known.source_ids,
            page_hash=known.page_hash,
            source_total=known.source_total,
            was_not_modified=True,
        )

    def _page_key(self, position: int) -> dict[str, object]:
        return {
            "company_id": self.row.company_id,
            "connection_id": self.row.connection_id,
            "client_id": self.row.client_id,
            "resource": self.resource,
            "scan_number": self.row.number,
            "position": position,
        }

    def _last_page(self) -> ScanPage | None:
        with client_scope(self.run.client_id):
            return _pages(self.session, self.row).order_by("-position").first()

    def _parents(self, place: ScanPage | None) -> Iterator[str]:
        """The records under which the list is read, those already finished left out."""
        parent = self.session.connector.resources[self.resource].parent
        if parent is None:
            return iter([""])
        with client_scope(self.run.client_id), database.cursor() as cursor:
            cursor.execute(PARENTS, {**self.session.place.values, "resource": parent})
            ids = [row[0] for row in cursor.fetchall()]
        if place is not None:
            done = (len(place.parent_id), place.parent_id)
            ids = [one for one in ids if (len(one), one) >= done]
            if ids[:1] != [place.parent_id]:
                ids.insert(0, place.parent_id)
        return iter(ids)


def scan_resource(
    session: SourceSession, run: Run, resource: str, progress: Progress
) -> ResourceScan:
    """A scan of this list that began after the dataset was asked for: shared, resumed or new."""
    with client_scope(run.client_id):
        state = _state(session, resource)
        row = _scans(session).filter(resource=resource, number=state.last_scan).first()
        is_ours = row is not None and row.started_at >= run.requested_at
        if row is None or not is_ours or row.state == State.ABANDONED:
            row = _begin(session, state, row)
    if row.state in DONE:
        progress.add(row.fetched, row.source_total)
        return row
    scan = Scan(session, run, progress, row, _earlier(session, run, state))
    try:
        scan.read()
    except NotSupportedError as error:
        return _not_supported(session, run, row, state, str(error))
    row = close_scan(session=session, row=row, checkpoint=run.checkpoint)
    if row.state == State.UNPROVEN and not _was_repeated(session, run, row):
        # What does not tie may have moved while it was read: once more, from the beginning.
        with client_scope(run.client_id):
            _begin(session, _state(session, resource), row)
        return scan_resource(session, run, resource, progress)
    progress.add(row.fetched, row.source_total)
    return row


def _begin(
    session: SourceSession, state: ResourceState, before: ResourceScan | None
) -> ResourceScan:
    if before is not None and before.state == State.RUNNING:
        before.state = State.ABANDONED
        before.save(update_fields=["state"])
        _pages(session, before).delete()
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
    )


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
        )
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


def _pages(session: SourceSession, row: ResourceScan) -> QuerySet[ScanPage]:
    return ScanPage.objects.filter(
        company_id=session.place.company_id,
        connection_id=session.place.connection_id,
        resource=row.resource,
        scan_number=row.number,
    )
