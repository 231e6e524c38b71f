"""One client's registration with each platform: host, client ID and secret."""

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
