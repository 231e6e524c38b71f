"""The supplements app."""

from django.apps import AppConfig


class SupplementsConfig(AppConfig):
    name = "bookbridge.bridge.supplements"
    label = "supplements"
    default_auto_field = "django.db.models.BigAutoField"
