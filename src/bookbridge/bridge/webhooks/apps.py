"""The webhooks app."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "bookbridge.bridge.webhooks"
    label = "webhooks"
