"""Connections: one company's link to one source, with its credential and its story."""

from __future__ import annotations

import uuid

from django.db import models

from bookbridge.bridge.clients.models import Client
from bookbridge.bridge.companies.models import Company


class Connection(models.Model):
    """A company's link to one source of data; the status words are the public API's."""

    class Status(models.TextChoices):
        PENDING_AUTH = "PendingAuth"
        LINKED = "Linked"
        UNLINKED = "Unlinked"
        DEAUTHORIZED = "Deauthorized"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(
        Client, on_delete=models.CASCADE, related_name="connections", db_index=False
    )
    company = models.ForeignKey(
        Company,
        on_delete=models.CASCADE,
        related_name="connections",
        db_index=False,
        db_constraint=False,
    )
    integration_key = models.CharField(max_length=8)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PENDING_AUTH)
    # Where the grant was made: it is never shown to another host.
    source_host = models.CharField(max_length=300, blank=True)
    source_company_id = models.CharField(max_length=100, blank=True)
    source_company_name = models.CharField(max_length=255, blank=True)
    # What the grant opens, while its owner has still to choose: [{"id": ..., "name": ...}].
    source_companies = models.JSONField(default=list)
    created_at = models.DateTimeField()
    linked_at = models.DateTimeField(null=True)
    first_linked_at = models.DateTimeField(null=True)
    last_sync_at = models.DateTimeField(null=True)
    deauthorisation_reason = models.CharField(max_length=500, blank=True)
    connection_info = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "id"], name="connections_tenant_id"),
            models.UniqueConstraint(fields=["company", "id"], name="connections_company_id"),
        ]
        indexes = [
            models.Index(fields=["client", "company", "created_at"], name="connections_of_company")
        ]

    def __str__(self) -> str:
        return f"{self.integration_key} ({self.status})"

    @property
    def is_linked(self) -> bool:
        return self.status == self.Status.LINKED

    @property
    def awaits_choice(self) -> bool:
        return len(self.source_companies) > 1 and not self.is_linked


class OfConnection(models.Model):
    """What belongs to a connection: a composite foreign key in SQL keeps it in its tenant."""

    client_id = models.UUIDField()
    company_id = models.UUIDField()
    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )

    class Meta:
        abstract = True


class ConnectionFailure(OfConnection):
    """Something went wrong at the source: the public API's `dataConnectionErrors`."""

    class Status(models.TextChoices):
        ACTIVE = "Active"
        RESOLVED = "Resolved"

    status_code = models.CharField(max_length=10)
    status_text = models.CharField(max_length=100)
    message = models.TextField()
    errored_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["client_id", "connection", "-errored_at"], name="connection_failures"
            )
        ]

    def __str__(self) -> str:
        return self.message


class ConnectionEvent(OfConnection):
    """One line of a connection's timeline."""

    class Kind(models.TextChoices):
        CREATED = "CREATED"
        AUTHORISATION_STARTED = "AUTHORISATION_STARTED"
        AUTHORISATION_FAILED = "AUTHORISATION_FAILED"
        LINKED = "LINKED"
        RELINKED = "RELINKED"
        UNLINKED = "UNLINKED"
        DEAUTHORISED = "DEAUTHORISED"
        SYNC_REQUESTED = "SYNC_REQUESTED"
        SYNC_COMPLETED = "SYNC_COMPLETED"
        SYNC_FAILED = "SYNC_FAILED"

    at = models.DateTimeField()
    kind = models.CharField(max_length=30, choices=Kind.choices)
    message = models.TextField()
    actor_name = models.CharField(max_length=200)

    class Meta:
        indexes = [
            models.Index(fields=["client_id", "connection", "-at"], name="connection_timeline")
        ]

    def __str__(self) -> str:
        return self.message


class Credential(models.Model):
    """The tokens of a connection. One worker at a time refreshes them, by a lease."""

    pk = models.CompositePrimaryKey("company_id", "connection_id")
    client_id = models.UUIDField()
    company_id = models.UUIDField()
    connection_id = models.UUIDField()
    tokens_ciphertext = models.BinaryField()
    previous_ciphertext = models.BinaryField(null=True)
    generation = models.BigIntegerField(default=1)
    expires_at = models.DateTimeField()
    refreshed_at = models.DateTimeField()
    lease_owner = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"tokens of {self.connection_id}"


class AuthorisationRequest(OfConnection):
    """A journey to the source's consent page: known by the hash of its state, used once."""

    state_hash = models.BinaryField()
    session_hash = models.BinaryField()
    redirect_uri = models.CharField(max_length=500)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    actor_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client_id", "state_hash"], name="connections_state_once"
            )
        ]

    def __str__(self) -> str:
        return f"authorisation of {self.connection_id}"
