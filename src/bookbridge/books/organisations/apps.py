"""The organisations app."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "bookbridge.books.organisations"
    label = "organisations"
    default_auto_field = "django.db.models.BigAutoField"
