"""Every URL of `books`; each app keeps its own list."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("bookbridge.books.organisations.account_urls")),
    path("", include("bookbridge.books.oauth.urls")),
    path("", include("bookbridge.books.status.urls")),
]
