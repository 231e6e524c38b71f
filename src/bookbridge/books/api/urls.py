"""Every address of the API, version 1; each lives in its noun's app."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from bookbridge.books.api import docs, documents, lookups
from bookbridge.books.api.errors import NotFoundError, error_response
from bookbridge.books.banking import api as banking
from bookbridge.books.contacts import api as contacts
from bookbridge.books.ledger import api as ledger
from bookbridge.books.oauth import api as oauth
from bookbridge.books.organisations import api as organisations
from bookbridge.books.reports import api as reports
from bookbridge.books.sales import api as sales
from bookbridge.books.tax import api as tax


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """JSON for an address that does not exist, as for one that the caller may not see."""
    return error_response(NotFoundError())


V1 = [
    *oauth.urlpatterns,
    *organisations.urlpatterns,
    *lookups.urlpatterns,
    *ledger.urlpatterns,
    *tax.urlpatterns,
    *contacts.urlpatterns,
    *documents.urlpatterns,
    *sales.urlpatterns,
    *banking.urlpatterns,
    *reports.urlpatterns,
]
urlpatterns = [
    path("api/docs/v1", docs.reference, name="api_docs"),
    path("api/docs/v1/oauth", docs.oauth_guide, name="api_docs_oauth"),
    path("api/v1/", include(V1)),
    re_path(r"^api/v1(?:/.*)?$", unknown),
]
