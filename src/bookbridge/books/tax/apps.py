"""The tax app."""

from django.apps import AppConfig


class TaxConfig(AppConfig):
    name = "bookbridge.books.tax"
    label = "tax"
    default_auto_field = "django.db.models.BigAutoField"
