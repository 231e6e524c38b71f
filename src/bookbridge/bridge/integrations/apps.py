"""The integrations app."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "bookbridge.bridge.integrations"
    label = "integrations"
    default_auto_field = "django.db.models.BigAutoField"
