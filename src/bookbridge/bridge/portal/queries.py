"""What the portal's pages show, read in as few statements as the page needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from bookbridge.bridge.companies.models import Company
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.datatypes.facts import ORDER
from bookbridge.bridge.portal.words import connection_words, data_type_name, dataset_words
from bookbridge.bridge.records.models import Record
from bookbridge.bridge.sync.models import Certificate, Dataset

SORTS = {"name": "name", "created": "created_at", "synced": "synced_at"}
ATTENTION_MAX = 20


@dataclass(frozen=True)
class DataTypeState:
    """One data type of a company: how many records, how fresh."""

    key: str
    name: str
    count: int
    tone: str
    word: str
    description: str
    synced_at: dt.datetime | None
    fetched: int
    total: int
    is_running: bool
    is_readable: bool


def companies(search: str, status: str, sort: str) -> QuerySet[Company]:
    """A client's companies with the time of their last sync; `sort` may begin with a minus."""
    found = Company.objects.annotate(synced_at=Max("connections__last_sync_at"))
    if search:
        matches = Q(name__icontains=search) | Q(connections__source_company_name__icontains=search)
        with suppress(ValueError):
            matches |= Q(id=UUID(search)) | Q(connections__id=UUID(search))
        found = found.filter(matches)
    if status == "none":
        found = found.filter(connections=None)
    elif status:
        found = found.filter(connections__status=status)
    field = SORTS.get(sort.lstrip("-"), "created_at")
    order = f"-{field}" if sort.startswith("-") or sort.lstrip("-") not in SORTS else field
    return found.distinct().order_by(order, "id")


def connections_of(company_ids: Iterable[UUID]) -> dict[UUID, list[Connection]]:
    """The connections of these companies, newest first."""
    found: dict[UUID, list[Connection]] = {}
    wanted = Connection.objects.filter(company_id__in=list(company_ids)).order_by("-created_at")
    for connection in wanted:
        found.setdefault(connection.company_id, []).append(connection)
    return found


def connection_counts() -> Mapping[str, int]:
    """How many of the client's connections are in each status."""
    rows = Connection.objects.values("status").annotate(count=Count("id"))
    return {row["status"]: row["count"] for row in rows}


def needing_attention() -> list[Connection]:
    """Connections whose owner must do something again."""
    return list(
        Connection.objects.select_related("company")
        .filter(status=Connection.Status.DEAUTHORIZED)
        .order_by("-created_at")[:ATTENTION_MAX]
    )


def latest_datasets(company_id: UUID) -> dict[str, Dataset]:
    """The newest dataset of each data type of a company."""
    rows = (
        Dataset.objects.filter(company_id=company_id)
        .order_by("data_type", "-requested_at")
        .distinct("data_type")
    )
    return {row.data_type: row for row in rows}


def record_counts(company_id: UUID) -> dict[str, int]:
    """Live records of each data type of a company."""
    rows = (
        Record.objects.filter(company_id=company_id, is_deleted=False)
        .values("data_type")
        .annotate(count=Count("record_id"))
    )
    return {row["data_type"]: row["count"] for row in rows}


def data_type_states(company_id: UUID) -> list[DataTypeState]:
    """Every data type that was ever asked for, in the order in which they are read."""
    datasets, counts = latest_datasets(company_id), record_counts(company_id)
    known = [key.value for key in ORDER if key.value in datasets]
    return [_state(key, datasets[key], counts.get(key, 0)) for key in known]


def _state(key: str, dataset: Dataset, count: int) -> DataTypeState:
    tone, word = dataset_words(dataset.status)
    return DataTypeState(
        key=key,
        name=data_type_name(key),
        count=count,
        tone=tone,
        word=word,
        description=dataset.error_message or dataset.status_description,
        synced_at=dataset.completed_at,
        fetched=dataset.fetched,
        total=dataset.total or 0,
        is_running=not dataset.is_completed,
        is_readable=count > 0,
    )


def certificates_of(company_id: UUID) -> dict[UUID, Certificate]:
    """The latest reconciliation of each connection of a company."""
    rows = (
        Certificate.objects.filter(company_id=company_id, kind=Certificate.Kind.RECONCILIATION)
        .order_by("connection_id", "-issued_at")
        .distinct("connection_id")
    )
    return {row.connection_id: row for row in rows}


def connection_row(connection: Connection) -> dict[str, Any]:
    """What a list shows of a connection."""
    tone, word = connection_words(connection.status)
    return {"connection": connection, "tone": tone, "word": word}
