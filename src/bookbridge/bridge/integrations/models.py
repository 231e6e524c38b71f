"""One client's registration with each platform, and how the hosts of platforms are doing."""

from __future__ import annotations

from django.db import models

from bookbridge.bridge.clients.models import Client


class IntegrationSettings(models.Model):
    """What a client entered to use an integration; the keys are ciphertext."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="integrations")
    integration_key = models.CharField(max_length=8)
    host = models.CharField(max_length=300)
    client_id_ciphertext = models.BinaryField(default=bytes)
    client_secret_ciphertext = models.BinaryField(default=bytes)
    is_enabled = models.BooleanField(default=False)
    keys_saved_at = models.DateTimeField(null=True)
    keys_saved_by = models.CharField(max_length=200, blank=True)
    awaiting_keys_since = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "integration_key"], name="integrations_settings_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.integration_key} at {self.host}"

    @property
    def has_keys(self) -> bool:
        return bool(self.client_id_ciphertext) and bool(self.client_secret_ciphertext)


class SourceHealth(models.Model):
    """How one host of a platform was found last. Shared: it concerns every client alike."""

    integration_key = models.CharField(max_length=8)
    host = models.CharField(max_length=300)
    state = models.CharField(max_length=20, default="unknown")
    message = models.CharField(max_length=300, blank=True)
    planned = models.JSONField(default=list)
    checked_at = models.DateTimeField(null=True)
    # Set while it is down; `expected_at` is when it should be back, as far as anybody says.
    down_since = models.DateTimeField(null=True)
    expected_at = models.DateTimeField(null=True)
    looks = models.IntegerField(default=0)
    # One worker at a time looks.
    looking_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["integration_key", "host"], name="integrations_health_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.integration_key} at {self.host}: {self.state}"


class SourceOutage(models.Model):
    """A time in which a host was down; windows are learned from these."""

    class Origin(models.TextChoices):
        STATUS_PAGE = "STATUS_PAGE"
        ANSWER = "ANSWER"

    integration_key = models.CharField(max_length=8)
    host = models.CharField(max_length=300)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    origin = models.CharField(max_length=20, choices=Origin.choices)

    class Meta:
        indexes = [
            models.Index(
                fields=["integration_key", "host", "-started_at"], name="outages_of_a_host"
            )
        ]

    def __str__(self) -> str:
        return f"{self.integration_key} at {self.host} from {self.started_at}"
