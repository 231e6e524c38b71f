"""The web app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "bookbridge.bridge.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
