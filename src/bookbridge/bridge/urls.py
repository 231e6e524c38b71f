"""Every URL of `bridge`; each app keeps its own list."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path

from bookbridge.kit.metrics import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("metrics", metrics),
    path("api/", include("bookbridge.bridge.api.urls")),
    path("account/", include("allauth.account.urls")),
    # Where users of the closed product know them; the last of a name is the one that is linked to.
    path("signin", account.login, name="account_login"),
    path("signout", account.logout, name="account_logout"),
    path("", include("bookbridge.bridge.integrations.urls")),
    path("", include("bookbridge.bridge.link.urls")),
    path("", include("bookbridge.bridge.portal.urls")),
]
