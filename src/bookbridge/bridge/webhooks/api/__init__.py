"""Webhooks in the public API: consumers, what was sent to them, and sending it again."""

from bookbridge.bridge.webhooks.api import consumers, messages

urlpatterns = [*consumers.urlpatterns, *messages.urlpatterns]

__all__ = ["urlpatterns"]
