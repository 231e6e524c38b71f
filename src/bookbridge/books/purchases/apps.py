"""The purchases app."""

from django.apps import AppConfig


class PurchasesConfig(AppConfig):
    name = "bookbridge.books.purchases"
    label = "purchases"
    default_auto_field = "django.db.models.BigAutoField"
