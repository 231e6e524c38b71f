"""The companies app."""

from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    name = "bookbridge.bridge.companies"
    label = "companies"
    default_auto_field = "django.db.models.BigAutoField"
