"""The api app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "bookbridge.bridge.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
