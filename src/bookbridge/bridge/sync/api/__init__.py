"""Refreshing data through the public API: requests, history, status, proofs, settings."""

from bookbridge.bridge.sync.api import proofs, pulls, settings, status

urlpatterns = [
    *pulls.urlpatterns,
    *status.urlpatterns,
    *proofs.urlpatterns,
    *settings.urlpatterns,
]
