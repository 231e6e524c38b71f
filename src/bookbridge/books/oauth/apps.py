"""The oauth app."""

from django.apps import AppConfig


class OauthConfig(AppConfig):
    name = "bookbridge.books.oauth"
    label = "oauth"
    default_auto_field = "django.db.models.BigAutoField"
