"""What a client wants from a platform beyond the standard data types: stored, not yet read."""

from __future__ import annotations

from django.db import models


class Configuration(models.Model):
    """Supplemental data of a standard type, or a custom data type of the client's own."""

    class Kind(models.TextChoices):
        SUPPLEMENTAL = "SUPPLEMENTAL"
        CUSTOM = "CUSTOM"

    pk = models.CompositePrimaryKey("client_id", "integration_key", "kind", "name")
    client_id = models.UUIDField()
    integration_key = models.CharField(max_length=8)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    # The data type's key, or the name of the custom data type.
    name = models.CharField(max_length=100)
    content = models.JSONField()
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.kind} {self.name} of {self.integration_key}"
