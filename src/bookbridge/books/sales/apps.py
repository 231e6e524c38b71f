"""The sales app."""

from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "bookbridge.books.sales"
    label = "sales"
    default_auto_field = "django.db.models.BigAutoField"
