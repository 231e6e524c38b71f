"""The banking app."""

from django.apps import AppConfig


class BankingConfig(AppConfig):
    name = "bookbridge.books.banking"
    label = "banking"
    default_auto_field = "django.db.models.BigAutoField"
