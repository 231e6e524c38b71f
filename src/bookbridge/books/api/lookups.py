"""Look-ups that belong to no company: currencies and countries."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.urls import path

from bookbridge.books.api.countries import COUNTRIES
from bookbridge.books.api.currencies import CURRENCIES
from bookbridge.books.api.endpoint import Call, endpoint
from bookbridge.books.api.rendering import resource_object, short_list


def list_currencies(call: Call) -> HttpResponseBase:
    return short_list(
        call.request,
        [
            resource_object("currencies", number, {"code": code, "name": name, "symbol": sign})
            for number, (code, name, sign) in enumerate(CURRENCIES, start=1)
        ],
    )


def list_countries(call: Call) -> HttpResponseBase:
    return short_list(
        call.request,
        [
            resource_object("countries", number, {"code": code, "name": name})
            for number, (code, name) in enumerate(COUNTRIES.items(), start=1)
        ],
    )


urlpatterns = [
    path("financial/currencies", endpoint(get=list_currencies)),
    path("countries", endpoint(get=list_countries)),
]
