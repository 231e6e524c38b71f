"""The link app."""

from django.apps import AppConfig


class LinkConfig(AppConfig):
    name = "bookbridge.bridge.link"
    label = "link"
    default_auto_field = "django.db.models.BigAutoField"
