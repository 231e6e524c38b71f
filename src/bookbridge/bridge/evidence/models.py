"""Warning signs, evidence packs, and receipts of consent and of erasure."""

from __future__ import annotations

import uuid

from django.db import models


class OfCompany(models.Model):
    """What belongs to a company and goes with it, by a composite foreign key in SQL."""

    client_id = models.UUIDField()
    company_id = models.UUIDField()

    class Meta:
        abstract = True


class WarningSign(OfCompany):
    """Something in the books that somebody should look at; the same one is kept once."""

    class Kind(models.TextChoices):
        BACKDATED = "backdated"
        CHANGED_AFTER_REPORT = "changedAfterReport"
        DELETED_AFTER_REPORT = "deletedAfterReport"
        NUMBER_GAP = "numberGap"
        NUMBER_REPEATED = "numberRepeated"

    class Severity(models.TextChoices):
        LOW = "low"
        MEDIUM = "medium"
        HIGH = "high"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection_id = models.UUIDField()
    kind = models.CharField(max_length=30, choices=Kind.choices)
    # What makes it the same one when it is found again.
    key = models.CharField(max_length=300, db_collation="C")
    severity = models.CharField(max_length=10, choices=Severity.choices)
    sentence = models.TextField()
    # [{"dataType": ..., "id": ...}], and what else the kind tells.
    records = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    # When it was looked for and no longer there: a gap may be filled.
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company_id", "connection_id", "kind", "key"],
                name="evidence_sign_once",
            )
        ]
        indexes = [
            models.Index(fields=["client_id", "company_id", "-found_at"], name="signs_of_company")
        ]

    def __str__(self) -> str:
        return self.sentence


class EvidencePack(OfCompany):
    """One signed archive of what was known of a company at a time, in the making or ready."""

    class State(models.TextChoices):
        QUEUED = "queued"
        BUILDING = "building"
        READY = "ready"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    as_of = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    requested_at = models.DateTimeField()
    requested_by = models.CharField(max_length=200)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    problem = models.TextField(blank=True)
    # A build that is begun anew takes a new token; one whose token is gone writes nothing more.
    build_token = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "id"], name="evidence_pack_tenant_id")
        ]
        indexes = [
            models.Index(
                fields=["client_id", "company_id", "-requested_at"], name="packs_of_company"
            ),
            models.Index(fields=["client_id", "expires_at"], name="packs_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"pack as of {self.as_of} ({self.state})"


class PackChunk(OfCompany):
    """One piece of a pack's bytes, sealed with the company's key."""

    pk = models.CompositePrimaryKey("company_id", "pack_id", "position")
    pack_id = models.UUIDField()
    position = models.IntegerField()
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"piece {self.position} of {self.pack_id}"


class ConsentReceipt(OfCompany):
    """What an owner agreed to, or that it ended, as signed text; never changed."""

    class Kind(models.TextChoices):
        CONSENT = "consent"
        WITHDRAWAL = "withdrawal"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection_id = models.UUIDField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    text = models.TextField()
    key_id = models.CharField(max_length=64)
    signature = models.BinaryField()
    issued_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["client_id", "connection_id", "-issued_at"], name="consent_of_connection"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.issued_at}"


class ErasureReceipt(models.Model):
    """That a company was erased, as signed text: all that is left of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client_id = models.UUIDField()
    company_id = models.UUIDField()
    text = models.TextField()
    key_id = models.CharField(max_length=64)
    signature = models.BinaryField()
    erased_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["client_id", "-erased_at"], name="erasures_of_client"),
            models.Index(fields=["client_id", "company_id"], name="erasure_of_company"),
        ]

    def __str__(self) -> str:
        return f"erasure of {self.company_id}"
