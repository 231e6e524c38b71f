"""Refreshes and their datasets, and how each data type is to be read."""

from __future__ import annotations

import uuid

from django.db import models

from bookbridge.bridge.connections.models import OfConnection
from bookbridge.bridge.sync.rules import Urgency


class Refresh(OfConnection):
    """One request to read a connection: all of its data types, or some."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    requested_at = models.DateTimeField()
    requested_by = models.CharField(max_length=200)
    is_full = models.BooleanField()
    is_first = models.BooleanField(default=False)
    # Who waits for it (rules.Urgency): an owner at the first link, a person, or a schedule.
    urgency = models.SmallIntegerField(default=Urgency.ASKED)
    # How often its end was tried: one that kills its worker each time is given up.
    runs = models.IntegerField(default=0)
    # How many times the books moved during the scan and it was read again.
    reread = models.SmallIntegerField(default=0)
    as_of = models.DateField(null=True)
    reports_before = models.JSONField(null=True)
    reports_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client_id", "id"], name="sync_refresh_tenant_id")
        ]
        indexes = [
            models.Index(
                fields=["client_id", "connection", "-requested_at"], name="refreshes_of_connection"
            ),
            models.Index(
                fields=["client_id", "connection"],
                name="refreshes_unfinished",
                condition=models.Q(completed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"refresh {self.id}"


class Dataset(OfConnection):
    """One pull of one data type of one connection; status words are the public API's."""

    class Status(models.TextChoices):
        INITIAL = "Initial"
        QUEUED = "Queued"
        FETCHING = "Fetching"
        MAP_QUEUED = "MapQueued"
        MAPPING = "Mapping"
        VALIDATION_QUEUED = "ValidationQueued"
        VALIDATING = "Validating"
        PROCESSING_QUEUED = "ProcessingQueued"
        PROCESSING = "Processing"
        COMPLETE = "Complete"
        FETCH_ERROR = "FetchError"
        MAP_ERROR = "MapError"
        VALIDATION_ERROR = "ValidationError"
        PROCESSING_ERROR = "ProcessingError"
        INTERNAL_ERROR = "InternalError"
        AUTH_ERROR = "AuthError"
        PERMISSIONS_ERROR = "PermissionsError"
        RATE_LIMIT_ERROR = "RateLimitError"
        PREREQUISITE_NOT_MET = "PrerequisiteNotMet"
        NOT_SUPPORTED = "NotSupported"
        CANCELLED = "Cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    refresh = models.ForeignKey(
        Refresh,
        on_delete=models.CASCADE,
        related_name="datasets",
        db_index=False,
        db_constraint=False,
    )
    data_type = models.CharField(max_length=40, db_collation="C")
    status = models.CharField(max_length=30, choices=Status.choices, default=Status.QUEUED)
    status_description = models.TextField(blank=True)
    error_message = models.TextField(blank=True)
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    # Progress: records read so far, and what the source says there are (null: it does not say).
    fetched = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    # Failures that called for another try, and runs in a row that had no end (a killed worker).
    attempts = models.IntegerField(default=0)
    runs = models.IntegerField(default=0)
    # Each run takes a new token; a run whose token is gone may write nothing more.
    run_token = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client_id", "id"], name="sync_dataset_tenant_id")
        ]
        indexes = [
            models.Index(
                fields=["client_id", "company_id", "data_type", "-requested_at"],
                name="datasets_by_type",
            ),
            models.Index(
                fields=["client_id", "company_id", "-requested_at"], name="datasets_of_company"
            ),
            models.Index(fields=["client_id", "refresh"], name="datasets_of_refresh"),
            models.Index(
                fields=["client_id", "connection"],
                name="datasets_waiting",
                condition=models.Q(completed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.data_type} {self.status}"

    @property
    def is_completed(self) -> bool:
        return self.completed_at is not None

    @property
    def is_errored(self) -> bool:
        return self.status.endswith("Error")

    @property
    def progress(self) -> int:
        """Percent, whole, as the public API gives it."""
        if self.is_completed:
            return 100
        if self.status in (self.Status.INITIAL, self.Status.QUEUED):
            return 0
        if self.status != self.Status.FETCHING:
            return 90
        return min(80, self.fetched * 80 // self.total) if self.total else 10


class SyncSetting(models.Model):
    """How one data type is read: a client's default, or one company's own."""

    client_id = models.UUIDField()
    company_id = models.UUIDField(null=True)
    data_type = models.CharField(max_length=40, db_collation="C")
    fetch_on_first_link = models.BooleanField(default=True)
    sync_schedule_hours = models.IntegerField(default=0)
    sync_order = models.IntegerField(default=0)
    sync_from = models.DateTimeField(null=True)
    sync_from_window_months = models.IntegerField(null=True)
    months_to_sync = models.IntegerField(null=True)
    is_locked = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client_id", "company_id", "data_type"],
                nulls_distinct=False,
                name="sync_setting_once",
            )
        ]

    def __str__(self) -> str:
        return self.data_type
