"""The sync app."""

from django.apps import AppConfig
from django.conf import settings

from bookbridge.bridge.sync.limits import parse


class SyncConfig(AppConfig):
    name = "bookbridge.bridge.sync"
    label = "sync"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A limit that cannot be read stops the start, with its remedy."""
        parse(tuple(settings.SOURCE_LIMITS))
