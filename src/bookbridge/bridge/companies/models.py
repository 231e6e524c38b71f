"""Companies: the small businesses whose books a client reads."""

from __future__ import annotations

import uuid

from django.db import models

from bookbridge.bridge.clients.models import Client


class Company(models.Model):
    """A business that shares its books with a client."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="companies")
    name = models.CharField(max_length=255)
    description = models.TextField(null=True)
    tags = models.JSONField(default=dict)
    products = models.JSONField(default=list)
    # The company that this one belongs to; a composite foreign key keeps it in its tenant.
    parent_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "id"], name="companies_company_tenant_id")
        ]
        indexes = [
            models.Index(fields=["client", "-created_at"], name="companies_by_creation"),
            models.Index(fields=["client", "parent_id"], name="companies_by_parent"),
        ]

    def __str__(self) -> str:
        return self.name


class CompanyKey(models.Model):
    """The data key of one company, wrapped by the master key ring.

    Deleting this row makes the company's tokens and raw records unreadable for ever.
    """

    pk = models.CompositePrimaryKey("client_id", "company_id")
    client_id = models.UUIDField()
    company_id = models.UUIDField()
    master_key_id = models.CharField(max_length=64)
    wrapped_key = models.BinaryField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"data key of {self.company_id}"
