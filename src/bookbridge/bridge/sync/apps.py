"""The sync app."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    name = "bookbridge.bridge.sync"
    label = "sync"
    default_auto_field = "django.db.models.BigAutoField"
