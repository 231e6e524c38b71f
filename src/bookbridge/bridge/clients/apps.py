"""The clients app."""

from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "bookbridge.bridge.clients"
    label = "clients"
    default_auto_field = "django.db.models.BigAutoField"
