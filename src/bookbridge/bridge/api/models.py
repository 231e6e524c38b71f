"""What the API counts for its limits, and the replies that it keeps for repeated requests."""

from __future__ import annotations

from django.db import models


class RequestCount(models.Model):
    """One client's requests of one UTC day. The table is unlogged: a crash forgives the day."""

    pk = models.CompositePrimaryKey("client_id", "day")
    client_id = models.UUIDField()
    day = models.DateField()
    requests = models.BigIntegerField()
    # When the client was told that the day's allowance is spent.
    reached_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.requests} requests on {self.day}"


class VisitCount(models.Model):
    """One network address's requests of one minute, whoever it calls as. Unlogged too."""

    pk = models.CompositePrimaryKey("address", "minute")
    address = models.CharField(max_length=64)
    minute = models.DateTimeField()
    requests = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.requests} requests from {self.address}"


class KeptReply(models.Model):
    """The reply to a request that had an idempotency key; sealed, for it may hold a secret."""

    pk = models.CompositePrimaryKey("client_id", "key_hash")
    client_id = models.UUIDField()
    key_hash = models.BinaryField()
    request_hash = models.BinaryField()
    status = models.IntegerField()
    content_type = models.CharField(max_length=200)
    body_ciphertext = models.BinaryField()
    kept_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.status} kept at {self.kept_at}"
