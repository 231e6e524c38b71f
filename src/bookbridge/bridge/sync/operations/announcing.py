"""What webhooks say of reads: each data type's end, and the end of a connection's first read."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.conf import settings

from bookbridge.bridge.companies.events import company_reference, portal_url
from bookbridge.bridge.records.models import Record, SupersededVersion
from bookbridge.bridge.sync.models import Dataset, Refresh
from bookbridge.bridge.sync.operations.mapping import Mapped
from bookbridge.bridge.webhooks.outbox import emit

READ_COMPLETED = "read.completed"
FIRST_READ_COMPLETED = "read.completed.initial"


def announce_read(dataset: Dataset, mapped: Mapped | None, at: dt.datetime) -> UUID:
    """One data type was read, or could not be: written as its dataset ends."""
    is_modified = mapped is not None and bool(mapped.written or mapped.retired)
    if not is_modified and (mapped is None or dataset.runs > 1 or dataset.attempts > 0):
        # What this run does not know of, an earlier one that failed or was killed may have done.
        is_modified = _was_modified(dataset)
    return _announce(dataset, READ_COMPLETED, [_summary(dataset, is_modified, mapped)], at)


def announce_first_read(refresh: Refresh, at: dt.datetime) -> UUID:
    """Everything that a new connection gives was read once."""
    datasets = Dataset.objects.filter(client_id=refresh.client_id, refresh=refresh).order_by(
        "data_type"
    )
    summaries = [_summary(one, _has_records(one), None) for one in datasets]
    return _announce(refresh, FIRST_READ_COMPLETED, summaries, at)


def _announce(
    about: Dataset | Refresh, event_type: str, summaries: list[dict[str, Any]], at: dt.datetime
) -> UUID:
    return emit(
        client_id=about.client_id,
        event_type=event_type,
        payload={
            "referenceCompany": company_reference(about.client_id, about.company_id),
            "modifiedFromDate": None,
            "dataTypes": summaries,
        },
        at=at,
        company_id=about.company_id,
    )


def _summary(dataset: Dataset, is_modified: bool, mapped: Mapped | None) -> dict[str, Any]:
    return {
        "connectionId": dataset.connection_id,
        "dataType": dataset.data_type,
        # Ours: the dataset's certificate and validation results are found by it.
        "datasetId": dataset.id,
        "recordsModified": is_modified,
        "status": dataset.status,
        "issues": _issues(dataset, mapped),
    }


def _issues(dataset: Dataset, mapped: Mapped | None) -> list[dict[str, Any]]:
    found: list[tuple[str, str]] = []
    if dataset.error_message:
        found.append((f"error.{dataset.status}", dataset.error_message))
    if mapped is not None and mapped.rejected:
        found.append(("warning.rejected", f"{mapped.rejected} records could not be mapped."))
    if mapped is not None and mapped.warned:
        found.append(("warning.validation", f"{mapped.warned} values look wrong."))
    links = {
        "logs": (
            f"{settings.PUBLIC_URL}/api/companies/{dataset.company_id}/sync/{dataset.id}/validation"
        ),
        "portal": portal_url(dataset.company_id, f"history/{dataset.id}"),
    }
    return [{"type": kind, "message": message, "links": links} for kind, message in found]


def _was_modified(dataset: Dataset) -> bool:
    """Whether a record of the type changed or went since the dataset was begun."""
    if dataset.started_at is None:
        return False
    own = {
        "company_id": dataset.company_id,
        "connection_id": dataset.connection_id,
        "data_type": dataset.data_type,
    }
    since = dataset.started_at
    return (
        Record.objects.filter(**own, known_from__gte=since).exists()
        or SupersededVersion.objects.filter(**own, known_to__gte=since).exists()
    )


def _has_records(dataset: Dataset) -> bool:
    return Record.objects.filter(
        company_id=dataset.company_id,
        connection_id=dataset.connection_id,
        data_type=dataset.data_type,
    ).exists()
