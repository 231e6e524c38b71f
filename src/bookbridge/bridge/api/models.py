"""How many requests each client has made today, for the limits that every reply tells."""

from __future__ import annotations

from django.db import models


class RequestCount(models.Model):
    """One client's requests of one UTC day. The table is unlogged: a crash forgives the day."""

    pk = models.CompositePrimaryKey("client_id", "day")
    client_id = models.UUIDField()
    day = models.DateField()
    requests = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.requests} requests on {self.day}"
