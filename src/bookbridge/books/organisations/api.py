"""API: the user, and the companies (our organisations) that the caller may open."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.urls import path
from django.utils import timezone

from bookbridge.books.api.countries import country_code
from bookbridge.books.api.endpoint import Call, endpoint
from bookbridge.books.api.fields import body_of
from bookbridge.books.api.rendering import moment, one, resource_object, short_list
from bookbridge.books.organisations.models import Organisation, User
from bookbridge.books.organisations.operations import update_organisation
from bookbridge.books.organisations.queries import year_of

PROFILE = ("legal_name", "company_number", "phone")
ADDRESS = ("address_line_1", "address_line_2", "address_line_3", "town_city", "county", "postcode")


def user_object(user: User, companies: list[Organisation]) -> dict[str, Any]:
    first, _space, last = user.name.partition(" ")
    made = resource_object(
        "users",
        user.pk,
        {
            "email": user.email,
            "name": user.name,
            "first-name": first,
            "last-name": last,
            "time-zone": timezone.get_default_timezone_name(),
        },
    )
    made["relationships"] = {
        "companies": {"data": [{"type": "companies", "id": str(c.pk)} for c in companies]}
    }
    return made


def company_object(company: Organisation) -> dict[str, Any]:
    return resource_object(
        "companies",
        company.pk,
        {
            "company-name": company.name,
            "legal-name": company.legal_name,
            "business-type": company.business_type.lower(),
            "company-number": company.company_number,
            "vat-registered": company.vat_registered,
            "vat-number": company.vat_number,
            "base-currency": company.base_currency,
            "phone": company.phone,
            "address": address_of(company),
            "updated-at": moment(company.updated_at),
        },
    )


def address_of(company: Organisation) -> dict[str, str]:
    lines = {name.replace("_", "-"): str(getattr(company, name)) for name in ADDRESS}
    return {**lines, "country": company.country}


def me(call: Call) -> HttpResponseBase:
    return one(user_object(call.caller.user, call.caller.companies()))


def list_companies(call: Call) -> HttpResponseBase:
    return short_list(call.request, [company_object(c) for c in call.caller.companies()])


def show_company(call: Call) -> HttpResponseBase:
    return one(company_object(call.company))


def change_company(call: Call) -> HttpResponseBase:
    body = body_of(call.request, "company")
    profile = {name: body.text(name) for name in PROFILE if name in body}
    if "company_name" in body:
        profile["name"] = body.text("company_name", required=True)
    address = body.one("address_attributes")
    profile |= {name: address.text(name) for name in ADDRESS if name in address}
    if "country" in address:
        profile["country"] = country_code(address.text("country"))
    vat_number = body.text("vat_number") if "vat_number" in body else None
    body.check()
    company = update_organisation(
        organisation_id=call.company_id,
        vat_number=vat_number,
        actor=call.actor,
        at=call.at,
        **profile,
    )
    return one(company_object(company))


def financial_year(call: Call) -> HttpResponseBase:
    year = year_of(call.company, timezone.localdate())
    attributes = {
        "start-date": year.start.isoformat(),
        "end-date": year.end.isoformat(),
        "lock-date": call.company.lock_date.isoformat() if call.company.lock_date else None,
    }
    return one(resource_object("financial-years", year.start.year, attributes))


urlpatterns = [
    path("me", endpoint(get=me)),
    path("companies", endpoint(get=list_companies)),
    path("companies/<int:company_id>", endpoint(get=show_company, patch=change_company)),
    path("companies/<int:company_id>/financial_year", endpoint(get=financial_year)),
]
