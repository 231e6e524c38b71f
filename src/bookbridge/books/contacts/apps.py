"""The contacts app."""

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "bookbridge.books.contacts"
    label = "contacts"
    default_auto_field = "django.db.models.BigAutoField"
