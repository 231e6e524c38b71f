"""Connections in the public API: themselves, and what is written through them."""

from bookbridge.bridge.connections.api import connections, push
from bookbridge.bridge.connections.api.connections import (
    ConnectionReply,
    bodies,
    bodies_by_company,
    body,
)

__all__ = ["ConnectionReply", "bodies", "bodies_by_company", "body", "urlpatterns"]

urlpatterns = [*connections.urlpatterns, *push.urlpatterns]
