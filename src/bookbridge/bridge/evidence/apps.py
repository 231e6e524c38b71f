"""The evidence app."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "bookbridge.bridge.evidence"
    label = "evidence"
    default_auto_field = "django.db.models.BigAutoField"
