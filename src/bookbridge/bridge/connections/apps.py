"""The connections app."""

from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    name = "bookbridge.bridge.connections"
    label = "connections"
    default_auto_field = "django.db.models.BigAutoField"
