"""Every path of the public API, below `/api`."""

from django.urls import URLPattern, URLResolver, path

from bookbridge.bridge.api.endpoint import endpoint, unknown_path
from bookbridge.bridge.clients import api as clients
from bookbridge.bridge.companies import api as companies
from bookbridge.bridge.connections import api as connections
from bookbridge.bridge.integrations import api as integrations
from bookbridge.bridge.records import api as records
from bookbridge.bridge.sync import api as sync

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

urlpatterns: list[URLPattern | URLResolver] = [
    *clients.urlpatterns,
    *companies.urlpatterns,
    *connections.urlpatterns,
    *integrations.urlpatterns,
    *sync.urlpatterns,
    *records.urlpatterns,
    path("<path:rest>", endpoint(**dict.fromkeys(_METHODS, unknown_path))),
    path("", endpoint(**dict.fromkeys(_METHODS, unknown_path))),
]
