"""Reads one list of the source from beginning to end, page by page.

Each page is committed with its place in the list, so that a scan that dies goes on after its
last committed page. What a scan met is known from its pages alone: an unchanged record is not
written at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection as database
from django.db.models import F, QuerySet
from django.utils import timezone

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.contract import Page
from bookbridge.bridge.connectors.errors import RetryLaterError
from bookbridge.bridge.records.operations import store_raw
from bookbridge.bridge.records.rules import HASH_BYTES
from bookbridge.bridge.sync.models import ResourceScan, ResourceState, ScanPage
from bookbridge.bridge.sync.operations.run import Progress, Run
from bookbridge.bridge.sync.session import SourceSession

PAGES_MAX = 200_000

PARENTS = """
SELECT source_id FROM records_rawrecord
WHERE company_id = %(company)s AND connection_id = %(connection)s AND resource = %(resource)s
  AND deleted_at IS NULL ORDER BY id_length, source_id
"""


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
                if self.run.turn is not None:
                    self.run.turn.page_done()
                if position > PAGES_MAX:
                    raise RetryLaterError(f"The list {self.resource} does not end.")
                if cursor is None:
                    break

    def _fetch(self, parent_id: str, cursor: str | None) -> Page:
        known = self.earlier.get((parent_id, cursor or ""))
        request = self.session.request
        if self.row.is_incremental:
            request = replace(request, modified_since=self.row.since)
        return self.session.connector.fetch_page(
            request,
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
            self.progress.read(len(row.source_ids))
            self.run.checkpoint(
                fetched=self.progress.fetched + self.row.fetched,
                total=self._total(row.source_total),
                status_description=self.progress.at_fetching(
                    self.resource, self.row.fetched, row.source_total
                ),
                # A run that comes on is not one that kills its worker each time.
                runs=1,
            )
        return row.next_cursor

    def _count(self, row: ScanPage, changed: int) -> None:
        self.row.pages += 1
        self.row.fetched += len(row.source_ids)
        self.row.changed += changed
        self.row.save(update_fields=["pages", "fetched", "changed"])
        if changed:
            # Moved with the page, so that a scan which dies here is not mistaken for no change.
            ResourceState.objects.filter(
                company_id=self.row.company_id,
                connection_id=self.row.connection_id,
                resource=self.resource,
            ).update(revision=F("revision") + 1)

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

    def _page_key(self, position: int) -> dict[str, Any]:
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
            return pages_of(self.session, self.row).order_by("-position").first()

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


def pages_of(session: SourceSession, row: ResourceScan) -> QuerySet[ScanPage]:
    return ScanPage.objects.filter(
        company_id=session.place.company_id,
        connection_id=session.place.connection_id,
        resource=row.resource,
        scan_number=row.number,
    )
