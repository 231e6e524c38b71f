"""Reads of datasets, refreshes, certificates and sync settings."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.datatypes.status import IN_PROGRESS
from bookbridge.bridge.sync.models import Certificate, Dataset, Refresh, SyncSetting


@dataclass(frozen=True)
class DataStatus:
    """Where one data type of a company stands."""

    data_type: str
    latest: Dataset
    latest_complete: Dataset | None


def data_status(client_id: UUID, company_id: UUID) -> dict[str, DataStatus]:
    """The latest dataset of each type that was ever asked for, and the latest complete one."""
    latest = {row.data_type: row for row in _newest(client_id, company_id)}
    complete = {
        row.data_type: row
        for row in _newest(client_id, company_id, status=Dataset.Status.COMPLETE.value)
    }
    return {key: DataStatus(key, row, complete.get(key)) for key, row in latest.items()}


def _newest(client_id: UUID, company_id: UUID, **conditions: str) -> QuerySet[Dataset]:
    return (
        Dataset.objects.filter(client_id=client_id, company_id=company_id, **conditions)
        .order_by("data_type", "-requested_at", "id")
        .distinct("data_type")
    )


def history(client_id: UUID, company_id: UUID) -> QuerySet[Dataset]:
    """A company's datasets, newest first."""
    return Dataset.objects.filter(client_id=client_id, company_id=company_id).order_by(
        "-requested_at", "data_type", "id"
    )


def dataset(client_id: UUID, dataset_id: UUID) -> Dataset | None:
    return Dataset.objects.filter(client_id=client_id, id=dataset_id).first()


def certificate(client_id: UUID, dataset_id: UUID) -> Certificate | None:
    """The certificate of a dataset, once it is complete."""
    return (
        Certificate.objects.filter(client_id=client_id, dataset_id=dataset_id)
        .order_by("-issued_at")
        .first()
    )


def latest_reconciliation(connection: Connection) -> Certificate | None:
    """The newest comparison of a connection's records with its source's own reports."""
    return (
        Certificate.objects.filter(
            client_id=connection.client_id,
            connection=connection,
            kind=Certificate.Kind.RECONCILIATION,
        )
        .order_by("-issued_at")
        .first()
    )


def refreshes_of(connection: Connection) -> QuerySet[Refresh]:
    return Refresh.objects.filter(client_id=connection.client_id, connection=connection).order_by(
        "-requested_at", "id"
    )


def is_syncing(connection: Connection) -> bool:
    """Whether any dataset of the connection is under way."""
    return Dataset.objects.filter(
        client_id=connection.client_id,
        company_id=connection.company_id,
        connection=connection,
        status__in=[status.value for status in IN_PROGRESS],
    ).exists()


def sync_settings(client_id: UUID, company_id: UUID | None) -> QuerySet[SyncSetting]:
    """The saved settings of a company, or (None) the client's defaults."""
    return SyncSetting.objects.filter(client_id=client_id, company_id=company_id).order_by(
        "data_type"
    )
