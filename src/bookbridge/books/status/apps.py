"""The status app."""

from django.apps import AppConfig


class StatusConfig(AppConfig):
    name = "bookbridge.books.status"
    label = "status"
    default_auto_field = "django.db.models.BigAutoField"
