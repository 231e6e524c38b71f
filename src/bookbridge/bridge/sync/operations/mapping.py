"""Makes normalised records of raw ones, where anything that they are made of changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.utils import timezone

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.contract import Connector, MappedRecord, RejectedRecord
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.records.digests import Digest
from bookbridge.bridge.records.operations import Merge, Release
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.records.stored import StoredRecords
from bookbridge.bridge.sync.models import MappingState, ResourceScan, ResourceState
from bookbridge.bridge.sync.operations.watching import Watch
from bookbridge.bridge.sync.session import SourceSession

REJECTIONS_LISTED_MAX = 500
WARNINGS_LISTED_MAX = 500
# Beside the revisions of the lists, from when on changes are wanted.
WINDOW = "modified since"


class Wanted(Protocol):
    """Says of each record whether it is inside the window that the settings ask for."""

    left_out: int

    def wants(self, record: MappedRecord) -> bool: ...


@dataclass
class Mapped:
    """What mapping one data type came to."""

    is_skipped: bool = False
    mapped: int = 0
    written: int = 0
    retired: int = 0
    live: int = 0
    deleted: int = 0
    # What only a newer mapping would change, until it is released.
    held: int = 0
    # What was last changed before the time that the settings ask for; None: not counted anew.
    left_out: int | None = 0
    rejected: int = 0
    rejections: list[dict[str, str]] = field(default_factory=list)
    warned: int = 0
    warnings: list[dict[str, str]] = field(default_factory=list)
    # Known where nothing was written since it was worked out.
    content: Digest | None = None

    def reject(self, record: RejectedRecord) -> None:
        self.rejected += 1
        if len(self.rejections) < REJECTIONS_LISTED_MAX:
            self.rejections.append(
                {"resource": record.resource, "id": record.id, "reason": record.reason}
            )

    def warn(self, record_id: str, words: Sequence[str]) -> None:
        self.warned += len(words)
        for word in words:
            if len(self.warnings) < WARNINGS_LISTED_MAX:
                self.warnings.append({"id": record_id, "warning": word})


def map_data_type(
    *,
    session: SourceSession,
    data_type: DataType,
    scans: Mapping[str, ResourceScan],
    at: dt.datetime,
    watch: Watch | None = None,
) -> Mapped:
    """Map every record of the type and merge what changed.

    Raises NotSupportedError or SourceShapeError as the connector does. Nothing is read or written
    when neither the raw records nor the mapping changed since the last time.
    """
    version = session.connector.mapping_version
    with client_scope(session.place.client_id):
        revisions, supports = revisions_of(session.place, list(scans))
        before = mapping_state(session.place, data_type)
    if watch is not None and watch.since is not None:
        # Another window makes other records of the same lists.
        revisions[WINDOW] = int(watch.since.timestamp())
    release = _release(before, version)
    merge = Merge(session.place, data_type, version, at, clock=timezone.now, release=release)
    if before and _is_as_before(before, version, revisions):
        return _as_before(before, merge)
    records = StoredRecords(session.place, session.box, supports)
    mapped = merge_all(session.connector, data_type, records, merge, watch)
    held_back = before.mapping_version if before and mapped.held else None
    save_mapping_state(session.place, data_type, version, revisions, mapped, at, held_back)
    return mapped


def merge_all(
    connector: Connector,
    data_type: DataType,
    records: StoredRecords,
    merge: Merge,
    watch: Wanted | None = None,
) -> Mapped:
    """Map every record of the type into the merge, and say what came of it."""
    mapped = Mapped()
    merge.begin()
    for record in connector.map(data_type, records):
        if isinstance(record, RejectedRecord):
            mapped.reject(record)
            merge.refuse((record.resource, record.id))
        elif watch is not None and not watch.wants(record):
            # Not wanted is not gone: what was stored before stays as it was.
            merge.refuse(record.sources[0])
        else:
            merge.add(record)
            mapped.mapped += 1
            if record.warnings:
                mapped.warn(record.id, record.warnings)
    mapped.retired = merge.finish()
    mapped.written, mapped.held = merge.written, merge.held
    mapped.left_out = watch.left_out if watch is not None else 0
    for repeated in merge.repeated_ids:
        mapped.reject(RejectedRecord(data_type.value, repeated, "two records have this id"))
    mapped.rejected += merge.repeated - len(merge.repeated_ids)
    mapped.mapped -= merge.repeated
    mapped.live, mapped.deleted = merge.counts()
    return mapped


def _release(before: MappingState | None, version: str) -> Release:
    """A newer mapping changes nothing by itself but what its source changed: the rest is held."""
    if before is None or before.mapping_version == version:
        return Release()
    return Release(since=before.mapped_at, is_given=False)


def _is_as_before(before: MappingState, version: str, revisions: Mapping[str, int]) -> bool:
    return before.revisions == revisions and version in (
        before.mapping_version,
        before.held_version,
    )


def _as_before(before: MappingState, merge: Merge) -> Mapped:
    live, deleted = merge.counts()
    return Mapped(
        is_skipped=True,
        left_out=None if WINDOW in before.revisions else 0,
        mapped=before.mapped,
        held=before.held,
        live=live,
        deleted=deleted,
        rejected=before.rejected,
        rejections=before.rejections,
        warned=len(before.warnings),
        warnings=before.warnings,
        content=_content(before),
    )


def _content(before: MappingState) -> Digest | None:
    if not before.content_sha256:
        return None
    return Digest(before.content_records, before.content_sha256)


def keep_content(place: Place, data_type: DataType, content: Digest) -> None:
    """Remember the digest over a type's records, until it is mapped anew."""
    MappingState.objects.filter(
        company_id=place.company_id,
        connection_id=place.connection_id,
        data_type=data_type.value,
    ).update(content_records=content.records, content_sha256=content.sha256)


def revisions_of(place: Place, resources: Sequence[str]) -> tuple[dict[str, int], dict[str, bool]]:
    """At which revision each list is, and whether the source has it."""
    states = ResourceState.objects.filter(
        company_id=place.company_id,
        connection_id=place.connection_id,
        resource__in=resources,
    )
    rows = sorted(states.values_list("resource", "revision", "is_supported"))
    return (
        {name: revision for name, revision, _supported in rows},
        {name: is_supported for name, _revision, is_supported in rows},
    )


def mapping_state(place: Place, data_type: DataType) -> MappingState | None:
    return MappingState.objects.filter(
        company_id=place.company_id,
        connection_id=place.connection_id,
        data_type=data_type.value,
    ).first()


def save_mapping_state(
    place: Place,
    data_type: DataType,
    version: str,
    revisions: Mapping[str, int],
    mapped: Mapped,
    at: dt.datetime,
    held_back: str | None = None,
) -> None:
    """`held_back` is the mapping that still counts where records wait for this one's release."""
    with client_scope(place.client_id):
        MappingState.objects.update_or_create(
            company_id=place.company_id,
            connection_id=place.connection_id,
            data_type=data_type.value,
            defaults={
                "client_id": place.client_id,
                "mapping_version": held_back or version,
                "held_version": version if held_back else "",
                "held": mapped.held,
                "revisions": dict(revisions),
                "mapped": mapped.mapped,
                "rejected": mapped.rejected,
                "rejections": mapped.rejections,
                "warnings": mapped.warnings,
                "mapped_at": at,
                "content_records": 0,
                "content_sha256": "",
            },
        )
