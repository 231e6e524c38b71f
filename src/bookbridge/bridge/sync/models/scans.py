"""Readings of the source's lists, what is known of each list, and the shared request budget."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


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
    # Set for a scan that asked only for what changed since: what it lacks says nothing.
    since = models.DateTimeField(null=True)
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

    @property
    def is_incremental(self) -> bool:
        return self.since is not None

    @property
    def kind(self) -> str:
        return "INCREMENTAL" if self.is_incremental else "FULL"


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
    # A newer mapping would change this many records; they are held until it is released.
    held_version = models.CharField(max_length=40, blank=True)
    held = models.BigIntegerField(default=0)
    # The digest over the records that this mapping left; blank until it is worked out.
    content_records = models.BigIntegerField(default=0)
    content_sha256 = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.data_type} by {self.mapping_version}"


class RateBudget(models.Model):
    """The shared budget of requests to one source: all workers draw from this row."""

    pk = models.CompositePrimaryKey("client_id", "scope")
    client_id = models.UUIDField()
    scope = models.CharField(max_length=120, db_collation="C")
    next_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True)
    # What the source's 429 left of the rate, and when: it grows back with time.
    per_second = models.FloatField(null=True)
    limited_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.scope
