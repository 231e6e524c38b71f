"""Every URL of `books`; each app keeps its own list."""

from django.urls import URLPattern, URLResolver, include, path

from bookbridge.kit.metrics import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("metrics", metrics),
    path("", include("bookbridge.books.organisations.account_urls")),
    path("", include("bookbridge.books.oauth.urls")),
    path("", include("bookbridge.books.status.urls")),
    path("", include("bookbridge.books.api.urls")),
    path("", include("bookbridge.books.organisations.urls")),
    path("", include("bookbridge.books.ledger.urls")),
    path("", include("bookbridge.books.contacts.urls")),
    path("", include("bookbridge.books.sales.urls")),
    path("", include("bookbridge.books.purchases.urls")),
    path("", include("bookbridge.books.banking.urls")),
    path("", include("bookbridge.books.reports.urls")),
]
