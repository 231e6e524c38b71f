"""Makes normalised records of raw ones, where anything that they are made of changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.contract import RejectedRecord
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.records.operations import Merge
from bookbridge.bridge.records.stored import StoredRecords
from bookbridge.bridge.sync.models import MappingState, ResourceScan, ResourceState
from bookbridge.bridge.sync.session import SourceSession

REJECTIONS_LISTED_MAX = 500
WARNINGS_LISTED_MAX = 500


@dataclass
class Mapped:
    """What mapping one data type came to."""

    is_skipped: bool = False
    mapped: int = 0
    written: int = 0
    retired: int = 0
    live: int = 0
    deleted: int = 0
    rejected: int = 0
    rejections: list[dict[str, str]] = field(default_factory=list)
    warned: int = 0
    warnings: list[dict[str, str]] = field(default_factory=list)

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
) -> Mapped:
    """Map every record of the type and merge what changed.

    Raises NotSupportedError or SourceShapeError as the connector does. Nothing is read or written
    when neither the raw records nor the mapping changed since the last time.
    """
    version = session.connector.mapping_version
    with client_scope(session.place.client_id):
        revisions, supports = _revisions(session, list(scans))
        before = _state(session, data_type)
    merge = Merge(session.place, data_type, version, at, clock=timezone.now)
    if before and (before.mapping_version, before.revisions) == (version, revisions):
        return _as_before(before, merge)
    mapped = Mapped()
    keep: set[tuple[str, str]] = set()
    records = StoredRecords(session.place, session.box, supports)
    for record in session.connector.map(data_type, records):
        if isinstance(record, RejectedRecord):
            mapped.reject(record)
            keep.add((record.resource, record.id))
        else:
            merge.add(record)
            mapped.mapped += 1
            if record.warnings:
                mapped.warn(record.id, record.warnings)
    mapped.retired = merge.finish(keep_sources=keep)
    mapped.written = merge.written
    for repeated in merge.repeated:
        mapped.reject(RejectedRecord(data_type.value, repeated, "two records have this id"))
    mapped.live, mapped.deleted = merge.counts()
    _save(session, data_type, version, revisions, mapped, at)
    return mapped


def _as_before(before: MappingState, merge: Merge) -> Mapped:
    live, deleted = merge.counts()
    return Mapped(
        is_skipped=True,
        mapped=before.mapped,
        live=live,
        deleted=deleted,
        rejected=before.rejected,
        rejections=before.rejections,
        warned=len(before.warnings),
        warnings=before.warnings,
    )


def _revisions(
    session: SourceSession, resources: Sequence[str]
) -> tuple[dict[str, int], dict[str, bool]]:
    states = ResourceState.objects.filter(
        company_id=session.place.company_id,
        connection_id=session.place.connection_id,
        resource__in=resources,
    )
    rows = sorted(states.values_list("resource", "revision", "is_supported"))
    return (
        {name: revision for name, revision, _supported in rows},
        {name: is_supported for name, _revision, is_supported in rows},
    )


def _state(session: SourceSession, data_type: DataType) -> MappingState | None:
    return MappingState.objects.filter(
        company_id=session.place.company_id,
        connection_id=session.place.connection_id,
        data_type=data_type.value,
    ).first()


def _save(
    session: SourceSession,
    data_type: DataType,
    version: str,
    revisions: Mapping[str, int],
    mapped: Mapped,
    at: dt.datetime,
) -> None:
    with client_scope(session.place.client_id):
        MappingState.objects.update_or_create(
            company_id=session.place.company_id,
            connection_id=session.place.connection_id,
            data_type=data_type.value,
            defaults={
                "client_id": session.place.client_id,
                "mapping_version": version,
                "revisions": dict(revisions),
                "mapped": mapped.mapped,
                "rejected": mapped.rejected,
                "rejections": mapped.rejections,
                "warnings": mapped.warnings,
                "mapped_at": at,
            },
        )
