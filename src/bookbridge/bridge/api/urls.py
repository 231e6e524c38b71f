"""Every path of the public API, below `/api`."""

from django.urls import URLPattern, URLResolver, re_path

from bookbridge.bridge.api import openapi
from bookbridge.bridge.api.endpoint import Endpoint, unknown_path
from bookbridge.bridge.clients import api as clients
from bookbridge.bridge.companies import api as companies
from bookbridge.bridge.connections import api as connections
from bookbridge.bridge.evidence import api as evidence
from bookbridge.bridge.integrations import api as integrations
from bookbridge.bridge.records import api as records
from bookbridge.bridge.supplements import api as supplements
from bookbridge.bridge.sync import api as sync
from bookbridge.bridge.webhooks import api as webhooks

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

_unknown = Endpoint(dict.fromkeys(_METHODS, unknown_path), is_catch_all=True)

urlpatterns: list[URLPattern | URLResolver] = [
    *openapi.urlpatterns,
    *clients.urlpatterns,
    *companies.urlpatterns,
    *connections.urlpatterns,
    *integrations.urlpatterns,
    *supplements.urlpatterns,
    *sync.urlpatterns,
    *evidence.urlpatterns,
    *records.urlpatterns,
    *webhooks.urlpatterns,
    # Also for paths with line breaks, which `<path:rest>` does not match.
    re_path(r"^[\s\S]*$", _unknown),
]
