"""The integrations app."""

from django.apps import AppConfig
from django.conf import settings

from bookbridge.bridge.connectors.registry import add_connectors


class IntegrationsConfig(AppConfig):
    name = "bookbridge.bridge.integrations"
    label = "integrations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        add_connectors(settings.CONNECTORS)
