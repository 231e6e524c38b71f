"""API: tax codes with the rate of today."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.urls import path
from django.utils import timezone

from bookbridge.books.api.endpoint import Call, endpoint
from bookbridge.books.api.rendering import moment, resource_object, short_list
from bookbridge.books.tax.models import TaxCode
from bookbridge.books.tax.queries import tax_codes


def percent(code: TaxCode) -> str:
    """`20.0`: a percentage with at least one decimal."""
    text = f"{getattr(code, 'percent', None) or 0:f}".rstrip("0")
    whole, _point, decimals = text.partition(".")
    return f"{whole or '0'}.{decimals or '0'}"


def list_tax_codes(call: Call) -> HttpResponseBase:
    codes = tax_codes(call.company_id, timezone.localdate())
    return short_list(
        call.request,
        [
            resource_object(
                "tax-codes",
                code.pk,
                {
                    "taxcode": code.code,
                    "description": code.description,
                    "tax-rate": percent(code),
                    "status": "active" if code.is_active else "archived",
                    "updated-at": moment(code.updated_at),
                },
            )
            for code in codes
        ],
    )


urlpatterns = [
    path("companies/<int:company_id>/tax_codes", endpoint(get=list_tax_codes)),
    path("companies/<int:company_id>/bank_transaction_taxcodes", endpoint(get=list_tax_codes)),
]
