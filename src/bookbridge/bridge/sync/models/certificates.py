"""What a sync proved, signed."""

from __future__ import annotations

import uuid

from django.db import models

from bookbridge.bridge.connections.models import OfConnection


class PublicKey(models.Model):
    """The public half of every key that ever signed here: it outlives the key itself."""

    key_id = models.CharField(primary_key=True, max_length=64, db_collation="C")
    public_key = models.BinaryField()
    first_used_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key_id


class Certificate(OfConnection):
    """What a sync proved, as signed text: of one dataset, or a refresh's reconciliation.

    Permanent: it stays when its connection goes, and the application may not change it.
    """

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
