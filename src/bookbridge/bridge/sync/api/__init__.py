"""Refreshing data through the public API: requests, history, status, proofs, settings."""

from bookbridge.bridge.sync.api import deletions, proofs, pulls, settings, status

urlpatterns = [
    *pulls.urlpatterns,
    *status.urlpatterns,
    *proofs.urlpatterns,
    *deletions.urlpatterns,
    *settings.urlpatterns,
]
