"""The reports app."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "bookbridge.books.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"
