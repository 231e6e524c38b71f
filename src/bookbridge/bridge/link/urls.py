"""Link's addresses, and the one that every provider sends owners back to."""

from django.urls import path

from bookbridge.bridge.link import views

app_name = "link"
_COMPANY = "link/company/<uuid:company_id>"

urlpatterns = [
    path(_COMPANY, views.landing, name="landing"),
    path(f"{_COMPANY}/software", views.software, name="software"),
    path(f"{_COMPANY}/software/<slug:key>", views.sharing, name="sharing"),
    path(
        f"{_COMPANY}/software/<slug:key>/authorisation", views.authorisation, name="authorisation"
    ),
    path(f"{_COMPANY}/connections/<uuid:connection_id>/business", views.business, name="business"),
    path(f"{_COMPANY}/connections/<uuid:connection_id>/done", views.done, name="done"),
    path(f"{_COMPANY}/left", views.left, name="left"),
    path(
        "link/companies/<uuid:company_id>/connections/<uuid:connection_id>/start",
        views.start,
        name="start",
    ),
    path("oauth/callback", views.callback, name="callback"),
]
