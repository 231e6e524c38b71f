"""Planned and past maintenance. Global: it concerns every organisation alike."""

from __future__ import annotations

import datetime as dt

from django.db import models

REASON_LENGTH_MAX = 300


class MaintenanceWindow(models.Model):
    """A time in which the books answer nobody but the status page."""

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=REASON_LENGTH_MAX)
    planned_by = models.CharField(max_length=200)
    planned_at = models.DateTimeField()
    # Set when somebody ended it before its time.
    ended_early_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="status_window_ends_after_start",
            )
        ]
        indexes = [models.Index(fields=["-ends_at"], name="status_window_ends_at")]

    @property
    def finishes_at(self) -> dt.datetime:
        return self.ended_early_at or self.ends_at

    def is_open(self, at: dt.datetime) -> bool:
        return self.starts_at <= at < self.finishes_at
