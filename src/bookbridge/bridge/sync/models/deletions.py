"""Deletions that are held until an administrator decides about them."""

from __future__ import annotations

import uuid

from django.db import models

from bookbridge.bridge.connections.models import OfConnection


class HeldDeletion(OfConnection):
    """So many records of one list were gone from a complete scan that somebody must be asked."""

    class State(models.TextChoices):
        WAITING = "Waiting"
        CONFIRMED = "Confirmed"
        REJECTED = "Rejected"
        # The list has the records again, or all but few of them: there is nothing to decide.
        WITHDRAWN = "Withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    resource = models.CharField(max_length=60, db_collation="C")
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    # The scan that first lacked them, and the last that still did.
    first_scan = models.BigIntegerField()
    last_scan = models.BigIntegerField()
    missing = models.BigIntegerField()
    live = models.BigIntegerField()
    raised_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client_id", "connection", "resource"],
                condition=models.Q(state="Waiting"),
                name="held_deletion_waits_once",
            )
        ]
        indexes = [
            models.Index(fields=["client_id", "connection", "-raised_at"], name="held_deletions_of")
        ]

    def __str__(self) -> str:
        return f"{self.missing} of {self.live} {self.resource} {self.state}"
