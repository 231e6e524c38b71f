"""Refreshes, datasets, scans of the source's lists, and the certificates they leave."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bookbridge.bridge.connections.models import OfConnection


class Refresh(OfConnection):
    """One request to read a connection: all of its data types, or some."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    requested_at = models.DateTimeField()
    requested_by = models.CharField(max_length=200)
    is_full = models.BooleanField()
    is_first = models.BooleanField(default=False)
    # How many times the books moved during the scan and it was read again.
    reread = models.SmallIntegerField(default=0)
    as_of = models.DateField(null=True)
    reports_before = models.JSONField(null=True)
    completed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client_id", "id"], name="sync_refresh_tenant_id")
        ]
        indexes = [
            models.Index(
                fields=["client_id", "connection", "-requested_at"], name="refreshes_of_connection"
            )
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
    # Runs that ended in "try again later", and runs that never ended (their worker died).
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


class ResourceScan(models.Model):
    """One complete reading, or a reading under way, of one list at the source."""

    class State(models.TextChoices):
        RUNNING = "RUNNING"
        COMPLETE = "COMPLETE"
        # Read to its end, but something does not tie: it proves no absence.
        UNPROVEN = "UNPROVEN"
        NOT_SUPPORTED = "NOT_SUPPORTED"
        ABANDONED = "ABANDONED"

    pk = models.CompositePrimaryKey("company_id", "connection_id", "resource", "number")
    company_id = models.UUIDField()
    connection_id = models.UUIDField()
    resource = models.CharField(max_length=60, db_collation="C")
    number = models.BigIntegerField()
    client_id = models.UUIDField()
    state = models.CharField(max_length=20, choices=State.choices)
    started_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    pages = models.IntegerField(default=0)
    fetched = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)
    source_total = models.BigIntegerField(null=True)
    # The raw records of the list when the scan was closed.
    stored = models.BigIntegerField(default=0)
    suspect = models.BigIntegerField(default=0)
    deleted = models.BigIntegerField(default=0)
    # [{"id": ..., "evidence": ...}] of what this scan proved deleted, and what does not tie.
    deletions = models.JSONField(default=list)
    flaws = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.resource} scan {self.number}"


class ScanPage(models.Model):
    """One committed page of a scan: where it goes on, and which records it held."""

    pk = models.CompositePrimaryKey(
        "company_id", "connection_id", "resource", "scan_number", "position"
    )
    company_id = models.UUIDField()
    connection_id = models.UUIDField()
    resource = models.CharField(max_length=60, db_collation="C")
    scan_number = models.BigIntegerField()
    position = models.IntegerField()
    client_id = models.UUIDField()
    parent_id = models.CharField(max_length=200, blank=True, db_collation="C")
    cursor = models.TextField(blank=True)
    next_cursor = models.TextField(null=True)
    etag = models.TextField(blank=True)
    source_ids = ArrayField(models.TextField())
    page_hash = models.BinaryField()
    source_total = models.BigIntegerField(null=True)
    was_not_modified = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"page {self.position} of {self.resource} scan {self.scan_number}"


class ResourceState(models.Model):
    """What is known of one list; `revision` moves whenever a raw record of it changes."""

    pk = models.CompositePrimaryKey("company_id", "connection_id", "resource")
    company_id = models.UUIDField()
    connection_id = models.UUIDField()
    resource = models.CharField(max_length=60, db_collation="C")
    client_id = models.UUIDField()
    last_scan = models.BigIntegerField(default=0)
    last_complete_scan = models.BigIntegerField(default=0)
    revision = models.BigIntegerField(default=0)
    is_supported = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.resource} at revision {self.revision}"


class MappingState(models.Model):
    """From which revisions, and by which version, a data type was last mapped."""

    pk = models.CompositePrimaryKey("company_id", "connection_id", "data_type")
    company_id = models.UUIDField()
    connection_id = models.UUIDField()
    data_type = models.CharField(max_length=40, db_collation="C")
    client_id = models.UUIDField()
    mapping_version = models.CharField(max_length=40)
    revisions = models.JSONField(default=dict)
    mapped = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    rejections = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    mapped_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.data_type} by {self.mapping_version}"


class Certificate(OfConnection):
    """What a sync proved, as signed text: of one dataset, or a refresh's reconciliation."""

    class Kind(models.TextChoices):
        DATASET = "DATASET"
        RECONCILIATION = "RECONCILIATION"

    class Outcome(models.TextChoices):
        COMPLETE = "COMPLETE"
        INCOMPLETE = "INCOMPLETE"
        RECONCILED = "RECONCILED"
        DIFFERENCES = "DIFFERENCES"
        MOVED = "MOVED"
        NOT_COMPARED = "NOT_COMPARED"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    refresh_id = models.UUIDField()
    dataset_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    text = models.TextField()
    key_id = models.CharField(max_length=64)
    signature = models.BinaryField()
    issued_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["client_id", "dataset_id"], name="certificates_of_dataset"),
            models.Index(
                fields=["client_id", "connection", "-issued_at"], name="certificates_of_connection"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.outcome}"


class RateBudget(models.Model):
    """The shared budget of requests to one source: all workers draw from this row."""

    pk = models.CompositePrimaryKey("client_id", "scope")
    client_id = models.UUIDField()
    scope = models.CharField(max_length=120, db_collation="C")
    next_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.scope


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
