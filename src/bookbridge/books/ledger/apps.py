"""The ledger app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "bookbridge.books.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
