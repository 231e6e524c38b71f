"""What both halves need and that has no accounting or integration word in it."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "bookbridge.kit"
    label = "kit"
